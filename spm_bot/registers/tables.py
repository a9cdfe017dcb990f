"""Finds the heading in a sheet, below titles and under merged cells, and takes the rows below as a list."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from spm_bot.registers.delimited import grid_of
from spm_bot.registers.excel import grids_of
from spm_bot.registers.foreign import nature
from spm_bot.registers.headings import EVERY_FIELD, NEEDED, Match, known, match
from spm_bot.registers.mapping import Mapping
from spm_bot.registers.sheets import Cell, Grid, SheetError, Table, letters
from spm_bot.registers.vocabulary import meaning

_DEPTH = 30
"""Rows in which a heading is looked for; above it stand titles."""
_THOUSANDS = ("000", "thousand", "mille", "miles", "тыс", "elfu", "ming")
_AMOUNTS = ("principal", "outstanding_principal", "overdue_principal", "written_off_amount")
_TELLING = frozenset(
    name for name in EVERY_FIELD if name.endswith(("_id", "_name", "_key")) or name == "month"
)
_EVERY = 500
_SHORT = 24
"""Signs up to which equal cells are kept once."""

Heading = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose heading was found in row `row`."""

    grid: Grid
    row: int
    headings: Sequence[str]
    match: Match

    def column(self, index: int) -> str:
        return f"{letters(index)} ({self.headings[index]})"


@contextmanager
def sheet_in(path: Path, *, mapping: Mapping) -> Iterator[Sheet]:
    """The list in a file: the one sheet that is a list, or the one that is named. Raises SheetError."""
    if nature(path) == "text":
        yield _sheet_of(
            iter([grid_of(path, encoding=mapping.encoding, known=_knows(mapping))]), path, mapping
        )
        return
    with closing(grids_of(path, sheet=mapping.sheet)) as grids:
        yield _sheet_of(grids, path, mapping)


def _sheet_of(grids: Iterator[Grid], path: Path, mapping: Mapping) -> Sheet:
    sheets = [sheet for grid in grids if (sheet := _headed(grid, mapping))]
    whole = [sheet for sheet in sheets if not sheet.match.missing]
    alike = [sheet for sheet in whole if sheet.match.kind is whole[0].match.kind]
    if len(alike) > 1:
        names = ", ".join(sheet.grid.place.removeprefix(f"{path}")[1:-1] for sheet in alike)
        mend = "join them, or name one with sheet: in the mapping file"
        raise SheetError(f"{path}: {len(alike)} sheets are lists: {names} ({mend})")
    best = next(iter(whole or sheets), None)
    if best is None:
        raise SheetError(
            f"{path}: {f'the sheet {mapping.sheet!r} is empty' if mapping.sheet else 'is empty'}"
        )
    return best


def read_table(sheet: Sheet, *, mapping: Mapping, progress: Callable[[int], object]) -> Table:
    """The rows of a sheet as a list. Raises SheetError for a column that is missing, unknown or doubled."""
    _check(sheet, mapping)
    table = Table(
        sheet.grid.place, sheet.match.kind, sheet.match.columns, sheet.headings, deque(), sheet.grid
    )
    kept = frozenset(sheet.match.columns.values())
    named = [index for index, heading in enumerate(sheet.headings) if heading]
    dropped = frozenset(named) - kept
    telling = [index for name, index in table.columns.items() if name in _TELLING]
    count = 0
    for count, (number, cells) in enumerate(sheet.grid.rows, 1):
        if any(cell != "" for cell in cells):
            if _adds_up(cells, telling):
                table.totals += 1
            else:
                table.rows.append((number, _slim(cells, dropped)))
        if count % _EVERY == 0:
            progress(_EVERY)
    progress(count % _EVERY)
    return table


def _headed(grid: Grid, mapping: Mapping) -> Sheet | None:
    """The row whose cells we know best as headings; a cell left blank under a merged one counts as it."""
    top = list(islice(grid.rows, _DEPTH))
    candidates = [(number, cells) for number, cells in top if any(cell != "" for cell in cells)]
    if not candidates:
        return None
    options = list(_options(candidates))
    row, headings = max(options, key=lambda option: _knows(mapping)(option[1]))
    rest = chain([(number, cells) for number, cells in top if number > row], grid.rows)
    found = match(headings, columns=mapping.columns, ignored=mapping.ignore)
    return Sheet(replace(grid, rows=rest), row, headings, found)


def _options(candidates: Sequence[tuple[int, Sequence[Cell]]]) -> Iterator[Heading]:
    above: list[str] = []
    for number, cells in candidates:
        texts = [_shown(cell) for cell in cells]
        yield number, texts
        width = max(len(texts), len(above))
        both = zip(texts + [""] * (width - len(texts)), above + [""] * (width - len(above)), strict=True)
        filled = [text or over for text, over in both]
        if above and filled != texts:
            yield number, filled
        above = texts


def _shown(cell: Cell) -> str:
    """A heading on one line, without what would disturb a terminal."""
    return "".join(sign for sign in " ".join(str(cell).split()) if sign.isprintable())


def _knows(mapping: Mapping) -> Callable[[Sequence[str]], int]:
    own = frozenset(mapping.columns.values()) | frozenset(mapping.ignore)
    return lambda row: known(row) + sum(cell in own for cell in row)


def _check(sheet: Sheet, mapping: Mapping) -> None:
    found, place = sheet.match, f"{sheet.grid.place}:{sheet.row}"
    if found.missing and not found.columns:
        cells = ", ".join(filter(None, sheet.headings))[:80]
        raise SheetError(f"{place}: there is no row of headings, only: {cells} (add one)")
    if found.missing:
        needed = ", ".join(" or ".join(names) for names in NEEDED[found.kind])
        mend = "say under columns: in the mapping file which column it is"
        raise SheetError(f"{place}: the column {found.missing[0]} is missing (needed: {needed}; {mend})")
    for name, first, second in found.twice:
        both = f"{sheet.column(first)} and {sheet.column(second)}"
        mend = "put one under ignore: in the mapping file"
        raise SheetError(f"{place}: the columns {both} both say {name} ({mend})")
    if found.unknown:
        columns = ", ".join(map(sheet.column, found.unknown))
        mend = "put each under columns: or ignore: in the mapping file, which --save-map writes for you"
        raise SheetError(f"{place}: unknown columns: {columns} ({mend})")
    for amount in _AMOUNTS:
        at = found.columns.get(amount)
        if at is not None and mapping.amounts_in is None and _in_thousands(sheet.headings[at]):
            mend = "write amounts_in: 1000 in the mapping file, or amounts_in: 1 if they are not"
            raise SheetError(f"{place}: {sheet.column(at)} seems to be in thousands ({mend})")


def _in_thousands(heading: str) -> bool:
    return any(word in heading.casefold() for word in _THOUSANDS)


def _adds_up(cells: Sequence[Cell], telling: Sequence[int]) -> bool:
    """Whether a row holds totals: it begins with such a word, and says neither who nor which in the columns
    that would be `telling`.
    """
    first = next(cell for cell in cells if cell != "")
    held = (cells[index] for index in telling if index < len(cells))
    if any(cell not in ("", first) for cell in held):
        return False
    return isinstance(first, str) and meaning("total", first.split(":")[0]) is not None


def _slim(cells: Sequence[Cell], dropped: frozenset[int]) -> tuple[Cell, ...]:
    """A row without columns that nobody reads; what stands in many rows is kept once."""
    return tuple(
        ""
        if index in dropped
        else sys.intern(cell)
        if isinstance(cell, str) and len(cell) <= _SHORT
        else cell
        for index, cell in enumerate(cells)
    )
