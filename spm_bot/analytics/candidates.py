"""A table that might move on: its numbers by cell, and which of its cells they keep hidden."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from spm_bot.analytics.indicators import CATALOGUE, SENSITIVE, Unit
from spm_bot.analytics.measures import ENOUGH, TELLING
from spm_bot.analytics.readings import Ints, Readings, ordinal
from spm_bot.analytics.suppression import RARE, covered, hidden_cells
from spm_bot.analytics.windows import Window

Code = TypeVar("Code", bound=Hashable)


@dataclass(frozen=True, slots=True, eq=False)
class Tally(Generic[Code]):
    """A number that each cell has, and how much of it cells need together to be told or to hide."""

    counts: Mapping[Code, int]
    least: int


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """The numbers by cell that decide about a table.

    `newer` are those since the cell was last shown, `recent` those since any cell was, in the window
    `newest`; `apart` are the cells that were not shown then, so that of them all only the sum was known.
    """

    answers: Mapping[str, Ints]
    respondents: Mapping[str, int]
    whole: tuple[Tally[str], ...]
    newer: tuple[Tally[str], ...]
    recent: tuple[Tally[str], ...]
    newest: Window | None
    apart: frozenset[str]
    either: tuple[Mapping[str, int], ...]
    sensitive: bool
    minimum: int

    @property
    def tallies(self) -> tuple[Tally[str], ...]:
        """The numbers whose sum over the hidden cells can be told from the total."""
        return (*self.whole, *self.recent)

    @property
    def rough(self) -> frozenset[str]:
        """The cells of which, if shown, only the end of their share is told.

        None where nobody, or everybody, gave the answer: the total says it of each.
        """
        if not all(any(counts.values()) for counts in self.either):
            return frozenset()
        return frozenset(
            code
            for code, places in self.answers.items()
            if 0 < len(places) < ENOUGH
            and any(counts[code] / len(places) <= TELLING for counts in self.either)
        )

    @property
    def meagre(self) -> frozenset[str]:
        """The cells hidden for their own sake: the small, and those with little that is new."""
        found = {code for code, count in self.respondents.items() if count < self.minimum}
        for tally in self.newer:
            found |= {code for code, count in tally.counts.items() if count < tally.least}
        if self.sensitive:
            found |= {code for code, places in self.answers.items() if len(places) < ENOUGH}
        return frozenset(found)

    def hidden(self) -> frozenset[str]:
        """The cells that may not be shown anew: the meagre and their cover."""
        few = hidden_cells(self.respondents, minimum=self.minimum)
        found = self._covered(few | self.meagre)
        if self._told_together(found):
            smallest = min(self.apart, key=lambda code: (len(self.answers[code]), code))
            found = self._covered(found | {smallest})
        for counts in (self.whole[0].counts, *self.either):
            unknown = found | self.rough
            cover = covered(counts, unknown, minimum=1)
            if self.rough - found and cover != unknown:
                found = self._covered(cover)
        return found

    def _told_together(self, hidden: frozenset[str]) -> bool:
        """Whether all that were hidden together would be shown, with few new answers in their known sum."""
        if not self.apart or not hidden.isdisjoint(self.apart):
            return False
        return any(sum(tally.counts[code] for code in self.apart) < tally.least for tally in self.recent)

    def _covered(self, hidden: frozenset[str]) -> frozenset[str]:
        for tally in self.tallies:
            hidden = covered(tally.counts, hidden, minimum=tally.least)
        return hidden


def candidate(
    readings: Readings,
    indicator: str,
    respondents: Mapping[str, Ints],
    *,
    shown: Mapping[str, Window],
    minimum: int,
) -> Candidate:
    """The numbers of a table of `respondents` by code, some of whose cells were `shown` before."""
    answers = {code: readings.answering(indicator, places) for code, places in respondents.items()}
    newest = max(shown.values(), key=lambda weeks: weeks.last, default=None)
    newer = {code: since(readings, places, shown.get(code)) for code, places in answers.items()}
    return Candidate(
        answers=answers,
        respondents={code: len(places) for code, places in respondents.items()},
        whole=tallies(readings, indicator, answers, minimum=minimum, least=minimum),
        newer=tallies(readings, indicator, newer, minimum=minimum, least=RARE),
        recent=recent(readings, indicator, answers, shown=newest, minimum=minimum),
        newest=newest,
        apart=frozenset(code for code in answers if shown.get(code) != newest),
        either=either(readings, indicator, answers),
        sensitive=indicator in SENSITIVE,
        minimum=minimum,
    )


def tallies(
    readings: Readings, indicator: str, answers: Mapping[Code, Ints], *, minimum: int, least: int
) -> tuple[Tally[Code], ...]:
    """How many answers each cell has; of sensitive ones also how many gave it and how many did not."""
    counts = Tally({code: len(places) for code, places in answers.items()}, minimum)
    if indicator not in SENSITIVE:
        return (counts,)
    return (counts, *(Tally(found, least) for found in either(readings, indicator, answers)))


def recent(
    readings: Readings, indicator: str, answers: Mapping[Code, Ints], *, shown: Window | None, minimum: int
) -> tuple[Tally[Code], ...]:
    """The same of the answers after the window that was `shown`; nothing where none was."""
    if shown is None:
        return ()
    newer = {code: since(readings, places, shown) for code, places in answers.items()}
    return tallies(readings, indicator, newer, minimum=minimum, least=RARE)


def either(
    readings: Readings, indicator: str, answers: Mapping[Code, Ints]
) -> tuple[Mapping[Code, int], ...]:
    """How many in each cell gave the answer and how many did not; nothing where that is no share."""
    if CATALOGUE[indicator].unit is not Unit.SHARE:
        return ()
    given = {code: hits(readings, indicator, places) for code, places in answers.items()}
    return (given, {code: len(answers[code]) - count for code, count in given.items()})


def since(readings: Readings, places: Ints, shown: Window | None) -> Ints:
    """The answers that came after the window that was shown; all of them where none was."""
    return places if shown is None else places[readings.weeks[places] > ordinal(shown.last)]


def hits(readings: Readings, indicator: str, places: Ints) -> int:
    return int(np.count_nonzero(readings.values[indicator][places] > 0))
