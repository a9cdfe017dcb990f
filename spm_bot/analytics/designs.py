"""Means, ratios and differences of a sample with weights, strata and clusters, and their standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
from scipy.special import stdtrit

from spm_bot.analytics.estimates import Interval
from spm_bot.analytics.readings import Flags, Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """How the answers came to be: made by `design`, which explains the fields.

    `weights` and `clusters` are as long as there are answers; `strata` holds the stratum of each cluster,
    `sampled` the part of each stratum's clusters that was drawn, 0 where the population counts as endless.
    """

    weights: Floats
    clusters: Ints
    strata: Ints
    sampled: Floats

    def __len__(self) -> int:
        return len(self.weights)


@dataclass(frozen=True, slots=True)
class Derived:
    """A value with its standard error, both in the unit of the answers.

    `df` is clusters less strata. `deff` is the variance over that of a plain random sample of as many
    answers: NaN where that has none, or where it means nothing (a ratio, a difference).
    """

    value: float
    error: float
    df: int
    deff: float

    def interval(self) -> Interval:
        """95 % by Student's t with `df`; at least one degree of freedom is assumed."""
        half = t_quantile(self.df) * self.error
        return Interval(self.value - half, self.value + half)


def design(
    n: int,
    *,
    weights: Floats | None = None,
    strata: Ints | None = None,
    clusters: Ints | None = None,
    populations: Floats | None = None,
) -> Design:
    """The design of `n` answers; whatever is left out is that of a plain random sample.

    `weights`: how many people each answer stands for, in any unit, none negative, not all 0.
    `strata`, `clusters`: any numbers, equal within a stratum or cluster; without clusters each answer is
    one of its own. Where all branches are surveyed a branch is a stratum; it is a cluster only where
    branches were drawn. `populations`: for each answer the number of clusters there are in its
    stratum, at least those drawn (finite population correction; never for a test of change).
    Raises ValueError for columns of another length, impossible weights or populations, or n = 0.
    """
    given = [column for column in (weights, strata, clusters, populations) if column is not None]
    if n < 1 or any(len(column) != n for column in given):
        raise ValueError(f"columns of a design must have one place for each of {n} answers")
    weights = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    if not (np.isfinite(weights).all() and weights.min() >= 0 and weights.sum() > 0):
        raise ValueError("weights must be finite, none negative, not all 0")
    _, groups = np.unique(np.zeros(n) if strata is None else strata, return_inverse=True)
    _, within = np.unique(np.arange(n) if clusters is None else clusters, return_inverse=True)
    pairs = groups * n + within
    _, first, cluster_of = np.unique(pairs, return_index=True, return_inverse=True)
    stratum_of = groups[first]
    return Design(weights, cluster_of, stratum_of, _sampled(stratum_of, populations, first))


def mean(
    values: Floats,
    design: Design,
    *,
    domain: Flags | None = None,
    margins: tuple[Ints, ...] = (),
) -> Derived:
    """Weighted mean of those in `domain` (all, if left out), by Taylor linearisation.

    u_i = w_i d_i (y_i − ȳ) / Σ w d, summed within each cluster;
    variance = Σ_h (1 − f_h) k_h/(k_h − 1) Σ_c (u_hc − ū_h)². The domain stays in the whole design (d_i = 0
    outside it), for its size is chance too. A stratum with a single cluster is centred on the mean of
    all clusters: it cannot show its own spread, and so the error comes out rather too large.
    `margins`: the cells (numbers from 0) to which the weights were post-stratified or raked; then
    residuals of the weighted regression on these cells stand for the answers, for what the
    cells explain is no longer chance.
    Binder, D. A. (1983), International Statistical Review 51:279–292; Deville, J.-C. & Särndal, C.-E.
    (1992), Journal of the American Statistical Association 87:376–382 (calibration).
    Raises ValueError for an empty domain or a column of another length.
    """
    weights = _within(design, domain)
    _same_length(design, values)
    total = weights.sum()
    centre = float((weights * values).sum() / total)
    linear = np.where(weights > 0, values - centre, 0.0) / total
    if margins:
        linear = _residuals(np.where(weights > 0, linear, 0.0), design.weights, margins)
        variance = _variance(design.weights * linear, design)
    else:
        variance = _variance(weights * linear, design)
    plain = _plain_variance(values, weights, centre, finite=bool(design.sampled.any()))
    return Derived(centre, variance**0.5, _freedom(design, weights), variance / plain if plain > 0 else nan)


