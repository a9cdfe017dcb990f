"""Workbooks read back cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook

Grid = list[list[Any]]


def opened(data: bytes) -> Workbook:
    return load_workbook(BytesIO(data))


def grid(data: bytes, sheet: str) -> Grid:
    """The values of a sheet without its empty ends of lines."""
    return [list(row) for row in opened(data)[sheet].iter_rows(values_only=True)]


def table(data: bytes, sheet: str, *, first: str) -> list[dict[str, Any]]:
    """The rows under the line whose first cell is `first`, up to the next empty one, by column."""
    lines = grid(data, sheet)
    start = next(place for place, line in enumerate(lines) if line[0] == first)
    head = [name for name in lines[start] if name is not None]
    found = []
    for line in lines[start + 1 :]:
        if not any(cell is not None for cell in line):
            break
        found.append(dict(zip(head, line, strict=False)))
    return found


def texts(data: bytes) -> Iterator[str]:
    """Every text in any cell."""
    for sheet in opened(data):
        for row in sheet.iter_rows(values_only=True):
            yield from (cell for cell in row if isinstance(cell, str))


def assert_plain(data: bytes) -> None:
    """Nothing in it is computed, hidden, linked or run."""
    book = opened(data)
    for sheet in book:
        assert sheet.sheet_state == "visible"
        assert not any(each.hidden for each in sheet.row_dimensions.values())
        assert not any(each.hidden for each in sheet.column_dimensions.values())
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n", "d"}, cell.coordinate
                assert cell.hyperlink is None
                assert cell.comment is None
    with ZipFile(BytesIO(data)) as parts:
        for name in parts.namelist():
            assert "vba" not in name.lower()
            assert "external" not in name.lower()
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in parts.read(name)
