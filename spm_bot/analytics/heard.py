"""Who was heard: how many were asked, how many answered, of how many there are, those in arrears apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from spm_bot.analytics.dimensions import Arrears
from spm_bot.analytics.populations import PopulationRow
from spm_bot.analytics.suppression import hidden_cells
from spm_bot.analytics.windows import Window, monthly_week, window
from spm_bot.times import Week


class Span(StrEnum):
    """Over which weeks contacts are counted.

    The institution's end with the digest's week. What is said of a branch ends with the last monthly
    week; MONTH are its weeks since the monthly one before.
    """

    WEEK = "week"
    QUARTER = "13 weeks"
    BRANCH = "13 weeks of a branch"
    MONTH = "month of a branch"


def spans(week: Week) -> dict[Span, Window]:
    """The weeks of each span in the digest of `week`."""
    month = monthly_week(week)
    return {
        Span.WEEK: Window(str(week), str(week)),
        Span.QUARTER: window(week),
        Span.BRANCH: window(month),
        Span.MONTH: Window(str(monthly_week(month.previous()).next()), str(month)),
    }


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Clients of one branch invited within `span`, split by arrears (over 0 days) and by having a loan.

    Each client counts once: `asked` was due an invitation, `delivered` got it, `answered` gave at
    least one scored answer. `borrower`: had a loan on the day of the invitation.
    """

    span: Span
    branch: str
    arrears: bool
    borrower: bool
    asked: int
    delivered: int
    answered: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """Active borrowers of one branch, and those of them who joined the chat and consented."""

    branch: str
    borrowers: int
    joined: int
    in_arrears: int
    joined_in_arrears: int


def coverage_rows(population: Iterable[PopulationRow]) -> tuple[CoverageRow, ...]:
    """The active borrowers of each branch, by its code, as the client list has them."""
    counts: dict[str, list[int]] = {}
    for row in population:
        if row.borrower:
            late = row.arrears != Arrears.NONE
            found = counts.setdefault(row.branch, [0, 0, 0, 0])
            for place, number in enumerate((row.clients, row.joined, row.clients * late, row.joined * late)):
                found[place] += number
    return tuple(CoverageRow(branch, *counts[branch]) for branch in sorted(counts))


@dataclass(frozen=True, slots=True)
class Heard:
    """Response over 13 weeks and this week, and what it allows to say. None: too few, or not known.

    `of_borrowers` is borrowers who answered ÷ all active borrowers, `coverage` joined ÷ all active
    borrowers. The first three count every client, with a loan or without.
    """

    asked: int
    delivered: int
    answered: int | None
    of_borrowers: float | None
    arrears_of_borrowers: float | None
    answered_this_week: int | None
    coverage: float | None
    feedback_only: bool
    chat_only: bool
    arrears_answer_less: bool


def heard(
    contacts: Iterable[ContactRow], coverage: Iterable[CoverageRow], *, branch: str | None, minimum: int
) -> Heard:
    """The response of the institution, or of one branch as part of the whole table.

    A branch's answers stay hidden whenever they could be worked out from those of the others or of the
    month before. The split by arrears and this week's answers are given for the institution only, for
    they would be a second way into one cell.
    """
    rows = tuple(contacts)
    part = _part(rows, branch)
    borrowing = [row for row in part if row.borrower]
    base = [row for row in coverage if branch in (None, row.branch)]
    borrowers = sum(row.borrowers for row in base)
    covered = _ratio(min(sum(row.joined for row in base), borrowers), borrowers)
    known = _known(rows, branch, minimum=minimum)
    told = known and (branch is None or not 0 < _answered(part) - _answered(borrowing) < minimum)
    reached = _ratio(_answered(borrowing), _asked(borrowing)) if known else None
    split = _arrears(borrowing, minimum=minimum) if branch is None else None
    week = 0 if branch is not None else _answered(row for row in rows if row.span is Span.WEEK)
    return Heard(
        asked=_asked(part),
        delivered=sum(row.delivered for row in part),
        answered=_answered(part) if known else None,
        of_borrowers=_number(_ratio(_answered(borrowing), borrowers)) if told else None,
        arrears_of_borrowers=(
            None if split is None else _number(_ratio(split.answered, sum(row.in_arrears for row in base)))
        ),
        answered_this_week=week if week >= minimum else None,
        coverage=_number(covered),
        feedback_only=covered is None or reached is None or covered * reached < Fraction(1, 5),
        chat_only=covered is None or covered < Fraction(1, 2),
        arrears_answer_less=split is not None and split.gap >= Fraction(1, 10),
    )


def untold(contacts: Sequence[ContactRow], branches: Iterable[str], *, minimum: int) -> frozenset[str]:
    """The branches, of `branches` and those asked, of which the number who answered must not be told."""
    hidden = frozenset[str]()
    for span in (Span.BRANCH, Span.MONTH):
        counts = dict.fromkeys([*branches, *(row.branch for row in contacts)], 0)
        for row in contacts:
            counts[row.branch] += row.answered if row.span is span else 0
        hidden = hidden_cells(counts, minimum=minimum, already=hidden)
    return hidden


def _part(rows: Iterable[ContactRow], branch: str | None) -> list[ContactRow]:
    """Whose response is told: everybody's up to this week, or a branch's up to the last monthly week."""
    if branch is None:
        return [row for row in rows if row.span is Span.QUARTER]
    return [row for row in rows if row.span is Span.BRANCH and row.branch == branch]


def _known(rows: Sequence[ContactRow], branch: str | None, *, minimum: int) -> bool:
    """Whether the number who answered may be told."""
    if branch is None:
        return _answered(_part(rows, None)) >= minimum
    return branch not in untold(rows, {branch}, minimum=minimum)


def _asked(rows: Iterable[ContactRow]) -> int:
    return sum(row.asked for row in rows)


def _answered(rows: Iterable[ContactRow]) -> int:
    return sum(row.answered for row in rows)


def _ratio(part: int, whole: int) -> Fraction | None:
    """Exact, for a gap of ten points must not fall to nine by the last digit of a float."""
    return Fraction(part, whole) if whole > 0 else None


def _number(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio)


@dataclass(frozen=True, slots=True)
class _Split:
    answered: int
    gap: Fraction


def _arrears(rows: Sequence[ContactRow], *, minimum: int) -> _Split | None:
    """What clients in arrears answered and how far their rate lies under the others'; None when too few."""
    late = [row for row in rows if row.arrears]
    others = [row for row in rows if not row.arrears]
    counts = {"late": _answered(late), "others": _answered(others)}
    rate, usual = _ratio(counts["late"], _asked(late)), _ratio(counts["others"], _asked(others))
    if rate is None or usual is None or hidden_cells(counts, minimum=minimum):
        return None
    return _Split(counts["late"], usual - rate)
