"""The strata of a sample: how many places and answers each is to have, and what one that falls short gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Stratum = str
"""The codes by which people were parted, as one word: `BUN/group_loan/female`."""


def stratum_of(codes: Iterable[str]) -> Stratum:
    """One word for these codes; different codes never give the same."""
    return "/".join(code.replace("\\", r"\\").replace("/", r"\/") for code in codes)


def allocate(sizes: Mapping[Stratum, int], total: int) -> dict[Stratum, int]:
    """Parts `total` by size, by largest remainders; everybody where there are no more people than that.

    Each stratum is within one of its exact share, and never above its size: a share of no more than all
    is no more than all of a stratum, even when rounded up. Of equal remainders the first by name wins.
    """
    everybody = sum(sizes.values())
    if total >= everybody:
        return dict(sizes)
    shares = {stratum: total * size // everybody for stratum, size in sizes.items()}
    nearest = sorted(sizes, key=lambda stratum: (-(total * sizes[stratum] % everybody), stratum))
    for stratum in nearest[: total - sum(shares.values())]:
        shares[stratum] += 1
    return shares


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a stratum has come. `waiting` are drawn and not yet looked at, `invited` were written to or
    will be, `answers` have come, and `quota` of them are wanted.
    """

    places: int
    quota: int | None = None
    waiting: int = 0
    invited: int = 0
    answers: int = 0


def filled(standings: Mapping[Stratum, Standing], *, quota: int | None) -> set[Stratum]:
    """Strata that have all the answers wanted of them; all of them once the round as a whole has."""
    if quota is None:
        return set()
    if sum(each.answers for each in standings.values()) >= quota:
        return set(standings)
    return {
        stratum
        for stratum, each in standings.items()
        if each.quota is not None and each.answers >= each.quota
    }


def replacements(
    standings: Mapping[Stratum, Standing], *, size: int, quota: int | None
) -> dict[Stratum, int]:
    """How many more to draw in each stratum once a wave is worked.

    Without a quota these are the places of those who could not be asked. With one, each answer a stratum
    is short of gets as many places as the round had for an answer, as far as `size` has any left.
    """
    if quota is None:
        gaps = {stratum: each.places - each.invited for stratum, each in standings.items()}
        return {stratum: gap for stratum, gap in gaps.items() if gap > 0}
    full = filled(standings, quota=quota)
    wanted = {
        stratum: -(-((each.quota or 0) - each.answers) * size // quota)
        for stratum, each in standings.items()
        if stratum not in full
    }
    left = max(0, size - sum(each.invited for each in standings.values()))
    return {stratum: places for stratum, places in allocate(wanted, left).items() if places > 0}
