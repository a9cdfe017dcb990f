"""Commands about people: joining links, roles."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from spm_bot.app import opened
from spm_bot.cli.output import account
from spm_bot.fieldwork.register import StaffRow
from spm_bot.settings import load_settings
from spm_bot.storage import colleagues, roles
from spm_bot.storage.store import Connection
from tests.bench.telegram_bench import TelegramBench
from tests.cli.conftest import Give
from tests.seed import AT

BRANCHES = "BUN, BUS, ELD, KAK, KII, KIS, KIT, NAK, SIA, WEB"
ROLES = "loan_officer, manager, spm_manager, protection_officer, compliance, internal_audit, administrator"
NO_LINKS = "no SPM_TELEGRAM_TOKEN is set: tokens are printed without links\n"


def events(give: Give) -> list[str]:
    return [row["event"] for row in give("audit", "list", "--json").data]


def test_clients_get_a_link_each(give: Give, register: Path) -> None:
    give("register", "import", register.name)
    result = give("clients", "invite", "--json")
    assert (result.status, result.err) == (0, NO_LINKS)
    assert [(row["client"], row["link"], sorted(row)) for row in result.data] == [
        (client, None, ["client", "code", "link", "token"]) for client in ("C1", "C2")
    ]
    assert {(len(row["token"]), len(row["code"])) for row in result.data} == {(22, 8)}
    assert len({text for row in result.data for text in (row["token"], row["code"])}) == 4
    assert [row["client"] for row in give("clients", "invite", "--client", "C2", "--json").data] == ["C2"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--branch", "XXX"), f"there is no branch 'XXX': the institution file has {BRANCHES}"),
        (("--client", "C9"), "there is no such active client: import the register first, or check the id"),
        (("--branch", "BUS"), "there is no such active client: import the register first, or check the id"),
    ],
)
def test_nobody_to_invite_is_an_error(
    give: Give, register: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    give("register", "import", register.name)
    result = give("clients", "invite", *arguments)
    assert (result.status, result.out) == (1, "")
    assert result.err.splitlines()[-1] == f"spm-bot: {complaint}"
    assert events(give) == ["register_imported"]


def test_staff_link_is_told_once(give: Give) -> None:
    as_data = give("staff", "invite", "--role", "loan_officer", "--branch", "BUN", "--json")
    assert (as_data.status, sorted(as_data.data), as_data.data["link"]) == (0, ["link", "token"], None)
    in_words = give("staff", "invite", "--role", "spm_manager")
    assert in_words.err.splitlines() == [
        NO_LINKS.rstrip(),
        "Good for 24 hours and for one chat. Hand it over in person:",
        "No list of staff is imported: whoever has this link gets the role, whatever their number.",
        "A second person has to confirm it: an administrator in the chat, or `spm-bot staff confirm`.",
    ]
    assert in_words.out.splitlines()[1].startswith("/start ")
    assert events(give) == ["staff_invited", "staff_invited"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--role", "boss"), f"there is no role 'boss': take one of {ROLES}"),
        (
            ("--role", "manager", "--branch", "XXX"),
            f"there is no branch 'XXX': the institution file has {BRANCHES}",
        ),
        (
            ("--role", "compliance", "--branch", "BUN"),
            "the role compliance is for all branches: leave out --branch",
        ),
        (("--role", "loan_officer"), "the role loan_officer is for one branch: give --branch"),
    ],
)
def test_role_that_cannot_be_given_is_refused(give: Give, arguments: tuple[str, ...], complaint: str) -> None:
    result = give("staff", "invite", *arguments)
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")
    assert events(give) == []


def test_nobody_is_staff_until_a_link_is_used(give: Give) -> None:
    give("staff", "invite", "--role", "manager")
    assert give("staff", "list", "--json").data == []
    assert give("staff", "list").out == ""
    revoked = give("staff", "revoke", "1")
    assert (revoked.status, revoked.err) == (
        1,
        "spm-bot: there is no role 1 in force: see `spm-bot staff list`\n",
    )


async def test_links_lead_to_the_bot(give: Give, register: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with TelegramBench.start() as bench:
        monkeypatch.setenv("SPM_TELEGRAM_BASE_URL", bench.base_url)
        monkeypatch.setenv("SPM_TELEGRAM_TOKEN", bench.token)
        await asyncio.to_thread(give, "register", "import", register.name)
        staff = await asyncio.to_thread(give, "staff", "invite", "--role", "manager", "--json")
        clients = await asyncio.to_thread(give, "clients", "invite", "--json")
        link = f"https://t.me/{bench.username}?start="
    assert (staff.data["link"], staff.err) == (link + staff.data["token"], "")
    assert [row["link"] for row in clients.data] == [link + row["token"] for row in clients.data]


async def test_links_are_not_made_when_telegram_refuses_the_token(
    give: Give, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with TelegramBench.start() as bench:
        monkeypatch.setenv("SPM_TELEGRAM_BASE_URL", bench.base_url)
        monkeypatch.setenv("SPM_TELEGRAM_TOKEN", "700000001:another-token")
        await asyncio.to_thread(give, "register", "import", register.name)
        staff = await asyncio.to_thread(give, "staff", "invite", "--role", "manager")
        clients = await asyncio.to_thread(give, "clients", "invite")
    assert [(each.status, each.out) for each in (staff, clients)] == [(1, "")] * 2
    complaint = "Telegram rejects the bot token; compare SPM_TELEGRAM_TOKEN with @BotFather's"
    assert [each.err for each in (staff, clients)] == [f"spm-bot: {complaint}\n"] * 2
    assert await asyncio.to_thread(events, give) == ["register_imported"]


def test_links_are_made_without_an_address_while_telegram_is_away(
    give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPM_TELEGRAM_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SPM_TELEGRAM_TOKEN", "700000001:token")
    result = give("staff", "invite", "--role", "manager", "--json")
    assert (result.status, result.data["link"], result.err) == (
        0,
        None,
        "Telegram cannot be reached: tokens are printed without links\n",
    )


def waiting(home: Path, *, role: str = "spm_manager") -> None:
    """Somebody has taken a role that waits for a second person."""

    def take(connection: Connection) -> None:
        colleagues.add_colleagues(connection, {"s1": StaffRow("S1", "Neema")})
        roles.grant(connection, 1, role=role, branch="", at=AT, invited_by=account(), in_force=False)

    async def do() -> None:
        async with opened(load_settings()) as store:
            await store.write(take)

    asyncio.run(do())


def test_second_person_is_named_and_written_down(give: Give, home: Path) -> None:
    waiting(home)
    [row] = give("staff", "list", "--json").data
    assert (row["role"], row["state"], row["code"]) == ("spm_manager", "waits for a second person", "S1")
    done = give("staff", "confirm", "1", "--by", "B. Example")
    assert (done.status, done.err) == (0, "role 1 is in force\n")
    assert give("staff", "list", "--json").data[0]["state"] == "in force"
    [line] = give("audit", "list", "--event", "role_confirmed", "--json").data
    assert line["actor"].endswith(" for B. Example")
    again = give("staff", "confirm", "1", "--by", "B. Example")
    assert (again.status, again.err) == (
        1,
        "spm-bot: no role 1 waits to be confirmed: see `spm-bot staff list`\n",
    )


def test_nobody_confirms_alone(give: Give, home: Path) -> None:
    waiting(home)
    for name in ("", account().removeprefix("cli:"), account().removeprefix("cli:").upper(), "S1", "Neema"):
        refused = give("staff", "confirm", "1", "--by", name)
        assert (refused.status, refused.err) == (
            1,
            "spm-bot: --by names the second person: not who invited, and not who was invited\n",
        )


def test_unused_links_are_listed_and_revoked(give: Give, home: Path) -> None:
    assert give("staff", "links", "--json").data == []
    waiting(home)
    give("staff", "invite", "--role", "manager", "--staff", "S1")
    give("staff", "invite", "--role", "loan_officer", "--branch", "BUN")
    found = give("staff", "links", "--json").data
    assert [(row["id"], row["role"], row["branch"], row["code"], row["by"]) for row in found] == [
        (1, "manager", "all", "S1", account()),
        (2, "loan_officer", "BUN", None, account()),
    ]
    done = give("staff", "revoke-link", "1")
    assert (done.status, done.err) == (0, "link 1 is revoked\n")
    assert [row["id"] for row in give("staff", "links", "--json").data] == [2]
    assert events(give)[-1] == "staff_link_revoked"
    again = give("staff", "revoke-link", "1")
    assert (again.status, again.err) == (
        1,
        "spm-bot: there is no unused staff link 1: see `spm-bot staff links`\n",
    )


def test_link_for_nobody_on_the_list_is_refused(give: Give) -> None:
    refused = give("staff", "invite", "--role", "manager", "--staff", "S9")
    assert refused.err.splitlines()[-1] == (
        "spm-bot: nobody works here under the code 'S9': see the list of staff you imported"
    )


def test_link_for_two_roles_that_must_not_meet_is_refused(give: Give, home: Path) -> None:
    def prepare(connection: Connection) -> None:
        colleagues.add_colleagues(connection, {"s1": StaffRow("S1", "Neema")})
        roles.grant(connection, 1, role="loan_officer", branch="BUN", at=AT)

    async def do() -> None:
        async with opened(load_settings()) as store:
            await store.write(prepare)

    asyncio.run(do())
    refused = give("staff", "invite", "--role", "protection_officer", "--staff", "S1")
    assert refused.err.splitlines()[-1] == (
        "spm-bot: S1 is loan_officer: nobody can be protection_officer as well"
    )
