"""How one list is written throughout: the order of its dates, the sign before decimals, codes for a sex."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from spm_bot.registers.calendars import first_two, order_in
from spm_bot.registers.headings import comparable
from spm_bot.registers.mapping import Mapping
from spm_bot.registers.numerals import decimal_in
from spm_bot.registers.sheets import SheetError, Table

DAYS = frozenset(
    {
        *("birth_date", "activation_date", "poverty_date", "exit_date", "disbursed_on", "overdue_since"),
        *("as_of_date", "next_due_on", "restructured_on", "written_off_on", "closed_on", "start_date"),
        *("staff_exit_date", "client_protection_training_on", "month"),
    }
)
AMOUNTS = frozenset(
    {"principal", "outstanding_principal", "overdue_principal", "written_off_amount", "marketing"}
)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Manner:
    """`order` of dates and `decimal` sign; '' where nothing in the list depends on it."""

    order: str = ""
    decimal: str = ""


def manner_of(table: Table, *, mapping: Mapping) -> Manner:
    """How this list is written, told by the list itself or the mapping file. Raises SheetError."""
    _check_sexes(table, mapping)
    _check_swapped(table)
    order = mapping.dates or _decided(
        table,
        DAYS,
        shown=lambda texts: order_in(pair for pair in map(first_two, texts) if pair),
        telling=lambda text: order_in(pair for pair in [first_two(text)] if pair),
        what="dates",
        mend="dates: dmy or dates: mdy",
    )
    decimal = mapping.decimal or _decided(
        table,
        AMOUNTS,
        shown=decimal_in,
        telling=lambda text: decimal_in([text]),
        what="amounts",
        mend='decimal: "." or decimal: ","',
    )
    return Manner(order, decimal)


def _decided(
    table: Table,
    fields: frozenset[str],
    *,
    shown: Callable[[Iterable[str]], str],
    telling: Callable[[str], str],
    what: str,
    mend: str,
) -> str:
    found = shown({text for _number, _index, text in _texts(table, fields)})
    if found == "open":
        number, index, text = next(each for each in _texts(table, fields) if telling(each[2]) == "open")
        raise SheetError(
            f"{table.place}:{number}: {table.column(index)}: {text!r} can be read in two ways, and no row"
            f" of the list decides (write {mend} in the mapping file)"
        )
    if found == "both":
        ways: dict[str, str] = {}
        for number, index, text in _texts(table, fields):
            ways.setdefault(telling(text), f"row {number}, {table.column(index)}: {text!r}")
        first, second = (place for way, place in ways.items() if way not in ("", "open"))
        raise SheetError(f"{table.place}: {what} are written in two ways ({first}; {second}; mend the list)")
    return found


def _texts(table: Table, fields: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """The cells of these fields that are text, each with its row and column."""
    indices = [index for name, index in table.columns.items() if name in fields]
    for number, cells in table.rows:
        for index in indices:
            cell = cells[index] if index < len(cells) else ""
            if cell and isinstance(cell, str):
                yield number, index, cell


def _check_sexes(table: Table, mapping: Mapping) -> None:
    """M is a man in one language, and beside H (hombre) a woman (mujer)."""
    for name in ("gender", "staff_gender"):
        index = table.columns.get(name)
        told = {comparable(word) for word in mapping.values.get(name, {})}
        if index is None or "m" in told:
            continue
        words = {comparable(text): number for number, _index, text in _texts(table, frozenset({name}))}
        if "h" in words and "m" in words:
            raise SheetError(
                f"{table.place}:{words['m']}: {table.column(index)}: M can be a man or, beside H, a woman"
                f" (write values: {{{name}: {{H: male, M: female}}}} in the mapping file)"
            )


def _check_swapped(table: Table) -> None:
    """A spreadsheet that takes 10/11/2026 for the eleventh of October leaves 15/11/2026 as text."""
    if not table.rows:
        return
    first, found = table.rows[0][0], table.grid.findings
    turned = {
        index for index, last in found.days.items() if last >= first and found.late_days.get(index, 0) < first
    }
    for number, index, text in _texts(table, DAYS) if turned else ():
        if index in turned and max(first_two(text) or (0,)) > _MONTHS:
            mend = "import the column as text, or write all of it as 2024-03-31"
            what = f"{text!r} is text, and no date of the column has a day after the twelfth"
            raise SheetError(
                f"{table.place}:{number}: {table.column(index)}: {what}: a spreadsheet has swapped days and"
                f" months ({mend})"
            )
