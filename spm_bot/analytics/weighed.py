"""Answers of a window with the weight of each, and what some of them come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.estimation import estimate
from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.measures import Measure, measured
from spm_bot.analytics.populations import PopulationRow
from spm_bot.analytics.readings import Floats, Ints, Readings
from spm_bot.analytics.weighting import client_weights
from spm_bot.analytics.windows import Window

_BORROWERS_ONLY = frozenset({"debt_stress"})
"""Surveys that are for those who pay a loan: their answers stand for borrowers, not for all clients."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """`weights` holds one number a response for each survey, 1 where the weights were too uneven to use."""

    readings: Readings
    weights: Mapping[str, Floats]
    uneven: frozenset[str]
    weighted: frozenset[str]

    def measure(self, indicator: str, places: Ints) -> Measure:
        """What the answers at `places` come to. Branches are all asked, so they are strata."""
        known = CATALOGUE[indicator]
        found = estimate(
            self.readings.values[indicator][places],
            weights=self.weights[known.survey][places],
            strata=self.readings.segments[Dimension.BRANCH].places[places],
            unit=known.unit,
        )
        return measured(found, unit=known.unit)


def weighed(readings: Readings, weeks: Window, population: Sequence[PopulationRow]) -> Weighed:
    """The respondents of a window, weighed to the client list survey by survey."""
    weights: dict[str, Floats] = {}
    uneven, used = set(), set()
    for survey in readings.surveys.codes:
        places = readings.respondents(survey, weeks)
        column = np.ones(len(readings))
        rows = [row for row in population if row.borrower or survey not in _BORROWERS_ONLY]
        if len(places) and rows:
            found = client_weights(readings, places, rows)
            if not found.usable:
                uneven.add(survey)
            elif found.margins:
                column[places] = found.values
                used.add(survey)
        weights[survey] = column
    return Weighed(readings, weights, frozenset(uneven), frozenset(used))
