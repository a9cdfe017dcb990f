"""Tables as files that spreadsheets open: CSV and XLSX, in which nothing is ever run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TYPE_CHECKING
from unicodedata import normalize

from spm_bot.reports.extract import Cell, Sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Spreadsheets run a cell that begins so, also behind blanks or in its wide form."""

_LONGEST_NAME = 31
"""Signs of the name of a sheet, at most."""


def harmless(text: str) -> str:
    """The text as a spreadsheet shows it and does not run it."""
    bare = normalize("NFKC", text).lstrip()
    return f"'{text}" if bare.startswith(_RUNS) or text.startswith(_RUNS) else text


def write_csv(stream: IO[bytes], sheet: Sheet) -> None:
    """One table as UTF-8 with a mark, as spreadsheets expect it; days as 2026-11-23, blank where empty."""
    text = TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    lines = csv.writer(text)
    lines.writerow([harmless(column.name) for column in sheet.columns])
    for row in sheet.rows:
        lines.writerow([_plain(cell) for cell in row])
    text.detach()


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Tables as one workbook, each on a sheet with a heading that stays in sight."""
    from xlsxwriter import Workbook  # noqa: PLC0415  # only who exports needs it

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(str(path), {**options, "strings_to_numbers": False, "in_memory": False}) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name[:_LONGEST_NAME])
            page.freeze_panes(1, 0)
            for place, column in enumerate(sheet.columns):
                page.write_string(0, place, column.name, bold)
            for line, row in enumerate(sheet.rows, start=1):
                for place, cell in enumerate(row):
                    _write(page, line, place, cell, day)


def _write(page: Worksheet, line: int, place: int, cell: Cell, day: object) -> None:
    match cell:
        case None:
            pass
        case str():
            page.write_string(line, place, cell)
        case date():
            page.write_datetime(line, place, cell, day)
        case _:
            page.write_number(line, place, cell)


def _plain(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case str():
            return harmless(cell)
        case date():
            return cell.isoformat()
        case _:
            return cell
