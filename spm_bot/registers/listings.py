"""The institution's files as one register, with every row that was refused and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from spm_bot.fieldwork.register import Register
from spm_bot.registers.absences import absences
from spm_bot.registers.fields import Setting
from spm_bot.registers.gathering import Gathered
from spm_bot.registers.headings import UNTAKEN, Kind
from spm_bot.registers.manners import manner_of
from spm_bot.registers.mapping import Mapping
from spm_bot.registers.phones import is_made_up, nobodys
from spm_bot.registers.remarks import remarks
from spm_bot.registers.rows import Refusal, take_rows
from spm_bot.registers.sheets import Books, SheetError, Table
from spm_bot.registers.tables import read_table, sheet_in

Progress = Callable[[int], object]

_BEFORE_LOANS = (Kind.CLIENTS, Kind.WIDE, Kind.LOANS, Kind.STAFF, Kind.BRANCHES)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the files say. `columns` are our fields that some file gives: of others nothing is known, so
    nothing that the register holds is to be emptied by their absence (no `loan_id`: no list of loans).

    `spared` are codes of clients, loans and staff in refused rows: they are not missing. `nameless` rows were
    refused without any, so that anybody may be in them.
    """

    register: Register
    refused: tuple[Refusal, ...] = ()
    spared: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    columns: frozenset[str] = frozenset()
    nameless: int = 0


def read_register(
    files: Sequence[Path],
    *,
    books: Books,
    as_of: date,
    mapping: Mapping | None = None,
    progress: Progress = lambda _rows: None,
) -> Reading:
    """Clients, loans, staff and branch facts, each recognised by its columns, or one wide list with a row
    per loan. Raises SheetError, one line, for a file that cannot be read at all (absent, too large,
    locked, an unknown column); a row that cannot be used is in `refused` and the others are read.

    `mapping` is what `load_mapping` gives, or None. `progress` is told how many rows were read since last.
    """
    known = mapping or Mapping()
    if known.currency:
        books = replace(books, currency=known.currency)
    tables = [_table(path, known, progress) for path in files]
    _check_mapping(tables, known)
    kinds = {table.kind for table in tables}
    if Kind.LOANS in kinds and not kinds & {Kind.CLIENTS, Kind.WIDE}:
        place = next(table.place for table in tables if table.kind is Kind.LOANS)
        raise SheetError(f"{place}: is a list of loans without their clients (give the list of clients too)")
    gathered = Gathered(books, as_of)
    refused: list[Refusal] = []
    for table in sorted(tables, key=lambda each: _BEFORE_LOANS.index(each.kind)):
        setting = Setting(books, known, as_of, manner_of(table, mapping=known), table.grid.since_1904)
        refused += take_rows(table, gathered, setting=setting)
    columns = frozenset(name for table in tables for name in table.columns)
    register = gathered.register(clients=bool(kinds & {Kind.CLIENTS, Kind.WIDE}), staff=Kind.STAFF in kinds)
    register, made_up = _without_phones(register, of=lambda numbers: frozenset(filter(is_made_up, numbers)))
    register, shared = _without_phones(register, of=nobodys)
    found = remarks(tables, gathered, register, made_up=made_up, shared=shared)
    notes = (*found, *absences(columns, kinds))
    told, spared = columns - set(UNTAKEN), frozenset(gathered.spared)
    return Reading(register, tuple(refused), spared, notes, told, gathered.nameless)


def _without_phones(
    register: Register, *, of: Callable[[Iterable[str]], frozenset[str]]
) -> tuple[Register, int]:
    """The register without phone numbers that are nobody's own, and how many clients lost theirs."""
    clients = register.clients or ()
    held = of(row.phone for row in clients)
    if not held:
        return register, 0
    kept = tuple(replace(row, phone="") if row.phone in held else row for row in clients)
    return replace(register, clients=kept), sum(row.phone in held for row in clients)


def _table(path: Path, mapping: Mapping, progress: Progress) -> Table:
    with sheet_in(path, mapping=mapping) as sheet:
        return read_table(sheet, mapping=mapping, progress=progress)


def _check_mapping(tables: Sequence[Table], mapping: Mapping) -> None:
    there = {" ".join(heading.split()).casefold() for table in tables for heading in table.headings}
    for name, heading in mapping.columns.items():
        if " ".join(heading.split()).casefold() not in there:
            raise SheetError(
                f"mapping file: columns: {name}: no list has a column {heading!r} (mend or remove it)"
            )
