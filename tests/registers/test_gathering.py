from __future__ import annotations

from pathlib import Path

import pytest

from spm_bot.fieldwork.register import BranchFacts, ClientRow, LoanRow
from tests.registers.desk import NEEDED, problem, read, refusals, write

WIDE = f"{NEEDED},birth_date,loan_id,outstanding_principal\n"
ADD_UP = "a list with several rows a loan, as for principal, interest and fees, must be added up to one"


@pytest.mark.parametrize(
    ("text", "told", "left"),
    [
        (
            f"{NEEDED}\n7,BUN,Nafula\n7,BUN,Nafula\n",
            ["list.csv:3: A (client_id): '7' stands in row 2 already (neither row is taken)"],
            (),
        ),
        (
            f"{NEEDED}\n7,BUN,Nafula\n7,BUS,Nafula\n8,BUS,Chebet\n",
            ["list.csv:3: A (client_id): '7' stands in row 2 already (neither row is taken)"],
            ("8",),
        ),
        (
            f"{WIDE}7,BUN,Nafula,,L1,5\n7,BUS,Nafula,,L2,5\n",
            ["list.csv:3: A (client_id): '7' has another branch in row 2 (neither row is taken)"],
            (),
        ),
        (
            f"{WIDE}7,BUN,Nafula,1985-03-31,L1,5\n7,BUN,Nafula,1985-03-30,L2,5\n",
            ["list.csv:3: A (client_id): '7' has another birth_year in row 2 (neither row is taken)"],
            (),
        ),
        (
            f"{WIDE}7,BUN,Nafula,1985-03-31,L1,5\n7,BUN,Nafula,,L2,5\n",
            ["list.csv:3: A (client_id): '7' has another birth_year in row 2 (neither row is taken)"],
            (),
        ),
        (
            f"{WIDE}C001,BUN,Nafula,,,\nС001,BUN,Nafula,,,\n",
            [
                (
                    "list.csv:3: A (client_id): 'С001' looks like the code in row 2, in letters of"
                    " another alphabet"
                    " (neither row is taken)"
                )
            ],
            (),
        ),
    ],
    ids=["twice", "two branches", "wide, two branches", "two births", "birth once", "Cyrillic"],
)
def test_client_whom_two_rows_dispute_is_taken_from_neither(
    tmp_path: Path, text: str, told: list[str], left: tuple[str, ...]
) -> None:
    reading = read(write(tmp_path, text))
    if "birth_year" in told[0] and "1985-03-30" in text:
        told = [told[0].replace("birth_year", "born_on")]
    assert refusals(reading, tmp_path) == told
    assert tuple(row.code for row in reading.register.clients or ()) == left
    assert {"7", "C001"} & reading.spared


def test_loan_that_stands_twice_is_taken_from_neither_row(tmp_path: Path) -> None:
    reading = read(
        write(
            tmp_path,
            f"{WIDE}7,BUN,Nafula,,L1,5\n7,BUN,Nafula,,L1,6\n8,BUN,Chebet,,L1,7\n9,BUN,Wafula,,L9,1\n",
        )
    )
    assert refusals(reading, tmp_path) == [
        f"list.csv:3: E (loan_id): 'L1' stands in row 2 already (neither row is taken; {ADD_UP})",
        f"list.csv:4: E (loan_id): 'L1' stands in row 2 already (neither row is taken; {ADD_UP})",
    ]
    assert reading.register.clients == (
        ClientRow("7", "Nafula", "BUN"),
        ClientRow("9", "Wafula", "BUN", loans=(LoanRow("L9", currency="KES", outstanding=1.0),)),
    )
    assert reading.spared == {"7", "8", "L1"}


def test_two_files_that_agree_are_put_together(tmp_path: Path) -> None:
    reading = read(
        write(tmp_path, f"{NEEDED},birth_date,phone\n7,BUN,Nafula,1985-03-31,\n", name="clients.csv"),
        write(
            tmp_path, f"{NEEDED},loan_id,phone,status\n7,BUN,Nafula,L1,0712345678,closed\n", name="book.csv"
        ),
    )
    assert reading.refused == ()
    assert reading.register.clients == (
        ClientRow(
            "7",
            "Nafula",
            "BUN",
            phone="+254712345678",
            birth_year=1985,
            born_on="1985-03-31",
            status="closed",
            loans=(LoanRow("L1", currency="KES"),),
        ),
    )


def test_two_files_that_disagree_name_both_rows(tmp_path: Path) -> None:
    reading = read(
        write(tmp_path, f"{NEEDED},birth_date\n7,BUN,Nafula,1985-03-31\n", name="clients.csv"),
        write(tmp_path, f"{NEEDED},loan_id\n7,BUS,Nafula,L1\n", name="book.csv"),
    )
    assert refusals(reading, tmp_path) == [
        "book.csv:2: A (client_id): '7' has another branch in clients.csv, row 2 (neither row is taken)"
    ]
    assert reading.register.clients == ()
    assert reading.spared == {"7", "L1"}


