"""Commands about clients who must be called before they join."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Give


@pytest.fixture
def waiting(give: Give, home: Path, register: Path) -> None:
    """C1 waits in a chat of her own, since eight in the morning."""
    give("register", "import", register.name)
    with closing(sqlite3.connect(home / "spm.db")) as database, database:
        database.execute(
            "INSERT INTO addresses (id, channel, handle_hash, handle, language, reachable)"
            " VALUES (5, 'test', x'00', x'00', 'en', true)"
        )
        database.execute(
            "INSERT INTO waiting (id, client_id, address_id, reason, at)"
            " SELECT 3, id, 5, 'third_client', '2026-11-24 08:00:00.000000' FROM clients WHERE code = 'C1'"
        )


def test_who_waits_is_listed_with_the_reason(give: Give, waiting: None) -> None:
    expected = {"id": 3, "client": "C1", "reason": "third_client", "since": "2026-11-24T08:00+00:00"}
    assert give("clients", "waiting", "--json").data == [expected]
    assert "two clients use that chat already" in give("clients", "waiting").out


def test_client_who_is_turned_away_waits_no_more(give: Give, waiting: None) -> None:
    done = give("clients", "refuse", "3")
    assert (done.status, done.out, done.err) == (
        0,
        "",
        "client C1 is turned away; a new card is needed to join\n",
    )
    assert give("clients", "waiting", "--json").data == []
    again = give("clients", "refuse", "3")
    assert (again.status, again.err) == (
        1,
        "spm-bot: nobody waits under the number 3: see `spm-bot clients waiting`\n",
    )
    [*_, line] = give("audit", "list", "--json").data
    assert line["event"] == "joining_refused"
    assert line["actor"].startswith("cli:")


def test_client_cannot_be_let_in_before_the_forms_are_signed(give: Give, waiting: None) -> None:
    refused = give("clients", "admit", "3")
    assert (refused.status, refused.err) == (
        1,
        "spm-bot: the forms are not signed in en: sign them first\n",
    )
    assert len(give("clients", "waiting", "--json").data) == 1
    assert give("clients", "admit", "4").status == 1


def officers(give: Give) -> list[str]:
    return [row["says"] for row in give("doctor", "--json").data if row["part"] == "loan officers"]


def test_doctor_says_when_the_register_names_no_officer(give: Give, register: Path) -> None:
    assert officers(give) == []
    give("register", "import", register.name)
    assert officers(give) == [
        "not known: nobody notices several cards of one officer at once (import a column officer)"
    ]
    register.write_text("client_id,branch,full_name,officer\nC1,BUN,Asha One,LO-1\n", encoding="utf-8")
    give("register", "import", register.name, "--partial")
    assert officers(give) == []
