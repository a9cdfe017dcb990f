"""Commands about people: the register, joining links, roles."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bench.telegram_bench import TelegramBench
from tests.cli.conftest import Give

BRANCHES = "BUN, BUS, ELD, KAK, KII, KIS, KIT, NAK, SIA, WEB"
ROLES = "loan_officer, manager, spm_manager, protection_officer, compliance, internal_audit, administrator"
NO_LINKS = "no SPM_TELEGRAM_TOKEN is set: tokens are printed without links\n"


def events(give: Give) -> list[str]:
    return [row["event"] for row in give("audit", "list", "--json").data]


def test_import_says_what_it_did_and_repeats_without_effect(give: Give, register: Path) -> None:
    import_it = ("register", "import", register.name)
    assert give(*import_it, "--json").data == {"read": 3, "added": 3, "changed": 0, "forgotten": 0}
    again = give(*import_it)
    assert (again.status, again.out) == (0, "")
    assert again.err.startswith("3 clients read, 0 added, ")
    assert events(give) == ["register_imported", "register_imported"]


def test_dry_run_writes_nothing(give: Give, register: Path) -> None:
    result = give("register", "import", register.name, "--dry-run", "--json")
    assert result.data == {"read": 3, "added": 0, "changed": 0, "forgotten": 0}
    assert events(give) == []
    assert give("clients", "invite", "--json").status == 1


@pytest.mark.parametrize(
    ("content", "complaints"),
    [
        (
            "client_id,branch\nC1,BUN\n",
            ["clients.csv:1: the column full_name is missing (needed: client_id, branch, full_name)"],
        ),
        (
            "client_id,branch,full_name,birth_year\nC1,XXX,A,1980\nC1,BUN,B,80s\n",
            [
                "clients.csv:2: branch 'XXX' is not in the institution file",
                "clients.csv:3: client_id 'C1' stands on line 2 already",
                "clients.csv:3: birth_year '80s' is not a year such as 1984",
            ],
        ),
    ],
)
def test_import_refuses_a_file_with_problems_whole(
    give: Give, register: Path, content: str, complaints: list[str]
) -> None:
    register.write_text(content, encoding="utf-8")
    result = give("register", "import", register.name)
    assert (result.status, result.out) == (1, "")
    assert result.err.splitlines() == [f"spm-bot: {complaint}" for complaint in complaints]


def test_import_of_no_file_or_for_no_day(give: Give, register: Path) -> None:
    missing = give("register", "import", "none.csv")
    assert (missing.status, missing.err) == (1, "spm-bot: none.csv: no such file or directory\n")
    badly_dated = give("register", "import", register.name, "--as-of", "yesterday")
    assert (badly_dated.status, badly_dated.err) == (
        1,
        "spm-bot: 'yesterday' is not a day: write it as 2026-11-20\n",
    )


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
    assert in_words.err.endswith("Good for 24 hours and for one chat. Hand it over in person:\n")
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
