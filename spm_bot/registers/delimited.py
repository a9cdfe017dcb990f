"""Text files with a sign between cells (comma, semicolon, tab, bar) as rows of cells, a row at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from spm_bot.registers.decoding import encoding_of
from spm_bot.registers.sheets import Cell, Grid, SheetError

_SEPARATORS = ",;\t|"
_SAMPLE = 40
"""Lines in which the heading is looked for."""


def grid_of(path: Path, *, encoding: str, known: Callable[[Sequence[str]], int]) -> Grid:
    """The rows of a text file. `known` counts the headings in a row that we know: the sign between the cells
    is the one that gives the most of them. Raises SheetError.
    """
    found = encoding_of(path, told=encoding)
    with path.open(encoding=found, newline="") as stream:
        lines = list(islice(stream, _SAMPLE))
    separator = max(_SEPARATORS, key=lambda sign: _worth(lines, sign, known))
    return Grid(place=str(path), rows=_rows(path, found, separator), encoding=found)


def _worth(lines: Sequence[str], separator: str, known: Callable[[Sequence[str]], int]) -> tuple[int, int]:
    reader = csv.reader(lines, delimiter=separator)
    rows = [row for row in _undisturbed(reader) if row]
    return max(map(known, rows), default=0), max(map(len, rows), default=0)


def _undisturbed(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error:
        return


def _rows(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[Cell]]]:
    """Each with the line in which it begins: a line break in quotation marks is part of a cell."""
    with path.open(encoding=encoding, newline="") as stream:
        reader = csv.reader(_without_mark(stream), delimiter=separator, strict=True)
        line = 1
        try:
            for cells in reader:
                yield line, [cell.strip() for cell in cells]
                line = reader.line_num + 1
        except csv.Error as error:
            raise SheetError(f"{path}:{line}: {error} (is a quotation mark missing here or above?)") from None


def _without_mark(stream: io.TextIOBase) -> Iterator[str]:
    for number, line in enumerate(stream):
        yield line if number else line.removeprefix("\ufeff")
