"""Which cells of the tables move on: what is hidden stays so, also where one table parts another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spm_bot.analytics.candidates import Candidate, candidate, either, recent, tallies
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.disclosure import Places, proven_safe, proven_together
from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.readings import Ints, Readings
from spm_bot.analytics.windows import Window

NESTED = ((Dimension.PRODUCT, Dimension.LOAN_METHOD),)
"""Dimensions of which the first parts the second, as anybody knows: a product has one loan method."""

_NOBODY: Ints = np.empty(0, dtype=np.int64)

Table = tuple[Dimension, str]

Pair = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A table and those of its cells that move on."""

    candidate: Candidate
    fresh: frozenset[str]

    @property
    def kept(self) -> frozenset[str]:
        """What must not be worked out: where no cell moves on, only the cells hidden for their own sake."""
        return frozenset(self.candidate.answers) - self.fresh if self.fresh else self.candidate.meagre


Both = tuple[Move, Move]
"""The finer table of an indicator and the coarser one."""


def move(
    readings: Readings,
    indicator: str,
    respondents: Mapping[str, Ints],
    *,
    shown: Mapping[str, Window],
    minimum: int,
) -> Move:
    """A table by itself: no cell moves on if what they leave hidden is not proven safe."""
    known = {**dict.fromkeys(shown, _NOBODY), **respondents}
    table = candidate(readings, indicator, known, shown=shown, minimum=minimum)
    hidden = table.hidden()
    safe = all(proven_safe((each.counts,), hidden=hidden, minimum=each.least) for each in table.tallies)
    return Move(table, frozenset(table.answers) - hidden if safe else frozenset())


def settled(readings: Readings, heard: Mapping[str, Ints], moves: Mapping[Table, Move]) -> dict[Table, Move]:
    """Fewer move on where two tables of the same people are not safe together: not the coarser, or neither.

    `heard` are the respondents by survey.
    """
    found = dict(moves)
    for finer, coarser in NESTED:
        shared = [code for dimension, code in moves if dimension is finer and (coarser, code) in moves]
        if not shared:
            continue
        ever = _crossed(readings, np.arange(len(readings)), finer, coarser)
        within = {survey: _crossed(readings, places, finer, coarser) for survey, places in heard.items()}
        for code in shared:
            both = (found[finer, code], found[coarser, code])
            systems = _systems(within[CATALOGUE[code].survey], ever, both)
            found[finer, code], found[coarser, code] = _settled(readings, code, systems, both)
    return found


def _settled(readings: Readings, indicator: str, systems: Sequence[Mapping[Pair, Ints]], both: Both) -> Both:
    finer, coarser = both
    stands = replace(coarser, fresh=frozenset())
    for tried in (both, (finer, stands)):
        if all(_safe(readings, indicator, pairs, tried) for pairs in systems):
            return tried
    return replace(finer, fresh=frozenset()), stands


def _crossed(readings: Readings, places: Ints, finer: Dimension, coarser: Dimension) -> dict[Pair, Ints]:
    """Who stands at which two codes, for those that go together at these places."""
    return {
        (code, other): both
        for code, here in readings.segments[finer].split(places).items()
        for other, both in readings.segments[coarser].split(here).items()
        if len(both)
    }


def _systems(within: Mapping[Pair, Ints], ever: Mapping[Pair, Ints], both: Both) -> list[dict[Pair, Ints]]:
    """The pairs `within` a window, and of codes that nobody has there those that `ever` went together.

    A reader knows where a finer code belongs that nobody ever had. We do not, so each coarser one is tried.
    """
    finer, coarser = (frozenset(each.candidate.answers) for each in both)
    found = {pair: within.get(pair, _NOBODY) for pair in (*within, *_absent(within, ever))}
    found |= {(None, code): _NOBODY for code in coarser - {code for _, code in found}}
    lost = finer - {code for code, _ in found}
    if not lost:
        return [found]
    return [found | {(code, other): _NOBODY for code in lost} for other in sorted(coarser)]


def _absent(within: Iterable[Pair], ever: Iterable[Pair]) -> list[Pair]:
    """Of the pairs that `ever` went together those with a code that is not `within`."""
    finer, coarser = {code for code, _ in within}, {code for _, code in within}
    return [pair for pair in ever if pair[0] not in finer or pair[1] not in coarser]


def _safe(readings: Readings, indicator: str, pairs: Mapping[Pair, Ints], both: Both) -> bool:
    """Whether the pairs leave each cell kept its values, and each told roughly more than one."""
    answers = {pair: readings.answering(indicator, places) for pair, places in pairs.items()}
    minimum = both[0].candidate.minimum
    numbers = [*tallies(readings, indicator, answers, minimum=minimum, least=minimum)]
    for shown in {each.candidate.newest for each in both}:
        numbers += recent(readings, indicator, answers, shown=shown, minimum=minimum)
    told = _places(pairs, [each.fresh for each in both])
    kept = _places(pairs, [each.kept for each in both])
    exact = _places(pairs, [each.fresh - each.candidate.rough for each in both])
    rough = _places(pairs, [each.fresh & each.candidate.rough for each in both])
    return all(
        proven_together(list(each.counts.values()), told=told, kept=kept, least=each.least)
        for each in numbers
    ) and all(
        proven_together(list(counts.values()), told=exact, kept=rough, least=2)
        for counts in either(readings, indicator, answers)
    )


def _places(pairs: Mapping[Pair, Ints], codes: Sequence[frozenset[str]]) -> list[Places]:
    """Of which pairs each of the `codes` of either dimension is the sum."""
    return [
        tuple(place for place, pair in enumerate(pairs) if pair[axis] == code)
        for axis, found in enumerate(codes)
        for code in sorted(found)
    ]