def ratio(
    numerator: Floats,
    denominator: Floats,
    design: Design,
    *,
    domain: Flags | None = None,
) -> Derived:
    """Σ w x / Σ w z within `domain`, with u_i = w_i d_i (x_i − r z_i) / Σ w d z. See `mean`.

    Raises ValueError for an empty domain, a column of another length or a denominator of 0.
    """
    weights = _within(design, domain)
    _same_length(design, numerator, denominator)
    total = float((weights * denominator).sum())
    if total == 0:
        raise ValueError("a ratio needs a denominator")
    value = float((weights * numerator).sum() / total)
    variance = _variance(weights * (numerator - value * denominator) / total, design)
    return Derived(value, variance**0.5, _freedom(design, weights), nan)


def difference(values: Floats, design: Design, *, first: Flags, second: Flags) -> Derived:
    """Mean of the domain `first` less that of `second`, with their covariance.

    The linearised terms of both means are subtracted before they are summed within clusters, so people or
    branches with answers in both count right. Two means are estimated, so one more degree of freedom is gone.
    Raises ValueError for an empty domain or a column of another length.
    """
    _same_length(design, values)
    one, other = _within(design, first), _within(design, second)
    means = [float((weights * values).sum() / weights.sum()) for weights in (one, other)]
    linear = one * (values - means[0]) / one.sum() - other * (values - means[1]) / other.sum()
    return Derived(
        means[0] - means[1], _variance(linear, design) ** 0.5, _freedom(design, one + other) - 1, nan
    )


def t_quantile(df: float) -> float:
    """The 97.5 % point of Student's t; under one degree of freedom that of one."""
    return float(stdtrit(max(1.0, df), 0.975))


def _sampled(strata: Ints, populations: Floats | None, first: Ints) -> Floats:
    drawn = np.bincount(strata).astype(np.float64)
    if populations is None:
        return np.zeros(len(drawn))
    there = np.empty(len(drawn))
    there[strata] = populations[first]
    if not (there >= drawn).all():
        raise ValueError("a population has fewer clusters than were drawn from it")
    return drawn / there


def _within(design: Design, domain: Flags | None) -> Floats:
    if domain is None:
        return design.weights
    _same_length(design, domain)
    weights = np.where(domain, design.weights, 0.0)
    if not weights.any():
        raise ValueError("nobody is in the domain")
    return weights


def _same_length(design: Design, *columns: Floats | Flags) -> None:
    if any(len(column) != len(design) for column in columns):
        raise ValueError(f"columns must have one place for each of {len(design)} answers")


def _variance(linear: Floats, design: Design) -> float:
    sums = np.bincount(design.clusters, weights=linear)
    counts = np.bincount(design.strata)
    centres = np.bincount(design.strata, weights=sums) / counts
    centres[counts == 1] = sums.mean()
    squares = np.bincount(design.strata, weights=(sums - centres[design.strata]) ** 2)
    factors = np.where(counts > 1, counts / np.maximum(counts - 1, 1), 1.0)
    return float(((1 - design.sampled) * factors * squares).sum())


def _plain_variance(values: Floats, weights: Floats, centre: float, *, finite: bool) -> float:
    """Of the mean of a plain random sample of as many answers from the same people."""
    n, total = int(np.count_nonzero(weights)), float(weights.sum())
    if n < 2:
        return 0.0
    spread = float((weights * (values - centre) ** 2).sum() / total * n / (n - 1))
    return spread / n * (1 - n / total if finite else 1.0)


def _freedom(design: Design, weights: Floats) -> int:
    clusters = np.unique(design.clusters[weights > 0])
    return len(clusters) - len(np.unique(design.strata[clusters]))


def _residuals(values: Floats, weights: Floats, margins: tuple[Ints, ...]) -> Floats:
    dummies = np.column_stack([np.eye(int(cells.max()) + 1)[cells] for cells in margins])
    roots = np.sqrt(weights)[:, None]
    found, *_ = np.linalg.lstsq(dummies * roots, values * roots[:, 0])
    return np.asarray(values - dummies @ found)
