"""The rows of a list, each taken or refused with its place and the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from spm_bot.registers.arrears import check_arrears
from spm_bot.registers.fields import KEYS, Read, Setting, reader_of
from spm_bot.registers.gathering import Gathered, Place
from spm_bot.registers.headings import NEEDED, UNTAKEN, Kind
from spm_bot.registers.phones import has_letter_for_zero
from spm_bot.registers.records import Fault, Fields
from spm_bot.registers.sheets import Cell, Table, letters

_PHONES = ("phone", "second_phone", "staff_phone")

Columns = Sequence[tuple[str, int, Read]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken. `file` names the sheet too, `column` its letter and heading, or is ''."""

    file: str
    row: int
    column: str
    what: str

    def __str__(self) -> str:
        column = f"{self.column}: " if self.column else ""
        return f"{self.file}:{self.row}: {column}{self.what}"


def take_rows(table: Table, gathered: Gathered, *, setting: Setting) -> Iterator[Refusal]:
    """Takes all rows out of a list, and yields those that cannot be used, each with its first problem."""
    take = _taker(table.kind, gathered)
    # Codes first: whatever is wrong with the rest of a row, it is known whom it is about.
    names = sorted((name for name in table.columns if name not in UNTAKEN), key=lambda name: name not in KEYS)
    columns = [(name, table.columns[name], reader_of(name, setting)) for name in names]
    phones = [table.columns[name] for name in _PHONES if name in table.columns]
    while table.rows:
        number, cells = table.rows.popleft()
        given: dict[str, Any] = {}
        try:
            _read_cells(cells, columns, given)
            _check_cells(cells, number, table)
            _check_length(cells, table)
            check_arrears(given, table.columns, as_of=setting.as_of)
            take(given, (table.place, number))
            gathered.lettered += any(has_letter_for_zero(str(cells[at])) for at in phones if at < len(cells))
        except Fault as fault:
            gathered.spare(given)
            index = table.columns.get(fault.field)
            yield Refusal(table.place, number, "" if index is None else table.column(index), str(fault))


def _taker(kind: Kind, gathered: Gathered) -> Callable[[Fields, Place], None]:
    match kind:
        case Kind.LOANS:
            return gathered.take_loan
        case Kind.STAFF:
            return gathered.take_staff
        case Kind.BRANCHES:
            return gathered.take_facts
    return gathered.take_client


def _read_cells(cells: Sequence[Cell], columns: Columns, given: dict[str, Any]) -> None:
    width = len(cells)
    first: Fault | None = None
    for name, index, read in columns:
        cell = cells[index] if index < width else ""
        if cell == "":
            continue
        try:
            value = read(cell)
        except ValueError as error:
            first = first or Fault(name, str(error))
        else:
            if value is not None:
                given[name] = value
    if first:
        raise first


def _check_cells(cells: Sequence[Cell], number: int, table: Table) -> None:
    unfinished = table.grid.findings.unfinished.get(number, ())
    for name, index in table.columns.items():
        if index in unfinished:
            raise Fault(name, "holds a formula without its result (open it in a spreadsheet, then save)")
    for index, cell in enumerate(cells):
        if cell != "" and not (index < len(table.headings) and table.headings[index]):
            what = f"column {letters(index)} holds something and has no heading"
            raise Fault("", f"{what} (put text with the sign between cells in quotation marks)")


def _check_length(cells: Sequence[Cell], table: Table) -> None:
    """Spreadsheets leave out empty cells at the end of a line, but a line without its codes was cut off."""
    if not table.grid.encoding or len(cells) >= len(table.headings):
        return
    needed = {name for names in NEEDED[table.kind] for name in names}
    lost = [name for name in needed & table.columns.keys() if table.columns[name] >= len(cells)]
    if lost:
        first = min(lost, key=lambda name: table.columns[name])
        width = sum(map(bool, table.headings))
        raise Fault(first, f"row has {len(cells)} of {width} cells (write the empty ones too)")
