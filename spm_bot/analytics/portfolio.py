"""What the loan book says: portfolio at risk and its companions, by branch and by product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

from spm_bot.times import Week

STALE_DAYS = 45
"""Days after which a portfolio is no longer news: said aloud, and never set beside what clients say now."""


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """Loans of one branch and product in one currency, as the list of `as_of` holds them.

    `outstanding` is the unpaid principal of active loans, `overdue30` the part of it on loans more
    than 30 days overdue (the whole unpaid principal of such a loan), `restructured` the part on loans
    whose terms were changed, `written_off` what the same list holds as written off.
    """

    branch: str
    product: str
    currency: str
    outstanding: float
    overdue30: float
    restructured: float
    written_off: float
    as_of: date


@dataclass(frozen=True, slots=True)
class Book:
    """The loans of one branch or of one product, or of the whole institution when both are None.

    `par30`, `restructured` and `written_off` are shares of `outstanding`, None while nothing is
    outstanding. `as_of` (an ISO date) is the oldest of the dates that went in, so that it never flatters.
    """

    branch: str | None
    product: str | None
    currency: str
    outstanding: float
    par30: float | None
    restructured: float | None
    written_off: float | None
    as_of: str


def books(rows: Iterable[PortfolioRow]) -> tuple[Book, ...]:
    """Per currency the institution's book, then those of branches, then of products, each by code.

    Currencies never add up. PAR30 is weighted by balance, never a count of loans.
    """
    groups: dict[tuple[str, str, str], list[PortfolioRow]] = {}
    for row in rows:
        for key in (("", ""), (row.branch, ""), ("", row.product)):
            groups.setdefault((row.currency, *key), []).append(row)
    return tuple(_book(*key[1:], groups[key]) for key in sorted(groups, key=_place))


def stale(as_of: str, week: Week) -> bool:
    """Whether a book of `as_of` (an ISO date) is too old for the digest of `week`, counted to its Sunday."""
    return (week.end - date.fromisoformat(as_of)).days > STALE_DAYS


def _place(key: tuple[str, str, str]) -> tuple[str, bool, str, str]:
    currency, branch, product = key
    return currency, product != "", branch, product


def _book(branch: str, product: str, rows: Sequence[PortfolioRow]) -> Book:
    outstanding = fsum(row.outstanding for row in rows)
    return Book(
        branch=branch or None,
        product=product or None,
        currency=rows[0].currency,
        outstanding=outstanding,
        par30=_part(fsum(row.overdue30 for row in rows), outstanding),
        restructured=_part(fsum(row.restructured for row in rows), outstanding),
        written_off=_part(fsum(row.written_off for row in rows), outstanding),
        as_of=min(row.as_of for row in rows).isoformat(),
    )


def _part(amount: float, whole: float) -> float | None:
    return amount / whole if whole > 0 else None
