"""A sheet as it was found and as a list: its rows of cells, its heading, and what its rows may refer to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spm_bot.registers.headings import Kind

Cell = str | int | float
"""Text without blanks around it, or a number as a workbook holds it; '' is empty, a day is 2026-11-20."""


class SheetError(Exception):
    """The files cannot be read; the message is one line a problem, with the mend."""


@dataclass(frozen=True, slots=True)
class Books:
    """What a row may refer to: branch codes, products with their loan method, the country of phones."""

    branches: frozenset[str]
    products: Mapping[str, str]
    country: str
    currency: str = ""


@dataclass(slots=True)
class Findings:
    """Met while the rows of a workbook are read: how many are `hidden`; by row, the columns whose formula
    has no result; by column, the last row with a real day, and the last with one after the twelfth.
    """

    hidden: int = 0
    unfinished: dict[int, set[int]] = field(default_factory=dict)
    days: dict[int, int] = field(default_factory=dict)
    late_days: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells with their number. `place` is what problems call the sheet, `others` are sheets of the
    same workbook.
    """

    place: str
    rows: Iterator[tuple[int, list[Cell]]]
    encoding: str = ""
    since_1904: bool = False
    findings: Findings = field(default_factory=Findings)
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class Table:
    """A list: `columns` are our fields with their index, `rows` what stands below the heading.

    Rows are taken out of it as they are read, so that a long list is not held twice.
    """

    place: str
    kind: Kind
    columns: Mapping[str, int]
    headings: Sequence[str]
    rows: deque[tuple[int, Sequence[Cell]]]
    grid: Grid
    totals: int = 0

    def column(self, index: int) -> str:
        """A column as problems call it: `C (Branch)`."""
        return f"{letters(index)} ({self.headings[index]})"


def letters(index: int) -> str:
    """The letters over a column: 0 is A, 26 is AA."""
    rest, last = divmod(index, 26)
    return (letters(rest - 1) if rest else "") + chr(ord("A") + last)
