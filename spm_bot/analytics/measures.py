"""A share as it may be shown to a reader: with its range, and only roughly where exact would tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spm_bot.analytics.estimates import Interval, Share, wilson
from spm_bot.analytics.signals import ENOUGH

# In a cell under 30 answers, "everybody" and "nobody" would tell on each of them.
_TELLING = 0.10
_WIDE = 0.40


class End(StrEnum):
    """That a share is only said to lie at one end: a tenth or less, nine tenths or more."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Exact:
    """`hits` of `n` answers as a share with its 95 % interval."""

    n: int
    hits: int
    value: float
    low: float
    high: float

    @property
    def share(self) -> Share:
        return Share(self.hits, self.n)

    @property
    def interval(self) -> Interval:
        return Interval(self.low, self.high)

    @property
    def few(self) -> bool:
        """Whether a reader must be told that there are few answers."""
        return self.n < ENOUGH

    @property
    def wide(self) -> bool:
        """Whether the range (over 20 points each way) is too wide for one number to stand for it."""
        return self.high - self.low > _WIDE

    def turned(self) -> Measure:
        """The same answers told from the other side: those who did not."""
        return measured(Share(self.n - self.hits, self.n))


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


def measured(share: Share) -> Measure:
    """A share as it may be shown."""
    if share.n < ENOUGH and share.value <= _TELLING:
        return Rough(share.n, End.LOW)
    if share.n < ENOUGH and share.value >= 1 - _TELLING:
        return Rough(share.n, End.HIGH)
    interval = wilson(share)
    return Exact(share.n, share.hits, share.value, interval.low, interval.high)
