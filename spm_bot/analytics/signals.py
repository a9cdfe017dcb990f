"""The one word said about a change: better, worse, or no clear change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import erfc, sqrt
from typing import TypeVar

from spm_bot.analytics.estimates import Share
from spm_bot.analytics.indicators import Better

FALSE_DISCOVERY_RATE = 0.10
ENOUGH = 30

Key = TypeVar("Key")


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    NO_CLEAR_CHANGE = "no clear change"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A share of one window beside that of the window before, which must not overlap it."""

    now: Share
    before: Share
    better: Better


def verdicts(family: Mapping[Key, Comparison]) -> dict[Key, Verdict]:
    """The word for every comparison of one family, judged together.

    Comparisons with fewer than 30 answers in either window get no word and are no part of the
    family. Of the changes called, one in ten is expected to be chance (Benjamini–Hochberg).
    """
    judged = {key: pair for key, pair in family.items() if pair.now.n >= ENOUGH and pair.before.n >= ENOUGH}
    levels = adjusted([p_value(pair.now, pair.before) for pair in judged.values()])
    return {key: _word(pair, level) for (key, pair), level in zip(judged.items(), levels, strict=True)}


def _word(pair: Comparison, level: float) -> Verdict:
    if level > FALSE_DISCOVERY_RATE:
        return Verdict.NO_CLEAR_CHANGE
    risen = pair.now.value > pair.before.value
    return Verdict.BETTER if risen == (pair.better is Better.HIGHER) else Verdict.WORSE


def p_value(first: Share, second: Share) -> float:
    """Two-sided p of the test that two independent shares are equal: z with the pooled variance.

    Its square is Pearson's chi-squared of the two-by-two table without continuity correction
    (Pearson, K. (1900), Philosophical Magazine 50:157–175).
    """
    pooled = (first.hits + second.hits) / (first.n + second.n)
    variance = pooled * (1 - pooled) * (1 / first.n + 1 / second.n)
    if variance == 0:
        return 1.0
    return erfc(abs(first.value - second.value) / sqrt(2 * variance))


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
