"""Which cells of a table stay hidden so that nobody can be worked out from what is shown."""

from __future__ import annotations

from collections.abc import Mapping

RARE = 5
"""Fewer people than this who gave, or did not give, a sensitive answer are never told."""


def hidden_cells(
    counts: Mapping[str, int], *, minimum: int, already: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The cells of a one-way table with a public total that must not be shown.

    Cells under `minimum`, zero included, those `already` hidden for another reason, and those that
    `covered` adds. Where the whole table holds less than `minimum`, the total must be hidden by the caller.
    """
    small = frozenset(cell for cell, count in counts.items() if count < minimum)
    return covered(counts, small | (already & counts.keys()), minimum=minimum)


def covered(counts: Mapping[str, int], hidden: frozenset[str], *, minimum: int) -> frozenset[str]:
    """The `hidden` cells and, if there is any, the smallest others that they need beside them.

    Others follow until at least two are hidden and together hold at least `minimum`: total minus
    shown cells then leaves each hidden count more than `minimum` possible values.
    """
    if not hidden:
        return hidden
    found = set(hidden)
    together = sum(counts[cell] for cell in hidden)
    for cell in sorted(counts.keys() - hidden, key=lambda cell: (counts[cell], cell)):
        if len(found) >= 2 and together >= minimum:
            break
        found.add(cell)
        together += counts[cell]
    return frozenset(found)
