"""A table that might move on: its numbers by cell, and which of its cells they keep hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spm_bot.analytics.indicators import SENSITIVE
from spm_bot.analytics.measures import ENOUGH
from spm_bot.analytics.readings import Ints, Readings, ordinal
from spm_bot.analytics.suppression import covered, hidden_cells
from spm_bot.analytics.windows import Window

RARE = 5
"""Fewer people than this who gave, or did not give, a sensitive answer are never told."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """The numbers by cell that decide about a table.

    `newer` are answers since the cell was last shown, `recent` those since any cell was, `apart` the cells
    that were not shown then, so that of them all only the sum was known.
    """

    answers: Mapping[str, Ints]
    respondents: Mapping[str, int]
    sizes: Mapping[str, int]
    newer: Mapping[str, int]
    recent: Mapping[str, int] | None
    apart: frozenset[str]
    hits: Mapping[str, int] | None

    @property
    def misses(self) -> Mapping[str, int]:
        return {} if self.hits is None else {code: self.sizes[code] - self.hits[code] for code in self.hits}

    @property
    def measures(self) -> tuple[Mapping[str, int], ...]:
        """The numbers whose sum over the hidden cells can be told from the total."""
        recent = () if self.recent is None else (self.recent,)
        return (self.sizes, *recent) if self.hits is None else (self.sizes, *recent, self.hits, self.misses)

    def hidden(self, *, minimum: int) -> frozenset[str]:
        """The cells that may not be shown anew: the small, those with little that is new, and their cover."""
        found = hidden_cells(self.respondents, minimum=minimum)
        found |= {code for code, count in self.newer.items() if count < minimum}
        if self.hits is not None:
            misses = self.misses
            found |= {code for code, given in self.hits.items() if min(given, misses[code]) < RARE}
            found |= {code for code, size in self.sizes.items() if size < ENOUGH}
        found = self._covered(found, minimum=minimum)
        if self._told_together(found, minimum=minimum):
            smallest = min(self.apart, key=lambda code: (self.sizes[code], code))
            found = self._covered(found | {smallest}, minimum=minimum)
        return found

    def _told_together(self, hidden: frozenset[str], *, minimum: int) -> bool:
        """Whether all that were hidden together would be shown, with few new answers in their known sum."""
        if self.recent is None or not self.apart or not hidden.isdisjoint(self.apart):
            return False
        return sum(self.recent[code] for code in self.apart) < minimum

    def _covered(self, hidden: frozenset[str], *, minimum: int) -> frozenset[str]:
        for counts in self.measures:
            hidden = covered(counts, hidden, minimum=minimum)
        return hidden


def candidate(
    readings: Readings, indicator: str, respondents: Mapping[str, Ints], *, shown: Mapping[str, Window]
) -> Candidate:
    """The numbers of a table of `respondents` by code, some of whose cells were `shown` before."""
    answers = {code: readings.answering(indicator, places) for code, places in respondents.items()}
    newest = max(shown.values(), key=lambda weeks: weeks.last, default=None)
    return Candidate(
        answers=answers,
        respondents={code: len(places) for code, places in respondents.items()},
        sizes={code: len(places) for code, places in answers.items()},
        newer={code: newer(readings, places, shown.get(code)) for code, places in answers.items()},
        recent=None
        if newest is None
        else {code: newer(readings, places, newest) for code, places in answers.items()},
        apart=frozenset(code for code in answers if shown.get(code) != newest),
        hits={code: hits(readings, indicator, places) for code, places in answers.items()}
        if indicator in SENSITIVE
        else None,
    )


def newer(readings: Readings, places: Ints, shown: Window | None) -> int:
    """How many answers came after the window that was shown; all of them where none was."""
    if shown is None:
        return len(places)
    return int(np.count_nonzero(readings.weeks[places] > ordinal(shown.last)))


def hits(readings: Readings, indicator: str, places: Ints) -> int:
    return int(np.count_nonzero(readings.values[indicator][places] > 0))
