"""What standing rounds heard over some weeks, as columns: one place a response, in the order they came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.windows import Window
from spm_bot.times import Week

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of codes: `codes[places[i]]` is the code of response i. `codes` are sorted and differ."""

    codes: tuple[str, ...]
    places: Ints

    def of(self, code: str) -> Flags:
        """Where that code stands."""
        found = self.codes.index(code) if code in self.codes else -1
        return np.asarray(self.places == found)

    def split(self, places: Ints) -> dict[str, Ints]:
        """`places`, in their order, by the code that stands there; every code of the column has its part."""
        here = self.places[places]
        sizes = np.bincount(here, minlength=len(self.codes))
        ends = np.cumsum(sizes)
        ordered = places[np.argsort(here, kind="stable")]
        return {
            code: ordered[end - size : end] for code, size, end in zip(self.codes, sizes, ends, strict=True)
        }


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """All columns are as long as there are responses.

    `people` tells respondents apart, so that each counts once; `weeks` are numbers of weeks (`ordinal`).
    `values` holds for each indicator one number a response: NaN where the
    response says nothing about it; `unscored` flags those that answered but could not be scored.
    """

    people: Ints
    weeks: Ints
    surveys: Column
    segments: Mapping[Dimension, Column]
    values: Mapping[str, Floats]
    unscored: Mapping[str, Flags]

    def __len__(self) -> int:
        return len(self.people)

    def respondents(self, survey: str, weeks: Window) -> Ints:
        """The places of the responses to `survey` that count in a window: each person's last one."""
        within = (
            self.surveys.of(survey)
            & (self.weeks >= ordinal(weeks.first))
            & (self.weeks <= ordinal(weeks.last))
        )
        places = np.flatnonzero(within)
        # The last of a person's places is the first in the reversed order.
        _, kept = np.unique(self.people[places][::-1], return_index=True)
        return np.sort(places[::-1][kept])

    def answered(self, indicator: str, weeks: Window) -> Ints:
        """The places among the respondents of a window whose answer to `indicator` counts."""
        return self.answering(indicator, self.respondents(CATALOGUE[indicator].survey, weeks))

    def answering(self, indicator: str, places: Ints) -> Ints:
        """Those of some places whose answer to `indicator` counts."""
        if indicator not in self.values:
            return places[:0]
        return places[~np.isnan(self.values[indicator][places])]


def ordinal(week: str) -> int:
    """The number of a week written `2026-W44`: consecutive weeks have consecutive numbers."""
    return Week.parse(week).start.toordinal() // 7
