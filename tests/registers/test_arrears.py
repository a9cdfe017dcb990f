from __future__ import annotations

from pathlib import Path

import pytest

from tests.registers.desk import NEEDED, read, refusals, write

HEAD = f"{NEEDED},loan_id,loan_status,outstanding_principal,overdue_principal"
BOTH = f"{HEAD},days_in_arrears,overdue_since"
MEND = "(mend one of the two, or put its column under ignore:)"


def told(folder: Path, head: str, cells: str) -> list[str]:
    return refusals(read(write(folder, f"{head}\n7,BUN,Nafula,L1,{cells}\n")), folder)


@pytest.mark.parametrize(
    ("head", "cells", "what"),
    [
        (BOTH, ",500,40,,", "H (days_in_arrears): days_in_arrears is empty, and 40 is overdue"),
        (
            f"{HEAD},days_in_arrears",
            ",500,40,",
            "H (days_in_arrears): days_in_arrears is empty, and 40 is overdue",
        ),
        (f"{HEAD},overdue_since", ",500,40,", "H (overdue_since): overdue_since is empty, and 40 is overdue"),
        (
            BOTH,
            ",500,,0,2026-01-01",
            f"H (days_in_arrears): 0 days in arrears and overdue since 2026-01-01, which is 323 days {MEND}",
        ),
        (
            BOTH,
            ",500,40,0,2026-11-19",
            f"H (days_in_arrears): 0 days in arrears and overdue since 2026-11-19, which is 1 days {MEND}",
        ),
        (
            BOTH,
            ",500,40,12,2026-11-10",
            f"H (days_in_arrears): 12 days in arrears and overdue since 2026-11-10, which is 10 days {MEND}",
        ),
    ],
)
def test_columns_that_contradict_each_other_are_refused(
    tmp_path: Path, head: str, cells: str, what: str
) -> None:
    assert told(tmp_path, head, cells) == [f"list.csv:2: {what}"]


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (",500,40,11,2026-11-10", 11),
        (",500,40,9,2026-11-10", 9),
        (",500,40,10,", 10),
        (",500,40,,2026-11-10", 10),
        (",500,40,0,2026-11-20", 0),
        (",500,,,", 0),
        (",500,0,,", 0),
        ("closed,,40,0,2026-11-10", 0),
        ("written off,500,40,,", 0),
    ],
)
def test_columns_that_agree_are_taken(tmp_path: Path, cells: str, days: int) -> None:
    reading = read(write(tmp_path, f"{BOTH}\n7,BUN,Nafula,L1,{cells}\n"))
    assert reading.refused == ()
    assert [loan.days_in_arrears for row in reading.register.clients or () for loan in row.loans] == [days]


def test_loans_in_a_list_of_their_own_are_checked_too(tmp_path: Path) -> None:
    reading = read(
        write(tmp_path, f"{NEEDED}\n7,BUN,Nafula\n", name="clients.csv"),
        write(
            tmp_path,
            "loan_id,client_id,outstanding_principal,days_in_arrears,overdue_principal\nL1,7,500,,40\n",
            name="loans.csv",
        ),
    )
    assert refusals(reading, tmp_path) == [
        "loans.csv:2: D (days_in_arrears): days_in_arrears is empty, and 40 is overdue"
    ]
    assert reading.spared == {"7", "L1"}


def test_list_without_days_says_that_those_held_stay(tmp_path: Path) -> None:
    reading = read(write(tmp_path, f"{HEAD}\n7,BUN,Nafula,L1,,500,40\n"))
    assert reading.refused == ()
    assert (
        "no column days_in_arrears or overdue_since: days in arrears stay as they were held, and a loan that"
        " is new counts as paid on time"
    ) in reading.notes
