"""The one word said about a change: better, worse, or no clear change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import erfc, hypot, sqrt
from typing import TypeVar

from spm_bot.analytics.estimates import Z95
from spm_bot.analytics.indicators import Better, Unit
from spm_bot.analytics.measures import ENOUGH, Exact, Measure

FALSE_DISCOVERY_RATE = 0.10
"""Of a family that is judged once a month."""

WEEKLY_RATE = FALSE_DISCOVERY_RATE / 4
"""Of one that is judged every week: four looks a month have four chances to be wrong."""

Key = TypeVar("Key")


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    NO_CLEAR_CHANGE = "no clear change"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure of one window beside that of an earlier one, of the same unit; the two must not overlap.

    `leads`: it is about what the digest leads with, see `verdicts`.
    """

    now: Measure
    before: Measure
    better: Better
    leads: bool = False


def verdicts(family: Mapping[Key, Comparison], *, rate: float = FALSE_DISCOVERY_RATE) -> dict[Key, Verdict]:
    """The word for every comparison of one family, judged together.

    Comparisons with a rough figure or with fewer than 30 answers in either window get no word and are no
    part of the family. Of the changes called, a part of `rate` is expected to be chance (Benjamini–Hochberg).
    Half of it is spent on what leads, half on all the rest, however much there is of either: p-values
    are divided by weights of mean 1 (Genovese, C. R., Roeder, K. & Wasserman, L. (2006), Biometrika
    93:509–524).
    """
    judged = {key: pair for key, each in family.items() if (pair := _judged(each)) is not None}
    weights = _weights([family[key].leads for key in judged])
    chances = [p_value(*pair) / weight for pair, weight in zip(judged.values(), weights, strict=True)]
    return {
        key: direction(now.value - before.value, better=family[key].better)
        if level <= rate
        else Verdict.NO_CLEAR_CHANGE
        for (key, (now, before)), level in zip(judged.items(), adjusted(chances), strict=True)
    }


def direction(change: float, *, better: Better) -> Verdict:
    """Whether a change, which is not nought, is for the better."""
    return Verdict.BETTER if (change > 0) == (better is Better.HIGHER) else Verdict.WORSE


def p_value(now: Exact, before: Exact) -> float:
    """Two-sided p of the test that two independent figures of one unit are equal: z = difference / error.

    Shares: the error comes from the pooled share and the effective numbers, so that z² is Pearson's
    chi-squared of the two-by-two table without continuity correction (Pearson, K. (1900), Philosophical
    Magazine 50:157–175). NPS and means: the errors are recovered from the 95 % intervals, see `_error`.
    """
    change = now.value - before.value
    error = _pooled_error(now, before) if now.unit is Unit.SHARE else _error(now, before)
    if change == 0:
        return 1.0
    return erfc(abs(change) / error / sqrt(2)) if error > 0 else 0.0


def adjusted(p_values: Sequence[float]) -> tuple[float, ...]:
    """False-discovery-adjusted p-values in the order given: min over larger ranks j of p_j · m / j.

    Benjamini, Y. & Hochberg, Y. (1995), Journal of the Royal Statistical Society B 57:289–300.
    """
    m = len(p_values)
    order = sorted(range(m), key=lambda place: p_values[place], reverse=True)
    levels = [1.0] * m
    least = 1.0
    for rank, place in zip(range(m, 0, -1), order, strict=True):
        least = min(least, p_values[place] * m / rank)
        levels[place] = least
    return tuple(levels)


def _judged(pair: Comparison) -> tuple[Exact, Exact] | None:
    match pair:
        case Comparison(Exact() as now, Exact() as before) if min(now.n, before.n) >= ENOUGH:
            return now, before
    return None


def _weights(leads: Sequence[bool]) -> list[float]:
    """Weights of mean 1 that give those that lead and the others the same sum."""
    parts = {True: leads.count(True), False: leads.count(False)}
    if not all(parts.values()):
        return [1.0] * len(leads)
    return [len(leads) / 2 / parts[each] for each in leads]


def _pooled_error(now: Exact, before: Exact) -> float:
    pooled = (now.value * now.effective + before.value * before.effective) / (
        now.effective + before.effective
    )
    return sqrt(pooled * (1 - pooled) * (1 / now.effective + 1 / before.effective))


def _error(now: Exact, before: Exact) -> float:
    """The standard error of a difference, from two 95 % intervals.

    The interval of an NPS is not symmetric, so each half is taken on the side towards the other figure
    (method of variance estimates recovery: Zou, G. Y. & Donner, A. (2008), Statistics in Medicine
    27:1693–1702). Means have t intervals cut at 0 and 100: the longer half is the one that was not cut.
    """
    if now.unit is Unit.NPS:
        upper, lower = (now, before) if now.value > before.value else (before, now)
        return hypot(upper.value - upper.low, lower.high - lower.value) / Z95
    halves = (max(each.value - each.low, each.high - each.value) for each in (now, before))
    return hypot(*halves) / Z95
