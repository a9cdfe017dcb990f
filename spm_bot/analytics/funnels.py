"""Branches beside each other without a ranking: limits of what chance explains, and values drawn together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, expit, logit, psi
from scipy.stats import binom

from spm_bot.analytics.breakdowns import Beyond
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.measures import Exact
from spm_bot.analytics.readings import Floats

LEAST_BRANCHES = 8
# Chances beyond both limits together: about two and three standard deviations.
_OUT, _FAR_OUT = 0.05, 0.002
_WINSORISED = 0.10
# From here on the branches cannot be told apart, and the likelihood is flat.
_MOST_ALIKE = 1e6


@dataclass(frozen=True, slots=True)
class Place:
    """A branch among the others: its value drawn towards theirs, and whether it lies outside the funnel."""

    shrunk: float
    beyond: Beyond | None


def beside(cells: Mapping[str, Exact]) -> dict[str, Place]:
    """The place of each branch among those given; none for fewer than eight, or where they are no shares.

    Pass only what may be shown: the funnel stands around their pooled share, each counted with its
    effective number of answers.
    """
    rows = tuple(cells.values())
    if len(rows) < LEAST_BRANCHES or any(row.unit is not Unit.SHARE for row in rows):
        return {}
    values = np.array([row.value for row in rows])
    numbers = np.array([row.effective for row in rows])
    target = float(np.average(values, weights=numbers))
    shrunk = drawn_together(values * numbers, numbers)
    stretch = max(1.0, overdispersion(values, numbers, target=target)) ** 0.5
    return {
        code: Place(float(drawn), _beyond(row, target=target, stretch=stretch))
        for (code, row), drawn in zip(cells.items(), shrunk, strict=True)
    }


def limits(n: float, *, target: float, chance: float) -> tuple[float, float]:
    """The exact binomial limits around `target` that a share of `n` answers leaves with that chance.

    Half of the chance lies beyond each. The binomial quantile r is interpolated between whole answers:
    (r − α)/n with α = (F(r) − q) / (F(r) − F(r − 1)). Spiegelhalter, D. J. (2005), Statistics in Medicine
    24:1185–1202, appendix A.1. `n` is rounded to whole answers.
    """
    whole = max(1, round(n))
    low, high = (_interpolated(q, whole, target) for q in (chance / 2, 1 - chance / 2))
    return low, high


def overdispersion(values: Floats, numbers: Floats, *, target: float) -> float:
    """φ: the mean of z², z = (p − p0) / √(p0(1 − p0)/n), its outer tenths on each side pulled in.

    1 where branches differ as chance would have it, more where they differ by themselves. `values` are
    shares, `numbers` their answers, both one a branch. Spiegelhalter (2005), section 3.
    """
    variance = target * (1 - target)
    if variance == 0:
        return 1.0
    z = (values - target) / np.sqrt(variance / numbers)
    pulled = np.clip(z, *np.quantile(z, (_WINSORISED, 1 - _WINSORISED)))
    return float(np.mean(pulled**2))


def drawn_together(hits: Floats, numbers: Floats) -> Floats:
    """Shares drawn towards that of all, the more the fewer their answers: (k + a) / (n + a + b).

    It is the posterior mean under a beta distribution of the branches whose a and b are `beta_of`.
    """
    pooled = hits.sum() / numbers.sum()
    if pooled in (0.0, 1.0):
        return np.full_like(hits, pooled)
    a, b = beta_of(hits, numbers)
    return np.asarray((hits + a) / (numbers + a + b))


def beta_of(hits: Floats, numbers: Floats) -> tuple[float, float]:
    """Maximum likelihood of a and b in a beta-binomial: `hits` of `numbers`, one a branch, some but not all.

    Skellam, J. G. (1948), Journal of the Royal Statistical Society B 10:257–261. Fractions of answers are
    allowed. Where branches differ no more than by chance, a + b is held at a million.
    """

    def surprise(point: Floats) -> tuple[float, Floats]:
        a, b = _shapes(point)
        total = float(np.sum(betaln(hits + a, numbers - hits + b) - betaln(a, b)))
        both = np.sum(psi(a + b) - psi(numbers + a + b))
        by_a = float(np.sum(psi(hits + a) - psi(a)) + both)
        by_b = float(np.sum(psi(numbers - hits + b) - psi(b)) + both)
        share = a / (a + b)
        slope = np.array([(by_a - by_b) * a * (1 - share), by_a * a + by_b * b])
        return -total, -slope

    start = np.array([logit(hits.sum() / numbers.sum()), np.log(50.0)])
    bounds = ((-20, 20), (np.log(0.01), np.log(_MOST_ALIKE)))
    return _shapes(minimize(surprise, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def _shapes(point: Floats) -> tuple[float, float]:
    """The a and b from the logit of a / (a + b) and the logarithm of a + b."""
    share, total = expit(point[0]), np.exp(point[1])
    return float(share * total), float((1 - share) * total)


def _interpolated(q: float, n: int, target: float) -> float:
    r = float(binom.ppf(q, n, target))
    reached, under = binom.cdf(r, n, target), binom.cdf(r - 1, n, target)
    return float((r - (reached - q) / (reached - under)) / n)


def _beyond(row: Exact, *, target: float, stretch: float) -> Beyond | None:
    if target in (0.0, 1.0):
        return None
    for chance, below, above in (
        (_FAR_OUT, Beyond.FAR_BELOW, Beyond.FAR_ABOVE),
        (_OUT, Beyond.BELOW, Beyond.ABOVE),
    ):
        low, high = limits(row.effective, target=target, chance=chance)
        if row.value < target - stretch * (target - low):
            return below
        if row.value > target + stretch * (high - target):
            return above
    return None
