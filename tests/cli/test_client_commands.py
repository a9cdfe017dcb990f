"""Commands about one client's own data: who asked for it, give it to them, erase it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select

from spm_bot.app import opened
from spm_bot.cli.output import account
from spm_bot.settings import load_settings
from spm_bot.storage import people, requests
from spm_bot.storage.envelope import decode
from spm_bot.storage.outbox import BODY
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import clients, outbox
from tests.cli.conftest import Give
from tests.seed import meet, rows_of

T = TypeVar("T")
WHY = ("--reason", "asked by phone and checked")


def inside(work: Callable[[Connection], T]) -> T:
    """Does something to the database of the working directory."""

    async def run() -> T:
        async with opened(load_settings()) as store:
            return await store.write(work)

    return asyncio.run(run())


def asked(kind: str, *, code: str = "C1", due_at: datetime | None = None) -> None:
    def ask(connection: Connection) -> int:
        client = people.client_by_code(connection, code).id
        at = datetime(2026, 11, 24, 7, tzinfo=UTC)
        return requests.ask(connection, client, kind=kind, address=None, at=at, due_at=due_at)

    inside(ask)


def joined(code: str = "C1") -> None:
    def hold(connection: Connection) -> None:
        client = people.client_by_code(connection, code).id
        people.move_client(connection, client, meet(connection, code), at=datetime.now(UTC))

    inside(hold)


def told(connection: Connection) -> list[str]:
    bodies = connection.execute(select(outbox.c.body).order_by(outbox.c.id)).scalars()
    return [decode(vault_of(connection).decrypt(body, associated=BODY)).text for body in bodies]


@pytest.fixture(autouse=True)
def imported(give: Give, register: Path) -> None:
    assert give("register", "import", register.name).status == 0


def last_audit(give: Give) -> tuple[str, str, bool]:
    """Who did what last, and whether the reason stands there."""
    line = give("audit", "list", "--json").data[-1]
    return (line["actor"], line["event"], WHY[1] in line["detail"])


def test_requests_are_listed(give: Give) -> None:
    asked("data")
    asked("forget", code="C2", due_at=datetime(2026, 11, 25, 7, tzinfo=UTC))
    at = "2026-11-24T07:00+00:00"
    assert give("client", "requests", "--json").data == [
        {"client": "C1", "kind": "data", "asked": at, "by": "client", "due": None},
        {"client": "C2", "kind": "forget", "asked": at, "by": "client", "due": "2026-11-25T07:00+00:00"},
    ]


def test_file_is_written_for_its_owner_and_the_client_is_told(give: Give, home: Path) -> None:
    asked("data")
    joined()
    result = give("client", "data", "C1", "--out", "c1.txt", *WHY)
    assert (result.status, result.out) == (0, "")
    assert result.err == "c1.txt holds everything about client C1: hand it over, then delete it\n"
    file = home / "c1.txt"
    assert "Name: Asha One" in file.read_text(encoding="utf-8").splitlines()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.glob(".c1*")] == []
    [message] = inside(told)
    assert message.startswith("You asked for your data. We have written it into a file. A person of Umoja ")
    assert last_audit(give) == (account(), "data_written", True)
    assert give("client", "requests", "--json").data == []


def test_without_a_file_it_goes_to_the_clients_own_chat(give: Give) -> None:
    asked("data")
    joined()
    result = give("client", "data", "C1", *WHY)
    assert (result.status, result.err) == (
        0,
        "sent to the chat of client C1; it leaves the chat after 10 minutes\n",
    )
    assert inside(told) == [
        "This is everything we keep about you. In 10 minutes it goes from this chat.",
        "…",
    ]
    assert last_audit(give) == (account(), "data_sent", True)


def test_client_is_forgotten_after_a_day_and_told(give: Give) -> None:
    asked("forget")
    joined()
    result = give("client", "forget", "C1", *WHY)
    assert result.status == 0
    assert result.err.startswith("client C1 is told, and erased at 20")
    [line] = give("client", "requests", "--json").data
    due = datetime.fromisoformat(line["due"])
    assert timedelta(hours=23) < due - datetime.now(UTC) < timedelta(hours=24)
    assert inside(told)[0].startswith("We erase what we hold about you on ")
    again = give("client", "forget", "C1", *WHY)
    assert (again.status, again.err) == (
        1,
        f"spm-bot: this happens by itself: the request of client C1 is over at {line['due']}\n",
    )


def test_client_without_a_chat_is_erased_at_once_and_does_not_come_back(give: Give, register: Path) -> None:
    asked("forget")
    result = give("client", "forget", "C1", *WHY)
    assert (result.status, result.err) == (0, "client C1 is erased\n")
    again = give("register", "import", register.name)
    assert "1 left out: asked to be forgotten\n" in again.err
    assert inside(lambda c: [code for (code,) in rows_of(c, clients, "code")]) == ["C2", "C3"]


NOT_ASKED = (
    "client C2 has not asked for it: a request is opened in the chat, by the client with {0}"
    " or by a client protection officer with {0} C2"
)


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        (("data", "C2", "--out", "x.txt", *WHY), NOT_ASKED.format("/mydata")),
        (("data", "C2", *WHY), NOT_ASKED.format("/mydata")),
        (("forget", "C2", *WHY), NOT_ASKED.format("/forget")),
        (("forget", "C9", *WHY), "there is no client C9"),
        (("data", "C1", *WHY), "client C1 has no chat: name a file with --out and hand it over"),
        (
            ("data", "C1", "--out", "x.txt", "--reason", "Asha called"),
            "the reason names the client: write it without name, phone number and client number",
        ),
        (
            ("data", "C1", "--out", "x.txt", "--reason", "  "),
            "--reason is empty: say in a few words why, without the client's name",
        ),
        (
            ("data", "C1", "--out", "nowhere/x.txt", *WHY),
            "nowhere/x.txt: cannot be written (no such file or directory)",
        ),
    ],
)
def test_refusal_is_one_clear_line_and_changes_nothing(
    give: Give, home: Path, command: tuple[str, ...], complaint: str
) -> None:
    asked("data")
    before = [line["event"] for line in give("audit", "list", "--json").data]
    result = give("client", *command)
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")
    assert [line["event"] for line in give("audit", "list", "--json").data] == before
    assert not (home / "x.txt").exists()
    assert [path.name for path in home.glob(".x*")] == []
    assert len(give("client", "requests", "--json").data) == 1


def test_reason_is_required(give: Give) -> None:
    result = give("client", "forget", "C1")
    assert result.status == 2
    assert "--reason" in result.err
