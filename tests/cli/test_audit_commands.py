"""The audit log on the command line."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.cli.conftest import Give


def test_audit_shows_the_newest_lines(give: Give) -> None:
    for role in ("manager", "compliance", "spm_manager"):
        give("staff", "invite", "--role", role)
    rows = give("audit", "list", "--limit", "2", "--json").data
    assert [(row["event"], row["detail"]) for row in rows] == [
        ("staff_invited", "branch= role=compliance"),
        ("staff_invited", "branch= role=spm_manager"),
    ]
    assert {row["actor"].partition(":")[0] for row in rows} == {"cli"}
    assert give("audit", "list").out.splitlines()[0].split() == ["at", "actor", "event", "detail"]


def test_lines_of_one_kind_and_day(give: Give) -> None:
    give("staff", "invite", "--role", "compliance")
    assert [row["event"] for row in give("audit", "list", "--event", "staff_invited", "--json").data] == [
        "staff_invited"
    ]
    assert give("audit", "list", "--since", "2999-01-01", "--json").data == []
    assert give("audit", "list", "--actor", "nobody", "--json").data == []
    refused = give("audit", "list", "--since", "yesterday")
    assert (refused.status, refused.err) == (1, "spm-bot: 'yesterday' is not a day: write it as 2026-11-20\n")


def test_log_that_nobody_changed_holds(give: Give) -> None:
    give("staff", "invite", "--role", "compliance")
    noted = give("audit", "verify", "--json").data["newest"]
    give("staff", "invite", "--role", "compliance")
    held = give("audit", "verify", "--expect", noted)
    assert held.status == 0
    assert held.err.splitlines()[1] == "lines written since the hash you noted: 1"


def test_changed_line_is_found(give: Give, home: Path) -> None:
    give("staff", "invite", "--role", "compliance")
    with sqlite3.connect(home / "spm.db") as database:
        database.execute("UPDATE audits SET actor = 'cli:somebody else'")
    found = give("audit", "verify")
    words = "spm-bot: the chain breaks at line 1: it, or one before it, was changed or cut out\n"
    assert (found.status, found.err) == (1, words)


def test_log_written_anew_does_not_hold_the_noted_hash(give: Give) -> None:
    give("staff", "invite", "--role", "compliance")
    found = give("audit", "verify", "--expect", "0" * 64)
    words = "spm-bot: the chain holds, but the hash you noted is not in it: the log was written anew\n"
    assert (found.status, found.err) == (1, words)


def test_what_is_no_hash_is_refused(give: Give) -> None:
    found = give("audit", "verify", "--expect", "abc")
    words = "'abc' is no hash of the log: give the 64 signs that `audit verify` printed"
    assert (found.status, found.err) == (1, f"spm-bot: {words}\n")
