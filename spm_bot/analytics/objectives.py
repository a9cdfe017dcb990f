"""Where a figure stands against a target or a limit, and how fast it must move to get there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from spm_bot.analytics.estimates import Interval
from spm_bot.analytics.indicators import CATALOGUE, Better
from spm_bot.analytics.measures import Exact, Measure, Rough

if TYPE_CHECKING:
    from spm_bot.analytics.figures import Figure

_QUARTER_DAYS = 91


class Standing(StrEnum):
    MET = "met"
    NOT_MET = "not met"
    TOO_CLOSE = "too close to call"
    NONE_SET = "no limit set"


@dataclass(frozen=True, slots=True)
class Objective:
    """A sentence of the mission with its measure. Values are in the indicator's unit, days ISO dates.

    `pace` is how far the figure must move in a quarter (13 weeks) to reach the target in time; None where
    it is there already, unknown, or the day has come.
    """

    mission: str
    indicator: str
    baseline: float | None
    target: float
    by: str
    owner: str
    approved_on: str
    now: Measure | None
    standing: Standing
    pace: float | None


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective as the board set it down, with values in the indicator's unit."""

    mission: str
    indicator: str
    baseline: float | None
    target: float
    by: date
    owner: str
    approved_on: date


def objective_row(goal: Goal, figure: Figure | None, *, today: date) -> Objective:
    """An objective beside what is shown of its indicator. Raises KeyError for one that is unknown."""
    now = None if figure is None else figure.now
    better = CATALOGUE[goal.indicator].better
    return Objective(
        mission=goal.mission,
        indicator=goal.indicator,
        baseline=goal.baseline,
        target=goal.target,
        by=goal.by.isoformat(),
        owner=goal.owner,
        approved_on=goal.approved_on.isoformat(),
        now=now,
        standing=standing(now, aim=goal.target, better=better),
        pace=pace(now, target=goal.target, by=goal.by, today=today, better=better),
    )


def pace(now: Measure | None, *, target: float, by: date, today: date, better: Better) -> float | None:
    """How far the figure must move in a quarter of 91 days to reach `target` on `by`; under 0 is downwards.

    None where the value has reached it, where there is none that is exact, and from the day `by` on.
    """
    if not isinstance(now, Exact) or today >= by:
        return None
    way = target - now.value
    if way == 0 or (way > 0) != (better is Better.HIGHER):
        return None
    return way * _QUARTER_DAYS / (by - today).days


def standing(now: Interval | Measure | None, *, aim: float | None, better: Better) -> Standing:
    """Whether the whole interval lies on the good or on the bad side of `aim`.

    A figure that should be high meets its aim when the lower bound reaches it, and misses it when the
    upper bound stays under; one that should be low the other way round. Without an interval, and with a
    figure that is only told roughly, nothing can be called.
    """
    if aim is None:
        return Standing.NONE_SET
    if now is None or isinstance(now, Rough):
        return Standing.TOO_CLOSE
    if better is Better.HIGHER:
        met, missed = now.low >= aim, now.high < aim
    else:
        met, missed = now.high <= aim, now.low > aim
    if met:
        return Standing.MET
    return Standing.NOT_MET if missed else Standing.TOO_CLOSE
