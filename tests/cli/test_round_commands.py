"""Commands about rounds: which there are, launching one by the rules, and holding it or letting it go."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Give


def sign(give: Give, survey: str) -> None:
    for by in ("A. Wanjiru", "B. Otieno"):
        give("surveys", "sign", survey, "--language", "en", "--by", by)


def test_launch_invites_nobody_who_has_not_joined(give: Give, register: Path) -> None:
    give("register", "import", register.name)
    sign(give, "debt_stress")
    assert {row["state"] for row in give("rounds", "list", "--json").data} == {"not begun"}
    result = give("rounds", "launch", "stress", "--json")
    assert (result.status, result.data) == (0, {"round": "stress", "invited": 0})
    told = give("rounds", "launch", "stress")
    assert (told.status, told.out, told.err) == (
        0,
        "",
        "0 clients are invited; each gets the message at the first hour that is allowed\n",
    )
    listed = {row["code"]: row for row in give("rounds", "list", "--json").data}
    assert list(listed) == ["satisfaction", "stress", "outcomes", "exit", "visits"]
    assert [row["kind"] for row in listed.values()] == ["panel", "panel", "panel", "after", "sample"]
    stress = listed["stress"]
    opened, following = (stress.pop(name) for name in ("opened", "next"))
    assert stress == {
        "code": "stress",
        "survey": "debt_stress",
        "origin": "standing",
        "kind": "panel",
        "state": "open",
        "invited": 0,
        "answered": 0,
    }
    assert date.fromisoformat(opened) <= date.fromisoformat(following[:10])
    assert (date.fromisoformat(following[:10]).weekday(), following[10:]) == (2, " 10:00")
    newest = give("audit", "list", "--limit", "1", "--json").data[0]
    assert (newest["event"], newest["detail"]) == ("round_launched", "round=stress survey=debt_stress")


def test_launch_of_a_round_there_is_not(give: Give) -> None:
    result = give("rounds", "launch", "stres")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        (
            "spm-bot: there is no round 'stres': the institution file has satisfaction, stress, outcomes,"
            " exit, visits\n"
        ),
    )


def test_launch_needs_a_signed_wording(give: Give) -> None:
    give("surveys", "sign", "debt_stress", "--language", "en", "--by", "A. Wanjiru")
    result = give("rounds", "launch", "stress")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        (
            "spm-bot: the wording of debt_stress is signed in no language: two people sign it with"
            " `spm-bot surveys sign debt_stress`\n"
        ),
    )
    assert {row["state"] for row in give("rounds", "list", "--json").data} == {"not begun"}


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (["helplines"], "helplines"),
        (["remedies"], "remedies"),
        (["helplines", "remedies"], "helplines and remedies"),
    ],
)
def test_launch_needs_somebody_who_can_help(give: Give, home: Path, missing: list[str], named: str) -> None:
    sign(give, "debt_stress")
    file = home / "institution.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8")) | {key: [] for key in missing}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    result = give("rounds", "launch", "stress")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        f"spm-bot: no survey can be started: {named} are empty in the institution file\n",
    )


def failing(give: Give, *words: str) -> str:
    """The one line that a command which cannot be done says."""
    result = give("rounds", *words)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("spm-bot: ")
    assert result.err.count("\n") == 1
    return result.err.removeprefix("spm-bot: ").strip()


def misspelt(give: Give, *words: str) -> str:
    """The last line about words that are not understood."""
    result = give("rounds", *words)
    assert (result.status, result.out) == (2, "")
    return result.err.splitlines()[-1]


def test_launch_of_a_sample_of_a_standing_round_leaves_it_to_the_bot(give: Give) -> None:
    sign(give, "branch_visit")
    told = give("rounds", "launch", "visits")
    assert (told.status, told.err) == (0, "a sample of 120 is opened: the running bot draws and invites it\n")
    rows = {row["code"]: row for row in give("rounds", "list", "--json").data}
    [code] = set(rows) - {"satisfaction", "stress", "outcomes", "exit", "visits"}
    assert (code[:9], rows[code]["kind"], rows[code]["state"]) == ("visits-20", "sample", "open")


def test_round_is_held_let_go_and_ended(give: Give) -> None:
    for move, state in (("pause", "paused"), ("resume", "open"), ("stop", "stopped"), ("resume", "open")):
        moved = give("rounds", move, "stress", "--reason", "the team is away", "--json")
        assert (moved.status, moved.data) == (0, {"round": "stress", "state": state})
    assert give("rounds", "pause", "stress", "--reason", "again").err == "round stress is paused\n"
    newest = give("audit", "list", "--limit", "1", "--json").data[0]
    assert (newest["event"], newest["detail"]) == (
        "round_paused",
        "reason=again round=stress survey=debt_stress",
    )
    why = ("--reason", "x")
    assert failing(give, "pause", "stress", *why) == "round stress is paused: there is nothing to pause"
    assert failing(give, "approve", "stress", *why) == "round stress is paused: there is nothing to approve"
    assert failing(give, "stop", "stres", *why) == (
        "there is no round 'stres': `spm-bot rounds list` has them all"
    )
    sign(give, "debt_stress")
    assert failing(give, "launch", "stress") == (
        "round stress rests: `spm-bot rounds list` says how it stands"
    )


@pytest.mark.parametrize("move", ["pause", "resume", "stop", "approve", "refuse"])
def test_move_needs_a_reason(give: Give, move: str) -> None:
    assert misspelt(give, move, "stress") == (
        f"spm-bot rounds {move}: error: the following arguments are required: --reason"
    )


def test_round_that_waits_is_approved_or_refused(give: Give, home: Path) -> None:
    file = home / "institution.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    for standing in content["rounds"]:
        standing["approval"] = standing["code"] in {"exit", "outcomes"}
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    for move, code, state in (("approve", "exit", "open"), ("refuse", "outcomes", "refused")):
        moved = give("rounds", move, code, "--reason", "fine", "--json")
        assert moved.data == {"round": code, "state": state}


def join_all(home: Path) -> None:
    """Everybody in the register joined and agreed, as far as the rules look."""
    with sqlite3.connect(home / "spm.db") as database:
        for client, subject in database.execute("SELECT id, subject FROM clients").fetchall():
            database.execute(
                "INSERT INTO addresses (channel, handle_hash, handle, language, reachable)"
                " VALUES ('telegram', ?, x'00', 'en', 1)",
                (f"{client}".encode(),),
            )
            database.execute(
                "INSERT INTO holders (address_id, client_id, since)"
                " VALUES (last_insert_rowid(), ?, '2026-01-01 00:00:00.000000')",
                (client,),
            )
            database.execute(
                "INSERT INTO consents (subject, purpose, given, text_version, language, channel, at)"
                " VALUES (?, 'survey', 1, 'v1', 'en', 'telegram', '2026-01-01 00:00:00.000000')",
                (subject,),
            )


@pytest.fixture
def village(give: Give, home: Path) -> None:
    """Sixty clients who can be asked: forty in Bungoma, twenty in Busia."""
    lines = [
        f"V{n},{'BUN' if n <= 40 else 'BUS'},Client {n},1980,business_loan,L{n},1000" for n in range(1, 61)
    ]
    heading = "client_id,branch,full_name,birth_year,product,loan_id,outstanding_principal"
    (home / "village.csv").write_text("\n".join([heading, *lines, ""]), encoding="utf-8")
    assert give("register", "import", "village.csv").status == 0
    join_all(home)
    sign(give, "branch_visit")


ASK = ("--survey", "branch_visit", "--size", "30", "--reason", "queues")


def test_sample_of_its_own_is_asked_for_by_the_rules_of_the_chat(give: Give, village: None) -> None:
    asked = give("rounds", "launch", "queues-bun", *ASK, "--audience", "branch=BUN", "--json")
    assert (asked.status, asked.data) == (0, {"round": "queues-bun", "state": "open", "size": 30})
    assert give("rounds", "launch", "queues", *ASK[:2], "--size", "101").err == (
        "round queues waits for the yes of an SPM manager\n"
    )
    assert failing(give, "approve", "queues", "--reason", "mine") == (
        "round queues: somebody else than who asked for it must approve it"
    )
    newest = give("audit", "list", "--limit", "1", "--event", "round_asked", "--json").data[0]
    assert newest["detail"] == "audience={} round=queues size=101 survey=branch_visit"
    told = give("rounds", "stop", "queues-bun", "--reason", "a slip")
    assert (told.status, told.err) == (0, "round queues-bun is undone\n")
    assert give("rounds", "launch", "queues-kind", *ASK, "--audience", "branch=BUN").status == 0


def test_sample_that_says_how_it_is_undone(give: Give, village: None) -> None:
    told = give(
        "rounds", "launch", "queues", *ASK, "--quota", "15", "--strata", "branch", "--spread-days", "1"
    )
    assert (told.status, told.err) == (
        0,
        (
            "round queues is open: the running bot begins in 30 minutes; until then `spm-bot rounds stop"
            " queues` undoes it\n"
        ),
    )


NEAR = "nearly the same people were asked for in the last 13 weeks: audiences must differ by 10 or more"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--audience", "branch=BUS"), "only 20 clients can be asked now, and at least 30 are needed"),
        (("--audience", "branch=XXX"), "there is no branch 'XXX': there are BUN, BUS, ELD, KAK, KII, KIS"),
        (("--audience", "product=car_loan"), "there is no product 'car_loan': there are group_loan"),
        (("--audience", "gender=women"), "there is no gender 'women': there are female, male"),
        (
            ("--audience", "arrears=yes"),
            "'arrears=yes' is no part of an audience: write it as branch=BUN+BUS",
        ),
        (("--audience", "branch"), "'branch' is no part of an audience: write it as branch=BUN+BUS"),
        (("--audience", "branch=BUN,branch=BUS"), "'branch=BUS' is no part of an audience: write it as"),
        (("--survey", "consent"), "there is no survey 'consent': there are branch_visit, client_exit"),
        (
            ("--survey", "client_exit"),
            "the wording of client_exit is signed in no language: two people sign it",
        ),
        (("--quota", "31"), "a quota of 31 is more than the 30 who are invited"),
        (
            ("--strata", "branch,branch"),
            "'branch,branch' are no strata: write some of branch, product, gender",
        ),
        (("--strata", "officer"), "'officer' are no strata: write some of branch, product, gender"),
    ],
)
def test_sample_against_a_rule_is_refused_in_one_line(
    give: Give, village: None, words: tuple[str, ...], told: str
) -> None:
    assert failing(give, "launch", "queues", *ASK, *words).startswith(told)
    assert "queues" not in {row["code"] for row in give("rounds", "list", "--json").data}


def test_nearly_the_same_people_are_not_asked_for_twice(give: Give, village: None) -> None:
    assert give("rounds", "launch", "first", *ASK, "--audience", "branch=BUN").status == 0
    assert failing(give, "launch", "first", *ASK) == (
        "there is a round 'first' already: give this one another code"
    )
    assert failing(give, "launch", "second", *ASK, "--audience", "branch=BUN+ELD") == NEAR
    assert give("rounds", "launch", "second", *ASK).status == 0


def test_launch_that_lacks_or_mixes_words(give: Give) -> None:
    assert failing(give, "launch", "queues", "--survey", "branch_visit") == (
        "say how many are to be invited: --size 60"
    )
    assert failing(give, "launch", "stress", "--size", "30") == (
        "--size is for a sample of its own: say of which --survey"
    )
    assert failing(give, "launch", "stress", *ASK) == (
        "stress is a standing round: give the sample another code, or leave --survey out"
    )
    assert misspelt(give, "launch", "queues", *ASK[:2], "--size", "29") == (
        "spm-bot rounds launch: error: argument --size: must be 30 or more"
    )
    assert misspelt(give, "launch", "two words", *ASK) == (
        "spm-bot rounds launch: error: argument CODE: must be 1 to 64 letters, digits, - and _"
    )
    assert misspelt(give, "launch", "queues", *ASK, "--spread-days", "4") == (
        "spm-bot rounds launch: error: argument --spread-days: must be 3 or less"
    )
