"""A figure as it may be shown to a reader: with its range, and only roughly where exact would tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spm_bot.analytics.estimates import Estimate
from spm_bot.analytics.indicators import Unit

ENOUGH = 30
"""Answers from which on a figure is judged and carries no warning."""

# In a cell under 30 answers, "everybody" and "nobody" would tell on each of them.
TELLING = 0.10
# 20 points each way, in the units of a share, an NPS, a mean.
_WIDE = {Unit.SHARE: 0.40, Unit.NPS: 40.0, Unit.MEAN: 40.0}


class End(StrEnum):
    """That a share is only said to lie at one end: a tenth or less, nine tenths or more."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Exact:
    """A figure of `n` answers with its 95 % interval, in the unit of its indicator.

    `effective` is the number of answers of a plain random sample that would be as exact: `n` at most,
    less where answers weigh differently.
    """

    n: int
    value: float
    low: float
    high: float
    effective: float
    unit: Unit = Unit.SHARE

    @property
    def few(self) -> bool:
        """Whether a reader must be told that there are few answers."""
        return self.n < ENOUGH

    @property
    def wide(self) -> bool:
        """Whether the range is too wide for one number to stand for it."""
        return self.high - self.low > _WIDE[self.unit]

    def turned(self) -> Measure:
        """The same share told from the other side: those who did not."""
        return Exact(self.n, 1 - self.value, 1 - self.high, 1 - self.low, self.effective, self.unit)


@dataclass(frozen=True, slots=True)
class Rough:
    """A share of few answers so near to 0 or 1 that only its end is told."""

    n: int
    end: End

    @property
    def few(self) -> bool:
        return True

    def turned(self) -> Measure:
        """The same answers told from the other side: those who did not."""
        return Rough(self.n, End.HIGH if self.end is End.LOW else End.LOW)


Measure = Exact | Rough


def measured(estimate: Estimate, *, unit: Unit) -> Measure:
    """An estimate as it may be shown."""
    if unit is Unit.SHARE and estimate.n < ENOUGH:
        if estimate.value <= TELLING:
            return Rough(estimate.n, End.LOW)
        if estimate.value >= 1 - TELLING:
            return Rough(estimate.n, End.HIGH)
    return Exact(
        estimate.n, estimate.value, estimate.interval.low, estimate.interval.high, estimate.effective, unit
    )
