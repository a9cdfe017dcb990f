from __future__ import annotations

from pathlib import Path

import pytest

from spm_bot.fieldwork.register import ClientRow
from tests.registers.desk import NEEDED, problem, read, refusals, write


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_sign_between_cells_is_found(tmp_path: Path, separator: str) -> None:
    text = f"{NEEDED}\n7,BUN,Nafula\n".replace(",", separator)
    assert read(write(tmp_path, text)).register.clients == (ClientRow("7", "Nafula", "BUN"),)


def test_separator_inside_quotation_marks_is_text(tmp_path: Path) -> None:
    text = 'client_id;branch;full_name\n7;BUN;"Barasa; Nafula, of Bungoma"\n'
    [row] = read(write(tmp_path, text)).register.clients or ()
    assert row.name == "Barasa; Nafula, of Bungoma"


def test_spreadsheets_own_first_line_and_titles_are_passed_over(tmp_path: Path) -> None:
    text = "sep=;\nUmoja; list of clients, all branches\n\nclient_id;branch;full_name\n7;BUN;Nafula\n"
    assert read(write(tmp_path, text)).register.clients == (ClientRow("7", "Nafula", "BUN"),)


def test_quotation_mark_left_open_is_told(tmp_path: Path) -> None:
    assert problem(tmp_path, write(tmp_path, f'{NEEDED}\n7,BUN,"Nafula\n8,BUN,Chebet\n')) == (
        "list.csv:2: unexpected end of data (is a quotation mark missing here or above?)"
    )


def test_cell_without_end_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, f"{NEEDED}\n7,BUN,{'N' * 200_000}\n")
    assert problem(tmp_path, path) == (
        "list.csv:2: field larger than field limit (131072) (is a quotation mark missing here or above?)"
    )


def test_rows_are_named_by_the_line_in_which_they_begin(tmp_path: Path) -> None:
    path = write(tmp_path, f'{NEEDED}\n7,BUN,"Naf\nula"\n\n8,XXX,Chebet\n9,BUN,\n')
    assert [told.split(": ")[0] for told in refusals(read(path), tmp_path)] == [
        "list.csv:2",
        "list.csv:5",
        "list.csv:6",
    ]


@pytest.mark.parametrize(
    ("head", "line", "told"),
    [
        (f"{NEEDED},loan_id,phone", "8,BUN,Chebet", "D (loan_id): row has 3 of 5 cells"),
        (f"phone,{NEEDED}", "0712345678,8,BUN", "D (full_name): row has 3 of 4 cells"),
        ("staff_id,full_name", "8", "B (full_name): row has 1 of 2 cells"),
        ("branch,vacancies,month", "BUN,2", "C (month): row has 2 of 3 cells"),
    ],
)
def test_line_without_its_codes_was_cut_off(tmp_path: Path, head: str, line: str, told: str) -> None:
    reading = read(write(tmp_path, f"{head}\n{line}\n"))
    assert refusals(reading, tmp_path) == [f"list.csv:2: {told} (write the empty ones too)"]
    assert reading.spared == ({"8"} if "8" in line else set())


def test_line_of_a_loan_without_its_client_was_cut_off(tmp_path: Path) -> None:
    reading = read(
        write(tmp_path, f"{NEEDED}\n7,BUN,Nafula\n", name="clients.csv"),
        write(tmp_path, "loan_id,cycle,client_id\nL1,2\n", name="loans.csv"),
    )
    assert refusals(reading, tmp_path) == [
        "loans.csv:2: C (client_id): row has 2 of 3 cells (write the empty ones too)"
    ]


def test_empty_cells_at_the_end_of_a_line_may_be_left_out(tmp_path: Path) -> None:
    [row] = read(write(tmp_path, f"{NEEDED},loan_id,cycle,phone\n7,BUN,Nafula,L1\n")).register.clients or ()
    assert [loan.code for loan in row.loans] == ["L1"]