def test_loans_of_a_refused_client_are_refused_and_say_so(tmp_path: Path) -> None:
    reading = read(
        write(tmp_path, f"{NEEDED}\n7,NOWHERE,Nafula\n", name="clients.csv"),
        write(tmp_path, "client_id,loan_id\n7,L1\n", name="loans.csv"),
    )
    assert refusals(reading, tmp_path)[1] == "loans.csv:2: A (client_id): the row of client '7' was refused"
    assert reading.spared == {"7", "L1"}


def test_loans_without_any_client_are_no_register(tmp_path: Path) -> None:
    assert problem(tmp_path, write(tmp_path, "client_id,loan_id\n7,L1\n")) == (
        "list.csv: is a list of loans without their clients (give the list of clients too)"
    )


def test_codes_are_text_and_spelt_in_one_way(tmp_path: Path) -> None:
    reading = read(
        write(tmp_path, f"{NEEDED}\n000123,BUN,A\n123,BUN,B\n１２４\u00a0,BUN,C\n\u200b125,BUN,D\n")
    )
    assert [row.code for row in reading.register.clients or ()] == ["000123", "123", "124", "125"]


def test_code_in_two_alphabets_is_pointed_out(tmp_path: Path) -> None:
    reading = read(write(tmp_path, f"{NEEDED}\nBС7,BUN,Nafula\n"))
    assert [row.code for row in reading.register.clients or ()] == ["BС7"]
    assert "1 client codes mix letters of two alphabets that look the same: BС7" in reading.notes


def test_staff_code_that_stands_twice_is_taken_from_neither_row(tmp_path: Path) -> None:
    reading = read(
        write(
            tmp_path, "staff_id,full_name,start_date,exit_date\nS1,A,,\nS1,B,,\nS2,C,2026-01-01,2025-01-01\n"
        )
    )
    assert refusals(reading, tmp_path) == [
        "list.csv:3: A (staff_id): 'S1' stands in row 2 already (neither row is taken)",
        "list.csv:4: D (exit_date): 2025-01-01 is before 2026-01-01, the first day of work",
    ]
    assert reading.register.staff == ()
    assert reading.spared == {"S1", "S2"}


def test_staff_of_the_head_office_have_no_branch(tmp_path: Path) -> None:
    path = write(tmp_path, "staff_id,full_name,branch\nS1,A,HQ\n")
    assert len(read(path).refused) == 1
    [row] = read(path, branches={"HQ": ""}).register.staff or ()
    assert row.branch == ""


def test_month_of_a_branch_is_told_once(tmp_path: Path) -> None:
    reading = read(
        write(
            tmp_path,
            "branch,month,vacancies\nBUN,2026-10,2\nBUN,2026-10,2\nBUN,2026-10,3\n,2026-10,1\nBUS,soon,1\n",
        )
    )
    assert refusals(reading, tmp_path) == [
        "list.csv:4: B (month): 2026-10 of BUN stands in row 3 otherwise",
        "list.csv:5: A (branch): branch is empty",
        "list.csv:6: B (month): 'soon' is not a date (write it as 2024-03-31)",
    ]
    assert reading.register.facts == (BranchFacts("BUN", "2026-10", vacancies=2),)
    assert reading.register.clients is None


def test_keys_of_a_banking_system_join_loans_to_clients(tmp_path: Path) -> None:
    reading = read(
        write(
            tmp_path,
            "encodedKey,id,firstName,lastName,mobilePhone,mobilePhone2,gender,birthDate,state,assignedBranchKey"
            "\n"
            "8a8e,000007,Nafula,Barasa,,0712345678,FEMALE,1985-03-31,ACTIVE,8a01\n",
            name="clients.csv",
        ),
        write(
            tmp_path,
            "id,accountHolderKey,accountState,principalBalance,daysLate\n"
            "L1,8a8e,ACTIVE_IN_ARREARS,400,45\nL2,8a8f,ACTIVE,1,\n",
            name="loans.csv",
        ),
        branches={"8a01": "BUN"},
    )
    assert refusals(reading, tmp_path) == [
        "loans.csv:3: B (accountHolderKey): client '8a8f' is in no list of clients"
    ]
    assert reading.register.clients == (
        ClientRow(
            "000007",
            "Nafula Barasa",
            "BUN",
            phone="+254712345678",
            gender="female",
            birth_year=1985,
            born_on="1985-03-31",
            loans=(LoanRow("L1", currency="KES", outstanding=400.0, days_in_arrears=45),),
        ),
    )
