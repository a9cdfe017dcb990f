"""Weights that make answers match known totals: post-stratification, raking, trimming, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spm_bot.analytics.readings import Floats, Ints

LOWEST, HIGHEST = 0.3, 3.0
"""Between which parts of the mean weight all weights are held."""

OUTSIDE = -1
"""The cell of an answer that a margin says nothing about."""

ROUNDING = 1e-9
"""How far a factor may still be from 1, and a weight from where it is held."""

_ITERATIONS = 500
_TURNS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """For each answer its cell, a number from 0 or OUTSIDE; for each cell how many people it stands for.

    Every cell has answers, and people. Only the ratios of `people` matter.
    """

    cells: Ints
    people: Floats

    def __post_init__(self) -> None:
        inside = self.cells[self.cells != OUTSIDE]
        counts = np.bincount(inside, minlength=len(self.people))
        if len(counts) != len(self.people) or not (counts.all() and (self.people > 0).all()):
            raise ValueError("a margin needs answers and people in each of its cells")


@dataclass(frozen=True, slots=True, eq=False)
class Raked:
    """Weights with the sum they had before; whether every margin is met."""

    weights: Floats
    converged: bool


def kish(weights: Floats) -> float:
    """The part by which uneven weights multiply a variance: n Σw² / (Σw)², 1 for even ones.

    Kish, L. (1965), Survey Sampling. Raises ValueError without weights.
    """
    total = float(weights.sum())
    if total <= 0:
        raise ValueError("no weights")
    return len(weights) * float((weights**2).sum()) / total**2


def post_stratify(weights: Floats, margin: Margin) -> Floats:
    """Weights whose sums in the cells are as `margin` says; their sum, and answers outside, stay as they are.

    w_i · N_g / Σ_g w, with N_g scaled to the sum of weights inside the margin.
    Holt, D. & Smith, T. M. F. (1979), Journal of the Royal Statistical Society A 142:33–46.
    """
    return weights * _factors(weights, margin)


def rake(weights: Floats, margins: Sequence[Margin]) -> Raked:
    """Post-stratification to one margin after the other, again and again, until no factor moves by 1e-9.

    `margins` stand in the order of their importance: each round ends with the first of them, which is met
    even where they cannot all be. Where they can, the order makes no difference.
    Deming, W. E. & Stephan, F. F. (1940), Annals of Mathematical Statistics 11:427–444.
    """
    for _ in range(_ITERATIONS):
        moved = 0.0
        for margin in reversed(margins):
            factors = _factors(weights, margin)
            weights = weights * factors
            moved = max(moved, float(np.abs(factors - 1).max()))
        if moved < ROUNDING:
            return Raked(weights, converged=True)
    return Raked(weights, converged=False)


def trim(weights: Floats) -> Floats:
    """Weights held between 0.3 and 3 times their mean, with the same sum as before."""
    mean = weights.mean()
    # Sharing out what a bound takes or gives puts others beyond it; that fades within a few turns.
    for _ in range(_TURNS):
        weights = np.clip(weights, LOWEST * mean, HIGHEST * mean)
        weights = weights * (mean / weights.mean())
    return weights


def _factors(weights: Floats, margin: Margin) -> Floats:
    inside = margin.cells != OUTSIDE
    cells = margin.cells[inside]
    sums = np.bincount(cells, weights=weights[inside], minlength=len(margin.people))
    shares = margin.people / margin.people.sum()
    factors = np.ones(len(weights))
    factors[inside] = (shares * sums.sum() / sums)[cells]
    return factors
