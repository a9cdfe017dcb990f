"""What the loan book says: portfolio at risk and written-off share, by branch and currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """Active loans of one branch in one currency, as the register of `as_of` holds them.

    `outstanding` is the unpaid principal of active loans, `overdue30` the part of it on loans more
    than 30 days overdue (the whole unpaid principal of such a loan), `written_off` what the same
    register holds as written off.
    """

    branch: str
    currency: str
    outstanding: float
    overdue30: float
    written_off: float
    as_of: date


@dataclass(frozen=True, slots=True)
class Book:
    """The loans of one branch, or of the whole institution when `branch` is None, in one currency.

    `par30` and `written_off` are shares of `outstanding`, None while nothing is outstanding. `as_of`
    (an ISO date) is the oldest of the dates that went in, so that it never flatters.
    """

    branch: str | None
    currency: str
    outstanding: float
    par30: float | None
    written_off: float | None
    as_of: str


def books(rows: Iterable[PortfolioRow]) -> tuple[Book, ...]:
    """Per currency the institution's book, then those of the branches by code. Currencies never add up.

    PAR30 is weighted by balance, never a count of loans. A branch without loans tells no more than
    that: its shares are None.
    """
    groups: dict[tuple[str, str], list[PortfolioRow]] = {}
    for row in rows:
        groups.setdefault((row.currency, ""), []).append(row)
        groups.setdefault((row.currency, row.branch), []).append(row)
    return tuple(_book(branch or None, group) for (_, branch), group in sorted(groups.items(), key=_place))


def _place(group: tuple[tuple[str, str], list[PortfolioRow]]) -> tuple[str, str]:
    return group[0]


def _book(branch: str | None, rows: Sequence[PortfolioRow]) -> Book:
    outstanding = fsum(row.outstanding for row in rows)
    return Book(
        branch=branch,
        currency=rows[0].currency,
        outstanding=outstanding,
        par30=_part(fsum(row.overdue30 for row in rows), outstanding),
        written_off=_part(fsum(row.written_off for row in rows), outstanding),
        as_of=min(row.as_of for row in rows).isoformat(),
    )


def _part(amount: float, whole: float) -> float | None:
    return amount / whole if whole > 0 else None
