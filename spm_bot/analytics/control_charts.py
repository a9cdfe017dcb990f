"""The chart of single weeks behind the institution's words: what the last weeks signal before 13 can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf, sqrt

import numpy as np

from spm_bot.analytics.estimates import Interval
from spm_bot.analytics.indicators import Better
from spm_bot.analytics.readings import Floats
from spm_bot.analytics.signals import Verdict, direction
from spm_bot.analytics.windows import WINDOW

BASELINE_WEEKS = 12
RUN = 7
# Wider than the 3 and the 2.7 of the textbooks: three figures are watched by three rules every week, and
# together they should be wrong less than once in ten months (`python -m benchmarks.alarms`).
_SIGMAS = 3.5
_WIDTH = 3.2
_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Chart:
    """What is usual: the mean of all answers of the baseline, and how far single answers scatter about it.

    `answers` is the number of answers both come from: infinite where they are simply known, and the limits
    are then those of the textbooks.
    """

    centre: float
    deviation: float
    answers: float = inf

    def limits(self, n: int, *, sigmas: float = _SIGMAS) -> Interval:
        """Between which values the mean of `n` answers of one week lies, but for 5 weeks in 10,000.

        centre ± 3.5 s √(1/n + 1/N): for shares, s = √(p(1 − p)), the p-chart of Shewhart, W. A. (1931),
        Economic Control of Quality of Manufactured Product; 1/N is what the centre itself is unsure by.
        """
        half = sigmas * self.deviation * sqrt(1 / n + 1 / self.answers)
        return Interval(self.centre - half, self.centre + half)


def chart(weeks: Sequence[Floats]) -> Chart | None:
    """The chart of a baseline, an array of answers a week; None where all are alike, or in under 12 weeks."""
    answers = np.concatenate([*weeks, np.empty(0)])
    if len(weeks) < BASELINE_WEEKS or np.ptp(answers) == 0:
        return None
    return Chart(float(answers.mean()), float(answers.std()), len(answers))


def smoothed(values: Sequence[float], *, weight: float = _WEIGHT) -> list[float]:
    """The exponentially weighted moving average e_t = λ z_t + (1 − λ) e_(t−1), from e_0 = 0.

    Roberts, S. W. (1959), Technometrics 1:239–250.
    """
    means = accumulate(values, lambda mean, value: weight * value + (1 - weight) * mean, initial=0.0)
    return list(means)[1:]


def smoothed_limit(t: int, *, unsure: float = 0.0, weight: float = _WEIGHT, width: float = _WIDTH) -> float:
    """How far the average of `t` standard values strays from 0: L √(λ/(2 − λ) (1 − (1 − λ)^2t) + unsure²).

    Lucas, J. M. & Saccucci, M. S. (1990), Technometrics 32:1–12; λ = 0.2 is theirs, L = 3.2 ours. `unsure`
    is by how much an error of the centre, one standard error large, moves the average.
    """
    return width * sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t)) + unsure**2)


def early(weeks: Sequence[Floats], *, better: Better, minimum: int) -> Verdict | None:
    """Better or worse, if the chart of single weeks signals so in the last one; else None.

    `weeks` hold an array of answers each, in the indicator's unit, oldest first and without gaps: the last
    13 are watched, the baseline is what lies before them. Weeks of fewer than `minimum` answers are passed
    over. None, too, while the baseline is forming and where the last week itself has too few.
    """
    watched = [week for week in weeks[-WINDOW:] if len(week) >= minimum]
    usual = chart([week for week in weeks[:-WINDOW] if len(week) >= minimum])
    if usual is None or not watched or watched[-1] is not weeks[-1]:
        return None
    side = _signal(watched, usual)
    return None if side == 0 else direction(side, better=better)


def _signal(weeks: Sequence[Floats], usual: Chart) -> float:
    """Above (positive) or below (negative) where any of three rules holds in the last week, else 0."""
    means = [float(week.mean()) - usual.centre for week in weeks]
    roots = [sqrt(len(week)) for week in weeks]
    limits = usual.limits(len(weeks[-1]))
    if not limits.low - usual.centre <= means[-1] <= limits.high - usual.centre:
        return means[-1]
    average = smoothed([mean * root / usual.deviation for mean, root in zip(means, roots, strict=True)])[-1]
    unsure = smoothed([root / sqrt(usual.answers) for root in roots])[-1]
    if abs(average) > smoothed_limit(len(weeks), unsure=unsure):
        return average
    return _run(means, unsure=usual.deviation / sqrt(usual.answers))


def _run(means: Sequence[float], *, unsure: float) -> float:
    """The side on which all of the last 7 lie, further out than the centre is unsure by; else 0."""
    last = means[-RUN:]
    one_side = len(last) == RUN and (min(last) > unsure or max(last) < -unsure)
    return last[-1] if one_side else 0.0
