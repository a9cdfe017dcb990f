"""Stress beside the loan book, branch by branch: four corners, and whether both move together.

Words of association only: neither is said to cause the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import atanh, sqrt, tanh

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.measures import ENOUGH, Exact
from spm_bot.analytics.portfolio import Book, stale
from spm_bot.times import Week

TOGETHER = 8
"""Branches from which on one may say whether both move together."""

_Z = 1.959963984540054


class Corner(StrEnum):
    """High stress with low PAR30 is the key case: the loan book does not show it yet.

    UNCLEAR: the range of the stress figure reaches over its line, so that no side can be named.
    """

    NO_SIGN = "no warning sign"
    HIDDEN_STRESS = "hidden stress"
    CREDIT_PROBLEM = "credit problem"
    BOTH_HIGH = "both high"
    UNCLEAR = "too close to call"


@dataclass(frozen=True, slots=True)
class Place:
    """A branch with 30 answers or more and a dated PAR30; both are shares of 0 to 1."""

    branch: str
    name: str
    stress: float
    par30: float
    answers: int
    corner: Corner


@dataclass(frozen=True, slots=True)
class Scatter:
    """Branches between two guide lines: the limit (or the institution's own figure) of each.

    `together` is Spearman's rank correlation with its 95 % interval, None for fewer than eight branches.
    """

    stress_line: float
    par30_line: float
    places: tuple[Place, ...]
    together: float | None = None
    low: float | None = None
    high: float | None = None


def scatter(
    rows: Iterable[Row],
    books: Sequence[Book],
    *,
    week: Week,
    currency: str,
    stress_line: float | None,
    par30_line: float | None = None,
) -> Scatter | None:
    """Branches by name, between a line of stress and one of PAR30 (the institution's own without one).

    Of `rows` those count that show a figure of 30 answers or more whose range is not too wide, and whose
    loans in `currency` have a PAR30 that is not stale. A branch on a line is on its good side. None without
    such a branch or without a line.
    """
    dated = {book.branch: book for book in books if _counts(book, week=week, currency=currency)}
    whole = dated.pop(None, None)
    if par30_line is None and whole is not None:
        par30_line = whole.par30
    if stress_line is None or par30_line is None:
        return None
    places = tuple(
        place
        for row in sorted(rows, key=lambda row: (row.name, row.code))
        if (place := _place(row, dated.get(row.code), stress_line, par30_line)) is not None
    )
    if not places:
        return None
    if len(places) < TOGETHER:
        return Scatter(stress_line, par30_line, places)
    pairs = [(place.stress, place.par30) for place in places]
    return Scatter(stress_line, par30_line, places, *moving_together(pairs))


def moving_together(
    pairs: Sequence[tuple[float, float]],
) -> tuple[float, float, float] | tuple[None, None, None]:
    """Spearman's rank correlation of four pairs or more, with its 95 % interval on Fisher's z.

    The variance of z is (1 + r²/2) / (n - 3) (Bonett & Wright, 2000); ties share their mean rank. A perfect
    order is judged as if two neighbours had swapped, and its interval reaches the end. None where one of
    the two is the same everywhere.
    """
    from scipy.stats import spearmanr  # noqa: PLC0415  # who serves chats reads digests without it

    n = len(pairs)
    first, second = zip(*pairs, strict=True)
    if len(set(first)) == 1 or len(set(second)) == 1:
        return None, None, None
    r = float(spearmanr(first, second).statistic)
    most = 1 - 12 / (n * (n**2 - 1))
    judged = min(max(r, -most), most)
    half = _Z * sqrt((1 + judged**2 / 2) / (n - 3))
    low, high = tanh(atanh(judged) - half), tanh(atanh(judged) + half)
    return r, min(low, r), max(high, r)


def _counts(book: Book, *, week: Week, currency: str) -> bool:
    return book.product is None and book.currency == currency and not stale(book.as_of, week)


def _place(row: Row, book: Book | None, stress_line: float, par30_line: float) -> Place | None:
    if book is None or book.par30 is None or not isinstance(row.now, Exact):
        return None
    if row.now.n < ENOUGH or row.now.wide:
        return None
    corner = _corner(row.now, stress_line, late=book.par30 > par30_line)
    return Place(row.code, row.name, row.now.value, book.par30, row.now.n, corner)


def _corner(stress: Exact, line: float, *, late: bool) -> Corner:
    """Where a branch stands, if its whole range lies on one side of the line."""
    if stress.low <= line < stress.high:
        return Corner.UNCLEAR
    return _CORNERS[stress.low > line, late]


_CORNERS = {
    (False, False): Corner.NO_SIGN,
    (True, False): Corner.HIDDEN_STRESS,
    (False, True): Corner.CREDIT_PROBLEM,
    (True, True): Corner.BOTH_HIGH,
}
