"""Estimates with their 95 % intervals from counts: shares, differences of shares, the NPS."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `n` answers; with weights both are effective counts. ValueError for impossible ones."""

    hits: float
    n: float

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.n or self.n == 0:
            raise ValueError(f"{self.hits} of {self.n} is no share")

    @property
    def value(self) -> float:
        return self.hits / self.n


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value of `n` answers with its 95 % interval.

    `effective` is the number of answers of a plain random sample that would be as exact, `n` at most.
    """

    n: int
    value: float
    interval: Interval
    effective: float


def wilson(share: Share) -> Interval:
    """Score interval of a share: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).

    Wilson, E. B. (1927), Journal of the American Statistical Association 22:209–212; recommended by
    Newcombe, R. G. (1998), Statistics in Medicine 17:857–872 (method 3). It never leaves 0 to 1 and
    stays honest at 0 % and 100 %, where the textbook interval has no width at all.
    """
    p, n, z2 = share.value, share.n, Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # At the ends the exact bound is the share itself; the subtraction leaves noise in the last digit.
    return Interval(max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half)))


def newcombe(first: Share, second: Share) -> Interval:
    """Interval of the difference first − second of two independent shares.

    Hybrid score method: the distances from each share to its Wilson bounds, squared and added.
    Newcombe, R. G. (1998), Statistics in Medicine 17:873–890 (method 10).
    """
    return _mover(first.value, wilson(first), second.value, wilson(second), correlation=0.0)


def nps(promoters: int, passives: int, detractors: int) -> Estimate:
    """Net promoter score 100 (p − d) with its interval, −100 to 100. Raises ValueError without answers.

    MOVER (method of variance estimates recovery): Newcombe's construction with the correlation of two
    shares of one multinomial sample, r = −√(pd / ((1−p)(1−d))). Zou, G. Y. & Donner, A. (2008),
    Statistics in Medicine 27:1693–1702. With few answers it covers what it promises; ±1.96 SE does not.
    """
    n = promoters + passives + detractors
    interval = nps_interval(Share(promoters, n), Share(detractors, n))
    return Estimate(n, 100 * (promoters - detractors) / n, interval, float(n))


def nps_interval(promoting: Share, detracting: Share) -> Interval:
    """Interval of 100 (p − d), two shares of one sample, as in `nps`; with weights of effective counts."""
    p, d = promoting.value, detracting.value
    correlation = -min(1.0, sqrt(p * d / ((1 - p) * (1 - d)))) if p * d > 0 else 0.0
    interval = _mover(p, wilson(promoting), d, wilson(detracting), correlation=correlation)
    return Interval(100 * interval.low, 100 * interval.high)


def _mover(p: float, around_p: Interval, d: float, around_d: Interval, *, correlation: float) -> Interval:
    down_p, up_p = p - around_p.low, around_p.high - p
    down_d, up_d = d - around_d.low, around_d.high - d
    below = _joined(down_p, up_d, correlation)
    above = _joined(up_p, down_d, correlation)
    return Interval(max(-1.0, p - d - below), min(1.0, p - d + above))


def _joined(one: float, other: float, correlation: float) -> float:
    # With a correlation of −1 the sum is a square whose root may lose its sign to rounding.
    return sqrt(max(0.0, one * one - 2 * correlation * one * other + other * other))
