from __future__ import annotations

from pathlib import Path

import pytest

from spm_bot.fieldwork.register import ClientRow
from tests.registers.desk import NEEDED, problem, read, write


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
        "list.csv:3: unexpected end of data (is a quotation mark missing here or above?)"
    )


def test_cell_without_end_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, f"{NEEDED}\n7,BUN,{'N' * 200_000}\n")
    assert problem(tmp_path, path) == (
        "list.csv:2: field larger than field limit (131072) (is a quotation mark missing here or above?)"
    )
