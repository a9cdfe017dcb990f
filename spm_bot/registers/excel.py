"""Workbooks (.xlsx) as rows of cells, sheet by sheet, a row at a time.

openpyxl reads what a workbook says of itself; the rows are read here, because it takes four times as long
and keeps to itself which rows are hidden and which formulas have no result.
"""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile

from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from spm_bot.registers.calendars import read_serial
from spm_bot.registers.sheets import Cell, Findings, Grid, SheetError

_BATCH = 500
_LONGEST = 20
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ZEROS = re.compile("00+")
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_DAMAGE = (
    *(BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, IndexError, TypeError, AttributeError),
    *(OSError, EOFError, NotImplementedError),
)


def grids_of(path: Path, *, sheet: str = "") -> Generator[Grid, None, None]:
    """The sheets of a workbook in its order, or the one that is called `sheet`. Raises SheetError."""
    # Our own handle: the library leaves its one open when it fails.
    with path.open("rb") as stream:
        with _told(path):
            book = load_workbook(stream, read_only=True, data_only=True)
        with closing(book):
            yield from _grids(path, book, sheet)


def _grids(path: Path, book: Workbook, sheet: str) -> Iterator[Grid]:
    names = book.sheetnames
    if sheet and sheet not in names:
        there = ", ".join(names)
        raise SheetError(f"{path}: has no sheet {sheet!r}, but {there} (mend sheet: in the mapping file)")
    for worksheet in book.worksheets:
        if not sheet or worksheet.title == sheet:
            findings = Findings()
            yield Grid(
                place=f"{path}[{worksheet.title}]",
                rows=_rows(path, worksheet, findings),
                since_1904=book.epoch == CALENDAR_MAC_1904,
                findings=findings,
                others=tuple(name for name in names if name != worksheet.title),
            )


def _rows(path: Path, worksheet: Any, findings: Findings) -> Iterator[tuple[int, list[Cell]]]:

    with _told(path):
        source = worksheet.parent._archive.open(worksheet._worksheet_path)
    with source:
        rows = _parsed(source, worksheet, findings)
        while True:
            with _told(path):
                batch = list(islice(rows, _BATCH))
            if not batch:
                return
            yield from batch


def _parsed(source: IO[bytes], worksheet: Any, findings: Findings) -> Iterator[tuple[int, list[Cell]]]:
    book, strings, number = worksheet.parent, worksheet._shared_strings, 0
    widths = _padded(book)
    for _event, row in etree.iterparse(source, tag="{*}row", resolve_entities=False, no_network=True):
        # Entities that hold entities grow without end, and no spreadsheet defines any.
        if not number and row.getroottree().docinfo.internalDTD is not None:
            raise ValueError("entities")
        number = int(row.get("r", number + 1))
        if number > _MOST_ROWS:
            raise ValueError(number)
        findings.hidden += row.get("hidden") in ("1", "true")
        cells: list[Cell] = []
        for cell in row.iterchildren("{*}c"):
            place = cell.get("r")
            index = _index(place.rstrip("0123456789")) if place else len(cells)
            cells += [""] * (index - len(cells))
            value = _value(cell, book, strings, widths)
            if value is None:
                findings.unfinished.setdefault(number, set()).add(index)
            elif isinstance(value, str) and cell.get("t", "n") == "n" and _DAY.fullmatch(value):
                findings.days[index] = number
                if value[-2:] > "12":
                    findings.late_days[index] = number
            cells.append("" if value is None else value)
        yield number, cells
        row.clear()
        while row.getprevious() is not None:
            del row.getparent()[0]


@cache
def _index(column: str) -> int:
    index = int(column_index_from_string(column)) - 1
    if index >= _MOST_COLUMNS:
        raise ValueError(column)
    return index


def _padded(book: Any) -> Mapping[str, int]:
    """The styles that show a number with zeros in front, each with how many digits it then has."""
    formats = dict(enumerate(book._number_formats, BUILTIN_FORMATS_MAX_SIZE))
    styles = ((str(index), formats.get(style.numFmtId, "")) for index, style in enumerate(book._cell_styles))
    return {style: len(shown) for style, shown in styles if _ZEROS.fullmatch(shown)}


def _value(cell: etree._Element, book: Any, strings: Sequence[str], widths: Mapping[str, int]) -> Cell | None:
    """What a cell holds, a moment as its day; None is a formula whose result was never worked out."""
    kind, text, formula = cell.get("t", "n"), None, False
    if kind == "inlineStr":
        return "".join(str(part) for part in cell.itertext()).strip()
    for child in cell:
        match child.tag[-2:]:
            case "}v":
                text = child.text
            case "}f":
                formula = True
    if not text:
        return None if formula and kind != "str" else ""
    match kind:
        case "s":
            return str(strings[int(text)]).strip()
        case "b":
            return "true" if text == "1" else "false"
        case "n":
            number = _number(text, style := cell.get("s", ""), book)
            padded = style in widths and isinstance(number, int) and number >= 0
            return str(number).zfill(widths[style]) if padded else number
        case "d":
            return text[:10]
    return text.strip()


def _number(text: str, style: str, book: Any) -> Cell:
    number: int | float = int(text) if text.isdecimal() and len(text) < _LONGEST else float(text)
    if style and int(style) in book._date_formats and int(style) not in book._timedelta_formats:
        try:
            return read_serial(number, since_1904=book.epoch == CALENDAR_MAC_1904)
        except ValueError:
            return number
    return int(number) if number == int(number) else number


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Whatever a reader stumbles over, as one line; what it only remarks on is no matter of ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _DAMAGE:
        mend = "open it in a spreadsheet and save it as .xlsx again"
        raise SheetError(f"{path}: is a damaged workbook ({mend})") from None
