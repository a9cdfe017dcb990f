"""Commands about figures of fieldwork: the outcome table with its rates, and the size of samples."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Give

CODES = (
    "completed",
    "partial",
    "break_off",
    "refused",
    "no_answer",
    "unreachable",
    "expired",
    "not_eligible",
)


@pytest.fixture
def asked(give: Give, register: Path, home: Path) -> None:
    """Two rounds: in one week one invitation for each code and an open one, in another two completed."""
    give("register", "import", register.name)
    give("rounds", "pause", "stress", "--reason", "x")
    give("rounds", "pause", "exit", "--reason", "x")
    with sqlite3.connect(home / "spm.db") as database:
        ids = dict(database.execute("SELECT code, id FROM rounds").fetchall())
        rows = [("stress", code, "2026-W47") for code in (*CODES, None)]
        rows += [("exit", "completed", "2026-W48")] * 2
        for wave, (code, outcome, week) in enumerate(rows):
            database.execute(
                "INSERT INTO invitations (round_id, client_id, wave, survey, invited_at, expires_at,"
                " delivered_at, in_arrears, has_loan, branch, week, outcome) VALUES (?, 1, ?, 'debt_stress',"
                " '2026-11-18 07:00:00.000000', '2026-11-21 07:00:00.000000', ?, 0, 1, 'BUN', ?, ?)",
                (
                    ids[code],
                    wave,
                    None if outcome == "expired" else "2026-11-18 07:00:00.000000",
                    week,
                    outcome,
                ),
            )


STRESS = {
    "round": "stress",
    "invited": 9,
    "delivered": 8,
    **dict.fromkeys(CODES, 1),
    "open": 1,
    "rr1": 1 / 8,
    "rr2": 2 / 8,
    "coop2": 2 / 4,
    "ref1": 2 / 8,
    "con1": 4 / 8,
    "delivery": 8 / 9,
}


def test_outcome_table_adds_up(give: Give, asked: None) -> None:
    stress, exit_, everything = give("rounds", "outcomes", "--json").data
    assert stress == STRESS
    assert (exit_["round"], exit_["invited"], exit_["completed"], exit_["rr1"]) == ("exit", 2, 2, 1.0)
    counts = ("invited", "delivered", *CODES, "open")
    assert everything["round"] == "all"
    assert [everything[name] for name in counts] == [stress[name] + exit_[name] for name in counts]
    assert everything["invited"] == sum(everything[name] for name in (*CODES, "open")) == 11


def test_outcomes_of_one_round_or_one_week(give: Give, asked: None) -> None:
    assert give("rounds", "outcomes", "stress", "--json").data == [STRESS]
    assert give("rounds", "outcomes", "--week", "2026-W47", "--json").data == [STRESS]
    assert give("rounds", "outcomes", "stress", "--week", "2026-W46", "--json").data == []


def test_outcomes_are_read_by_people_as_percentages(give: Give, asked: None) -> None:
    heading, stress = give("rounds", "outcomes", "stress").out.splitlines()
    assert heading.split() == list(STRESS)
    assert stress.split() == [
        *("stress", "9", "8", *["1"] * 9),
        *("12.5", "%", "25.0", "%", "50.0", "%", "25.0", "%", "50.0", "%", "88.9", "%"),
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("stres",), "there is no round 'stres': `spm-bot rounds list` has them all"),
        (("--week", "2026-47"), "'2026-47' is not a week: write it as 2026-W47"),
        (("--week", "2026-W54"), "there is no week 54 in 2026"),
    ],
)
def test_outcomes_of_what_there_is_not(give: Give, words: tuple[str, ...], told: str) -> None:
    result = give("rounds", "outcomes", *words)
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {told}\n")


def test_size_of_a_sample(give: Give) -> None:
    words = ("--margin", "5", "--population", "5000", "--deff", "1.5", "--response", "40")
    sized = give("rounds", "size", *words, "--json")
    assert (sized.status, sized.data) == (0, {"answers": 517, "invitations": 1292})
    assert give("rounds", "size", *words).err == "517 answers are needed: invite 1292\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--margin", "0"), "argument --margin: must be 0.1 to 50"),
        (("--margin", "nan"), "argument --margin: must be 0.1 to 50"),
        (("--margin", "five"), "argument --margin: invalid number value: 'five'"),
        (("--deff", "0.5"), "argument --deff: must be 1 to 100"),
        (("--response", "101"), "argument --response: must be 1 to 100"),
        (("--population", "0"), "argument --population: must be 1 or more"),
    ],
)
def test_size_that_makes_no_sense(give: Give, words: tuple[str, ...], told: str) -> None:
    result = give("rounds", "size", *words)
    assert (result.status, result.out) == (2, "")
    assert result.err.splitlines()[-1] == f"spm-bot rounds size: error: {told}"


def test_size_beyond_the_clients_there_are_is_told(give: Give) -> None:
    result = give("rounds", "size", "--population", "300")
    assert (result.status, result.out) == (1, "")
    assert result.err.splitlines()[-1] == "spm-bot: 300 clients are too few for a margin of 5 points"
