"""Segments of rows made coarser until nobody stands in a group that is too small.

What is left of a row's segments is shared by at least `k` people: those who stand in a small group lose
their finest segment, and so on; whoever is still too few in the end takes the smallest other group along.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

WITHHELD = "withheld"

Segments = tuple[str, ...]


def generalised(rows: Sequence[tuple[Hashable, Segments]], *, k: int) -> list[Segments]:
    """The segments each row may show, coarsest segment first; rows are (person, segments), in order.

    Every combination that comes back stands in rows of `k` different people or more, or, where there are
    fewer people in all, every row is withheld in whole.
    """
    if not rows:
        return []
    width = len(rows[0][1])
    shown: list[Segments | None] = [None] * len(rows)
    for kept in range(width, 0, -1):
        waiting = [place for place, segments in enumerate(shown) if segments is None]
        for coarse, places in _groups(rows, waiting, kept).items():
            if _people(rows, places) >= k:
                for place in places:
                    shown[place] = coarse
    nothing = (WITHHELD,) * width
    left = [place for place, segments in enumerate(shown) if segments is None]
    while left and _people(rows, left) < k:
        smallest = _smallest(rows, shown)
        if smallest is None:
            break
        taken = [place for place, segments in enumerate(shown) if segments == smallest]
        for place in taken:
            shown[place] = None
        left += taken
    return [nothing if segments is None else segments for segments in shown]


def _groups(
    rows: Sequence[tuple[Hashable, Segments]], places: Sequence[int], kept: int
) -> dict[Segments, list[int]]:
    """These rows by their first `kept` segments, the rest withheld."""
    found: dict[Segments, list[int]] = {}
    for place in places:
        segments = rows[place][1]
        coarse = segments[:kept] + (WITHHELD,) * (len(segments) - kept)
        found.setdefault(coarse, []).append(place)
    return found


def _people(rows: Sequence[tuple[Hashable, Segments]], places: Sequence[int]) -> int:
    return len({rows[place][0] for place in places})


def _smallest(rows: Sequence[tuple[Hashable, Segments]], shown: Sequence[Segments | None]) -> Segments | None:
    """The group of fewest people among those that are shown."""
    groups: dict[Segments, list[int]] = {}
    for place, segments in enumerate(shown):
        if segments is not None:
            groups.setdefault(segments, []).append(place)
    return min(groups, key=lambda each: (_people(rows, groups[each]), each)) if groups else None
