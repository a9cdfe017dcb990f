"""Which cells of a table stay hidden so that nobody can be worked out from what is shown."""

from __future__ import annotations

from collections.abc import Mapping


def hidden_cells(
    counts: Mapping[str, int], *, minimum: int, already: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The cells of a one-way table with a public total that must not be shown.

    Cells under `minimum`, zero included, and those `already` hidden for another reason. If there is
    any, the smallest others follow until at least two are hidden and together hold at least
    `minimum`: total minus shown cells then leaves each hidden count `minimum` possible values or
    more. Where the whole table holds less than that, the total must be hidden by the caller.
    """
    hidden = {cell for cell, count in counts.items() if count < minimum} | (already & counts.keys())
    if not hidden:
        return frozenset()
    together = sum(counts[cell] for cell in hidden)
    for cell in sorted(counts.keys() - hidden, key=lambda cell: (counts[cell], cell)):
        if len(hidden) >= 2 and together >= minimum:
            break
        hidden.add(cell)
        together += counts[cell]
    return frozenset(hidden)
