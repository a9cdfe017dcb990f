from __future__ import annotations

import csv
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from spm_bot.reports.extract import Cell, Column, Sheet
from spm_bot.reports.spreadsheets import harmless, write_csv, write_workbook

ROW: tuple[Cell, ...] = ("=1+1", "007", None, 0, 2.5, date(2026, 11, 23), "Nyeri – haut")


def sheet(*rows: tuple[Cell, ...]) -> Sheet:
    names = ("=cmd", "code", "blank", "zero", "half", "day", "text")
    return Sheet("a sheet with a name that is too long by far", tuple(Column(n, "", "") for n in names), rows)


@pytest.mark.parametrize(
    "text", ["=1+1", "+254", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "＝1+1", "﹦1", "\n@x"]
)
def test_cell_that_would_run_is_made_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["a=b", "007", "", "1-2", "Nyeri", "'quoted"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_csv_reads_back_with_zeros_blanks_and_days() -> None:
    stream = BytesIO()
    write_csv(stream, sheet(ROW))
    assert stream.getvalue().startswith("\ufeff".encode())
    lines = list(csv.reader(StringIO(stream.getvalue().decode("utf-8-sig"), newline="")))
    assert lines == [
        ["'=cmd", "code", "blank", "zero", "half", "day", "text"],
        ["'=1+1", "007", "", "0", "2.5", "2026-11-23", "Nyeri – haut"],
    ]


def test_workbook_has_texts_numbers_and_real_days(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [sheet(ROW)])
    page = load_workbook(path).worksheets[0]
    assert page.title == "a sheet with a name that is too"
    rows = list(page.iter_rows(min_row=2, values_only=True))
    assert rows == [("=1+1", "007", None, 0, 2.5, datetime(2026, 11, 23), "Nyeri – haut")]  # noqa: DTZ001
    assert {cell.data_type for cell in page[1]} == {"s"}


def test_workbook_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [sheet(ROW, ("http://x.example", "=2", "+3", "@4", "-5", "1e5", "=HYPERLINK(1)"))])
    with ZipFile(path) as book:
        content = book.read("xl/worksheets/sheet1.xml").decode()
        assert not any("hyperlink" in name.casefold() for name in book.namelist())
    assert "<f>" not in content
    assert "<hyperlink" not in content.casefold()
