"""Weights that make respondents stand for all clients: the margins, from the client list and the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, product

import numpy as np

from spm_bot.analytics.dimensions import UNKNOWN, Arrears, Dimension, Tenure
from spm_bot.analytics.populations import PopulationRow
from spm_bot.analytics.raking import HIGHEST, LOWEST, OUTSIDE, ROUNDING, Margin, kish, rake, trim
from spm_bot.analytics.readings import Floats, Ints, Readings

SMALLEST = 10
"""Respondents in a cell of a margin; smaller ones are merged with others."""

UNEVEN = 2.0
"""The design effect of weights from which on answers are better shown unweighted."""

MARGINS = (
    (Dimension.ARREARS,),
    (Dimension.BRANCH, Dimension.GENDER),
    (Dimension.PRODUCT,),
    (Dimension.TENURE,),
)
"""What the weights are raked to, the most important first: arrears tell on answering and on stress alike."""

# Bands have an order, and so neighbours. Unknown stands first: beside no arrears, beside a short time.
_BANDS: Mapping[Dimension, tuple[str, ...]] = {
    Dimension.ARREARS: (UNKNOWN, *Arrears),
    Dimension.TENURE: (UNKNOWN, *Tenure),
}
_ROUNDS = 10

Dimensions = tuple[Dimension, ...]

Code = tuple[str, ...]
"""A code for each dimension of a margin."""

Cell = tuple[Code, ...]
"""The codes that make one cell of a margin."""


@dataclass(frozen=True, slots=True)
class Merger:
    """Cells of a margin that had too few respondents to stand alone."""

    dimensions: Dimensions
    codes: Cell


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A weight for each respondent, with mean 1, in their order.

    `deff` is the part by which they multiply variances (Kish). `margins` are those raked to: none where
    nothing is known of the clients, and all weights are 1. `merged`: cells put together. `converged`: all
    margins were met before weights were trimmed to 0.3 to 3; `trimmed` are the weights that this moved.
    """

    values: Floats
    deff: float = 1.0
    margins: tuple[Dimensions, ...] = ()
    merged: tuple[Merger, ...] = ()
    converged: bool = True
    trimmed: int = 0

    @property
    def usable(self) -> bool:
        """Whether they help more than they cost: their design effect is 2 at most."""
        return self.converged and self.deff <= UNEVEN


def client_weights(readings: Readings, places: Ints, population: Sequence[PopulationRow]) -> Weights:
    """Weights of the respondents at `places` that make them like the clients of `population`.

    Raked to arrears, branch × gender, product and tenure. `population` holds the clients whom the answers
    stand for: of a survey of borrowers only the rows of borrowers. Cells with fewer than 10 respondents, or
    none, are merged. Who stands in a cell that the client list does not have keeps the weight the
    other margins give. Weights outside 0.3 to 3 are trimmed and raked again, up to ten times.
    """
    if len(places) == 0 or sum(row.clients for row in population) == 0:
        return Weights(np.ones(len(places)))
    margins: dict[Dimensions, Margin] = {}
    merged: list[Merger] = []
    for dimensions in MARGINS:
        codes, stands = _standing(dimensions, readings, places)
        people = _people(dimensions, population)
        answered = Counter(dict(zip(codes, np.bincount(stands, minlength=len(codes)).tolist(), strict=True)))
        cells = _cells(dimensions, people, answered)
        merged += [Merger(dimensions, cell) for cell in cells if len(cell) > 1]
        if len(cells) > 1:
            margins[dimensions] = _margin(cells, people, codes, stands)
    return _weights(len(places), margins, tuple(merged))


def _weights(n: int, margins: Mapping[Dimensions, Margin], merged: tuple[Merger, ...]) -> Weights:
    order = tuple(margins.values())
    raked = rake(np.ones(n), order)
    weights, beyond = raked.weights, _beyond(raked.weights)
    for _ in range(_ROUNDS if raked.converged else 0):
        if not _beyond(weights):
            break
        weights = rake(trim(weights), order).weights
    weights = trim(weights)
    return Weights(weights, kish(weights), tuple(margins), merged, converged=raked.converged, trimmed=beyond)


def _beyond(weights: Floats) -> int:
    return int(np.count_nonzero((weights < LOWEST - ROUNDING) | (weights > HIGHEST + ROUNDING)))


def _standing(dimensions: Dimensions, readings: Readings, places: Ints) -> tuple[list[Code], Ints]:
    """All codes there may be, and for each respondent the place of theirs among them."""
    columns = [readings.segments[dimension] for dimension in dimensions]
    sizes = tuple(len(column.codes) for column in columns)
    stands = np.ravel_multi_index(tuple(column.places[places] for column in columns), sizes)
    return list(product(*(column.codes for column in columns))), np.asarray(stands)


def _people(dimensions: Dimensions, population: Sequence[PopulationRow]) -> Counter[Code]:
    people: Counter[Code] = Counter()
    for row in population:
        if row.clients:
            people[tuple(getattr(row, dimension) for dimension in dimensions)] += row.clients
    return people


def _margin(cells: Sequence[Cell], people: Counter[Code], codes: Sequence[Code], stands: Ints) -> Margin:
    cell_of = {code: place for place, cell in enumerate(cells) for code in cell}
    found = np.array([cell_of.get(code, OUTSIDE) for code in codes])
    return Margin(found[stands], np.array([_total(cell, people) for cell in cells], dtype=np.float64))


def _cells(dimensions: Dimensions, people: Counter[Code], answered: Counter[Code]) -> list[Cell]:
    """The codes of the client list, merged until each cell has 10 respondents or is the only one."""
    if dimensions[0] in _BANDS:
        order = [code for code in ((band,) for band in _BANDS[dimensions[0]]) if code in people]
        return _neighbours([(code,) for code in order], people, answered)
    groups: list[Cell] = []
    for _, inner in groupby(sorted(people), key=lambda code: code[0]):
        codes = tuple(inner)
        whole = any(answered[code] < SMALLEST for code in codes)
        groups += [codes] if whole else [(code,) for code in codes]
    return _pooled(groups, answered)


def _neighbours(cells: list[Cell], people: Counter[Code], answered: Counter[Code]) -> list[Cell]:
    """Bands, the smallest put to the neighbour whose clients answered to the most similar part."""

    def response(place: int) -> float:
        return _total(cells[place], answered) / _total(cells[place], people)

    while len(cells) > 1:
        place = min(range(len(cells)), key=lambda at: _total(cells[at], answered))
        if _total(cells[place], answered) >= SMALLEST:
            break
        beside = [at for at in (place - 1, place + 1) if 0 <= at < len(cells)]
        other = min(beside, key=lambda at: abs(response(at) - response(place)))
        low, high = sorted((place, other))
        cells = [*cells[:low], cells[low] + cells[high], *cells[high + 1 :]]
    return cells


def _pooled(cells: list[Cell], answered: Counter[Code]) -> list[Cell]:
    """Cells without an order: the small ones together, with the next smallest until they are enough."""
    rising = sorted(cells, key=lambda cell: (_total(cell, answered), cell))
    pool: Cell = ()
    while rising and (_total(rising[0], answered) < SMALLEST or (pool and _total(pool, answered) < SMALLEST)):
        pool += rising.pop(0)
    return sorted([pool, *rising] if pool else rising)


def _total(cell: Cell, counts: Counter[Code]) -> int:
    return sum(counts[code] for code in cell)
