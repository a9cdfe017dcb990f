"""What management decided to do, whether it is late, and whether the expected change came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.estimates import Interval
from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.measures import Exact, Measure
from spm_bot.analytics.objectives import Standing, standing

if TYPE_CHECKING:
    from spm_bot.analytics.breakdowns import Breakdown
    from spm_bot.analytics.figures import Figure

UNREVIEWED = timedelta(days=28)
"""How long an open decision may go without anybody looking at it."""

ANSWERED = timedelta(weeks=13)
"""How long a line of the log answers for a breached limit, even once it is closed."""


class Lever(StrEnum):
    """The part of the business a decision moves."""

    PRODUCT = "product"
    PRICE = "price"
    CREDIT_POLICY = "credit policy"
    COLLECTIONS = "collections"
    INCENTIVES = "incentives"
    TRAINING = "training"
    RECRUITMENT = "recruitment"
    MARKETING = "marketing"
    COMPLAINT_CHANNEL = "complaint channel"
    INFORMATION = "information"
    NO_ACTION = "no action"


class Outcome(StrEnum):
    """Whether the expected change had come on the day of the check."""

    MET = "met"
    NOT_MET = "not met"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Commitment:
    """One line of the decision log, as a digest shows it. Days are ISO dates, `made_in` is a week.

    `branch` is None for the whole institution. `money` and `effect` are words: cost or income, and the
    effect on clients. `expected` is the value the indicator should reach by `check_on`, in its unit;
    `since` its value when the decision was made, None where it was not shown.
    """

    number: int
    made_in: str
    branch: str | None
    indicator: str
    since: float | None
    lever: Lever
    decision: str
    reason: str
    owner: str
    due_on: str
    expected: float | None
    check_on: str
    money: str
    effect: str
    outcome: Outcome | None
    late: bool
    unreviewed: bool


@dataclass(frozen=True, slots=True)
class Commitments:
    """The log as one digest shows it: `open` and `late` are counts, `rows` open decisions and those whose
    check came since the last digest, oldest first; `owed` indicators over a limit without a line;
    `said` what clients are told was done.
    """

    open: int
    late: int
    rows: tuple[Commitment, ...]
    owed: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision as it is made. `branch` is '' for the whole institution; `value`, `low`, `high` are what the
    digest of `week` showed, None where it showed nothing exact. They and `expected` are in the indicator's
    unit. `harms`: it may make things worse for some clients, and `approver` said yes to that.
    """

    week: str
    branch: str
    indicator: str
    value: float | None
    low: float | None
    high: float | None
    lever: Lever
    decision: str
    reason: str
    owner: str
    due_on: date
    expected: float | None
    check_on: date
    money: str
    effect: str
    harms: bool
    approver: str


@dataclass(frozen=True, slots=True)
class Decision(Draft):
    """A line of the decision log, whole. `done_on` is when it was said to be done, `outcome_on` when its
    outcome was written down.
    """

    number: int
    made_on: date
    reviewed_on: date
    done_on: date | None = None
    outcome: Outcome | None = None
    outcome_on: date | None = None
    minute: str = ""


def commitments(
    log: Sequence[Decision],
    *,
    figures: Sequence[Figure],
    breakdowns: Sequence[Breakdown] = (),
    since: date,
    today: date,
    scope: str | None,
    said: Sequence[str] = (),
) -> Commitments:
    """The log as the digest made on `today` shows it to `scope`, None for all branches.

    A decision is open until a person has written down its outcome. Shown are the open ones, and those
    closed after `since`, the day of the digest before. From its day of check on, a decision without an
    outcome carries what the figures say: see `came`.
    """
    mine = [line for line in log if scope is None or line.branch == scope]
    measures = dict(_measures(figures, breakdowns))
    rows = tuple(
        _commitment(line, measures.get((line.branch, line.indicator)), today=today)
        for line in sorted(mine, key=lambda line: (line.made_on, line.number))
        if line.outcome is None or (line.outcome_on is not None and line.outcome_on > since)
    )
    still_open = [line for line in mine if line.outcome is None]
    return Commitments(
        open=len(still_open),
        late=sum(is_late(line, today=today) for line in still_open),
        rows=rows,
        owed=tuple(owed(log, figures=figures, today=today)),
        said=tuple(said),
    )


def came(line: Decision, measure: Measure | None) -> Outcome | None:
    """Whether the expected change came: met when the whole range of the figure has reached the expected
    value, not met when the whole range falls short of it, else unclear. None where nothing was expected.
    """
    if line.expected is None:
        return None
    if not isinstance(measure, Exact):
        return Outcome.UNCLEAR
    better = CATALOGUE[line.indicator].better
    match standing(Interval(measure.low, measure.high), aim=line.expected, better=better):
        case Standing.MET:
            return Outcome.MET
        case Standing.NOT_MET:
            return Outcome.NOT_MET
        case _:
            return Outcome.UNCLEAR


def is_late(line: Decision, *, today: date) -> bool:
    """Whether it should be done by now and nobody has said that it is."""
    return line.outcome is None and line.done_on is None and line.due_on < today


def is_unreviewed(line: Decision, *, today: date) -> bool:
    """Whether it is open and nobody has looked at it for 28 days."""
    return line.outcome is None and today - line.reviewed_on >= UNREVIEWED


def owed(log: Sequence[Decision], *, figures: Sequence[Figure], today: date) -> Iterator[str]:
    """Indicators over a limit that no line speaks for: none is open, none was made in the last 13 weeks.

    What was decided for one branch does not answer for the whole institution.
    """
    answered = {
        line.indicator
        for line in log
        if line.branch == "" and (line.outcome is None or today - line.made_on < ANSWERED)
    }
    return (figure.indicator for figure in figures if figure.breached and figure.indicator not in answered)


def _measures(
    figures: Sequence[Figure], breakdowns: Sequence[Breakdown]
) -> Iterator[tuple[tuple[str, str], Measure | None]]:
    yield from ((("", figure.indicator), figure.now) for figure in figures)
    for table in breakdowns:
        if table.dimension is Dimension.BRANCH:
            yield from (((row.code, table.indicator), row.now) for row in table.rows)


def _commitment(line: Decision, measure: Measure | None, *, today: date) -> Commitment:
    checked = came(line, measure) if line.check_on <= today else None
    return Commitment(
        number=line.number,
        made_in=line.week,
        branch=line.branch or None,
        indicator=line.indicator,
        since=line.value,
        lever=line.lever,
        decision=line.decision,
        reason=line.reason,
        owner=line.owner,
        due_on=line.due_on.isoformat(),
        expected=line.expected,
        check_on=line.check_on.isoformat(),
        money=line.money,
        effect=line.effect,
        outcome=line.outcome or checked,
        late=is_late(line, today=today),
        unreviewed=is_unreviewed(line, today=today),
    )
