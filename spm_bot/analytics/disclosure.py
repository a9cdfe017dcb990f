"""What a reader can work out of what is hidden: the least and the greatest that each hidden count may be.

A reader knows sums of counts and that no count is negative. Linear programming then finds how far each
hidden count can be confined (Fischetti & Salazar-González 2001). In one-way tables, and in the flows
between two digests of one, no count stands in more than one sum of a kind, and in two tables together in no
more than two; so both ends are whole numbers and every whole number between them is possible too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import LinearConstraint, milp

SECONDS = 1.0
"""How long the proof of one table may take."""

Places = tuple[int, ...]
_OPTIMAL = 0
# The solver's own tolerance is 1e-7.
_NEARLY = 1e-6


@dataclass(frozen=True, slots=True)
class Sum:
    """That the counts at these places add up to `total`."""

    places: Places
    total: int


@dataclass(frozen=True, slots=True)
class Known:
    """What a reader knows about `unknowns` counts: sums of them, and that none is negative."""

    unknowns: int
    sums: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The whole numbers from `low` to `high`, both included."""

    low: int
    high: int

    @property
    def values(self) -> int:
        return self.high - self.low + 1


@lru_cache(maxsize=4096)
def ranges(
    known: Known, targets: tuple[Places, ...], *, seconds: float = SECONDS
) -> tuple[Range, ...] | None:
    """For each target, a sum of counts, the least and the greatest that `known` leaves possible.

    All are found by one program that holds a copy of the unknowns for either end of each target.
    None if the solver did not find them within `seconds`, contradictions and endless counts included.
    """
    aims = _incidence(targets, known.unknowns)
    copies = sparse.eye_array(2 * len(targets))
    facts = sparse.csr_array(_incidence([fact.places for fact in known.sums], known.unknowns))
    totals = np.tile([float(fact.total) for fact in known.sums], 2 * len(targets))
    found = milp(
        np.concatenate([aims.ravel(), -aims.ravel()]),
        constraints=LinearConstraint(sparse.kron(copies, facts, format="csr"), totals, totals),
        options={"time_limit": seconds},
    )
    if found.status != _OPTIMAL or found.x is None:
        return None
    counts = found.x.reshape(2, len(targets), known.unknowns)
    low, high = (counts * aims).sum(axis=2)
    return tuple(
        Range(int(np.ceil(least - _NEARLY)), int(np.floor(most + _NEARLY)))
        for least, most in zip(low, high, strict=True)
    )


def _incidence(groups: Sequence[Places], unknowns: int) -> NDArray[np.float64]:
    """One row a group: 1 at its places."""
    rows = np.zeros((len(groups), unknowns))
    for row, places in zip(rows, groups, strict=True):
        row[list(places)] = 1.0
    return rows


def proven_safe(measures: Sequence[Mapping[str, int]], *, hidden: frozenset[str], minimum: int) -> bool:
    """Whether a one-way table whose total is told is proven safe, if its `hidden` cells stay hidden.

    `measures` are the numbers a cell has, such as answers and new answers, each by cell. Safe means that,
    given the total and the shown cells, each number of each hidden cell can take at least `minimum`
    different values. Of the hidden cells only the sums are used: what holds for one holds for all.
    """
    if not hidden:
        return True
    width = len(hidden)
    sums = tuple(
        Sum(tuple(range(row * width, (row + 1) * width)), sum(counts.values()) - _shown(counts, hidden))
        for row, counts in enumerate(measures)
    )
    found = ranges(Known(width * len(sums), sums), tuple(fact.places[:1] for fact in sums))
    return found is not None and all(each.values >= minimum for each in found)


def proven_together(
    counts: Sequence[int], *, told: Sequence[Places], kept: Sequence[Places], least: int
) -> bool:
    """Whether each sum in `kept` can still take `least` values or more, given all `told` and the total.

    Both are sums of `counts`, given by their places: so tables that share their people are proven together.
    """
    if not kept:
        return True
    known = (tuple(range(len(counts))), *told)
    sums = tuple(Sum(places, sum(counts[place] for place in places)) for places in known)
    found = ranges(Known(len(counts), sums), tuple(kept))
    return found is not None and all(each.values >= least for each in found)


def _shown(counts: Mapping[str, int], hidden: frozenset[str]) -> int:
    return sum(count for cell, count in counts.items() if cell not in hidden)
