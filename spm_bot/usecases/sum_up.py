"""The portfolio of one day added up, by branch, product or officer: for administrators alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import fsum
from typing import Literal

from spm_bot.storage import portfolio_days
from spm_bot.storage.portfolio_days import PortfolioDay
from spm_bot.storage.store import Store

By = Literal["branch", "product", "officer"]


@dataclass(frozen=True, slots=True)
class Book:
    """Loans of one branch, product or officer (`name`) in one currency; `par30` is the share of what is
    outstanding that is more than 30 days late, None while nothing is outstanding.
    """

    name: str
    currency: str
    loans: int
    outstanding: float
    overdue30: float
    par30: float | None
    restructured: float
    written_off: float


@dataclass(frozen=True, slots=True)
class DayBook:
    """All of them, in the order of their names: currencies are never added up."""

    as_of: str
    books: tuple[Book, ...]


async def sum_up(*, store: Store, as_of: str | None, by: By | None) -> DayBook | None:
    """The portfolio of that day, or of the newest one that was kept; None when there is none."""
    day = as_of or await store.read(portfolio_days.newest_kept)
    rows = [] if day is None else await store.read(partial(portfolio_days.day, as_of=day))
    if day is None or not rows:
        return None
    groups: dict[tuple[str, str], list[PortfolioDay]] = {}
    for row in rows:
        name = "" if by is None else str(getattr(row, by))
        groups.setdefault((name, row.currency), []).append(row)
    return DayBook(day, tuple(_book(*key, groups[key]) for key in sorted(groups)))


def _book(name: str, currency: str, rows: list[PortfolioDay]) -> Book:
    outstanding = fsum(row.outstanding for row in rows)
    overdue30 = fsum(row.overdue30 for row in rows)
    return Book(
        name,
        currency,
        sum(row.loans for row in rows),
        outstanding,
        overdue30,
        overdue30 / outstanding if outstanding else None,
        fsum(row.restructured for row in rows),
        fsum(row.written_off for row in rows),
    )
