"""Tables bound into one workbook that is read like a book: text stays text, and nothing is ever computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from spm_bot.reports import phrases
from spm_bot.texts import Voice, from_right, half_up

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Written = str | int | Decimal | date | None
"""A cell: a `Decimal` stands with as many digits as it has."""

_LONGEST_NAME = 31
_LONGEST_TEXT = 32_000
_NO_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_NARROW, _WIDE = 9, 44


@dataclass(frozen=True, slots=True)
class Block:
    """Rows under a heading and a line of column names; either may be left out."""

    rows: Sequence[Sequence[Written]]
    head: Sequence[str] = ()
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One sheet: blocks below each other. The first line and `kept` columns stay in sight."""

    name: str
    blocks: tuple[Block, ...]
    kept: int = 0


def per_cent(share: float) -> Decimal:
    """A share in 100 with one decimal, rounded half up on the share itself: multiplying first adds noise."""
    return tidy(half_up(share, 3).scaleb(2))


def tidy(number: Decimal) -> Decimal:
    """The same number, where it is zero without the minus that rounding may leave."""
    return abs(number) if number == 0 else number


def bound(tabs: Iterable[Tab], voice: Voice, *, title: str, on: date) -> bytes:
    """An XLSX file, the same bytes for the same tables; `on` stands in it as the day it was made."""
    from xlsxwriter import Workbook  # noqa: PLC0415  # only who makes a workbook needs it

    stream = BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(stream, {**plain, "in_memory": True}) as book:
        book.set_properties({"title": phrases.clipped(title), "created": datetime.combine(on, time())})
        pens = _Pens(book)
        for name, tab in _named(tabs):
            page = book.add_worksheet(name)
            if from_right(voice.language):
                page.right_to_left()
            page.freeze_panes(1, tab.kept)
            _fill(page, tab, pens)
    return stream.getvalue()


def _named(tabs: Iterable[Tab]) -> Iterator[tuple[str, Tab]]:
    """Names as spreadsheets take them: without certain signs, short, and no two alike."""
    taken: set[str] = set()
    for number, tab in enumerate(tabs, start=1):
        name = phrases.clipped(tab.name.translate(_NO_NAME), most=_LONGEST_NAME).strip("'")
        if not name or name.casefold() in taken:
            name = str(number)
        taken.add(name.casefold())
        yield name, tab


class _Pens:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        top = {"valign": "top"}
        # The mark keeps a cell text even after somebody has opened it for editing and closed it again.
        self.text = book.add_format({**top, "text_wrap": True, "quote_prefix": True})
        self.line = book.add_format({**top, "quote_prefix": True})
        self.head = book.add_format({**top, "text_wrap": True, "bold": True, "bottom": 1})
        self.heading = book.add_format({**top, "bold": True, "font_size": 13})
        self.day = book.add_format({**top, "num_format": "yyyy-mm-dd", "align": "left"})
        self._numbers: dict[int, Format] = {}

    def number(self, digits: int) -> Format:
        if digits not in self._numbers:
            pattern = "#,##0." + "0" * digits if digits else "#,##0"
            self._numbers[digits] = self._book.add_format({"num_format": pattern, "valign": "top"})
        return self._numbers[digits]


def _fill(page: Worksheet, tab: Tab, pens: _Pens) -> None:
    line = 0
    for block in tab.blocks:
        if block.heading:
            page.write_string(line, 0, _fitting(block.heading), pens.heading)
            line += 1
        for place, name in enumerate(block.head):
            page.write_string(line, place, _fitting(name), pens.head)
        line += bool(block.head)
        for row in block.rows:
            for place, cell in enumerate(row):
                _write(page, line, place, cell, pens, text=pens.text if len(row) > 1 else pens.line)
            line += 1
        line += 1
    for place, width in enumerate(_widths(tab)):
        page.set_column(place, place, width)


def _write(page: Worksheet, line: int, place: int, cell: Written, pens: _Pens, *, text: Format) -> None:
    match cell:
        case None | "":
            pass
        case str():
            page.write_string(line, place, _fitting(cell), text)
        case date():
            page.write_datetime(line, place, datetime.combine(cell, time()), pens.day)
        case Decimal():
            page.write_number(line, place, float(cell), pens.number(max(0, -int(cell.as_tuple().exponent))))
        case _:
            page.write_number(line, place, cell, pens.number(0))


def _fitting(text: str) -> str:
    return phrases.clipped(text, most=_LONGEST_TEXT)


def _widths(tab: Tab) -> list[int]:
    """Wide enough for what stands in a column; what is longer wraps, a text alone in its row runs on."""
    widest: dict[int, int] = {}
    for block in tab.blocks:
        for row in (block.head, *(row for row in block.rows if len(row) > 1)):
            for place, cell in enumerate(row):
                length = len(cell) if isinstance(cell, str) and row is not block.head else _NARROW
                widest[place] = max(widest.get(place, _NARROW), min(length + 2, _WIDE))
    return [widest[place] for place in sorted(widest)]
