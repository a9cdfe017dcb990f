"""Who was heard: how many were asked, how many answered, of how many there are, those in arrears apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from spm_bot.analytics.suppression import hidden_cells


class Span(StrEnum):
    """Over which time contacts are counted, both ending with the digest's week."""

    WEEK = "week"
    QUARTER = "13 weeks"


@dataclass(frozen=True, slots=True)
class ContactRow:
    """Clients of one branch invited within `span`, split by whether they are in arrears (over 0 days).

    Each client counts once: `asked` was due an invitation, `delivered` got it, `answered` gave at
    least one scored answer.
    """

    span: Span
    branch: str
    arrears: bool
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


@dataclass(frozen=True, slots=True)
class Heard:
    """Response over 13 weeks and this week, and what it allows to say. None: too few, or not known.

    `of_borrowers` is answered ÷ all active borrowers, `coverage` joined ÷ all active borrowers.
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

    A branch's answers stay hidden whenever they could be worked out from those of the others; the
    split by arrears is given for the institution only, for it would be a second way into one cell.
    """
    rows = tuple(contacts)
    quarter = [row for row in rows if row.span is Span.QUARTER]
    week = [row for row in rows if row.span is Span.WEEK]
    part = [row for row in quarter if branch in (None, row.branch)]
    base = [row for row in coverage if branch in (None, row.branch)]
    asked = sum(row.asked for row in part)
    answered = _answered(quarter, branch=branch, minimum=minimum)
    borrowers = sum(row.borrowers for row in base)
    in_arrears = sum(row.in_arrears for row in base)
    covered = _ratio(min(sum(row.joined for row in base), borrowers), borrowers)
    reached = None if answered is None else _ratio(answered, asked)
    split = _arrears(part, minimum=minimum) if branch is None else None
    return Heard(
        asked=asked,
        delivered=sum(row.delivered for row in part),
        answered=answered,
        of_borrowers=None if answered is None else _number(_ratio(answered, borrowers)),
        arrears_of_borrowers=None if split is None else _number(_ratio(split.answered, in_arrears)),
        answered_this_week=_answered(week, branch=branch, minimum=minimum),
        coverage=_number(covered),
        feedback_only=covered is None or reached is None or covered * reached < Fraction(1, 5),
        chat_only=covered is None or covered < Fraction(1, 2),
        arrears_answer_less=split is not None and split.gap >= Fraction(1, 10),
    )


def _ratio(part: int, whole: int) -> Fraction | None:
    """Exact, for a gap of ten points must not fall to nine by the last digit of a float."""
    return Fraction(part, whole) if whole > 0 else None


def _number(ratio: Fraction | None) -> float | None:
    return None if ratio is None else float(ratio)


def _answered(rows: Sequence[ContactRow], *, branch: str | None, minimum: int) -> int | None:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.branch] = counts.get(row.branch, 0) + row.answered
    if branch is None:
        together = sum(counts.values())
        return together if together >= minimum else None
    counts.setdefault(branch, 0)
    return None if branch in hidden_cells(counts, minimum=minimum) else counts[branch]


@dataclass(frozen=True, slots=True)
class _Split:
    answered: int
    gap: Fraction


def _arrears(rows: Sequence[ContactRow], *, minimum: int) -> _Split | None:
    """What clients in arrears answered and how far their rate lies under the others'; None when too few."""
    late = [row for row in rows if row.arrears]
    others = [row for row in rows if not row.arrears]
    counts = {"late": sum(row.answered for row in late), "others": sum(row.answered for row in others)}
    rate = _ratio(counts["late"], sum(row.asked for row in late))
    usual = _ratio(counts["others"], sum(row.asked for row in others))
    if rate is None or usual is None or hidden_cells(counts, minimum=minimum):
        return None
    return _Split(counts["late"], usual - rate)
