"""The strata of a sample: how many places and answers each is to have, and what one that falls short gets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

Stratum = str
"""The codes by which people were parted, as one word: `BUN/group_loan/female`."""


def stratum_of(codes: Iterable[str]) -> Stratum:
    """One word for these codes; different codes never give the same."""
    return "/".join(code.replace("\\", r"\\").replace("/", r"\/") for code in codes)


def allocate(sizes: Mapping[Stratum, int], total: int, *, rng: Random) -> dict[Stratum, int]:
    """Parts `total` by size, rounding by chance; everybody where there are no more people than that.

    Each stratum is within one of its exact share, and gets the one above with the chance of its remainder:
    over many rounds all people have the same chance, also those of strata too small for a place of their
    own. No share is above its size.
    """
    everybody = sum(sizes.values())
    if total >= everybody:
        return dict(sizes)
    line = sorted(sizes)
    rng.shuffle(line)
    shares: dict[Stratum, int] = {}
    # Along a line of all exact shares, whoever a step of one comes down on gets a whole one.
    begins = -rng.randrange(everybody)
    for stratum in line:
        ends = begins + total * sizes[stratum]
        shares[stratum] = -(-ends // everybody) + (-begins // everybody)
        begins = ends
    return {stratum: shares[stratum] for stratum in sizes}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a stratum has come. `waiting` are drawn and were not released yet, `invited` were written to
    or will be, of whom `under_way` may still answer; `answers` have come, and `quota` of them are wanted.
    """

    places: int
    quota: int | None = None
    waiting: int = 0
    invited: int = 0
    answers: int = 0
    under_way: int = 0

    @property
    def room(self) -> int:
        """How many may be released now: no more than would fill the quota if all of them answered."""
        if self.quota is None:
            return self.waiting
        return min(self.waiting, max(0, self.quota - self.answers - self.under_way))

    @property
    def goes_on(self) -> bool:
        """Whether people of it who were drawn may still be asked."""
        return self.waiting > 0 and (self.quota is None or self.answers < self.quota)


def filled(standings: Mapping[Stratum, Standing], *, quota: int | None) -> set[Stratum]:
    """Strata that have all the answers wanted of them; all of them once the round as a whole has.

    A stratum of which chance wanted none is not filled by that.
    """
    if quota is None:
        return set()
    if sum(each.answers for each in standings.values()) >= quota:
        return set(standings)
    return {stratum for stratum, each in standings.items() if each.quota and each.answers >= each.quota}


def replacements(
    standings: Mapping[Stratum, Standing], *, size: int, quota: int | None, rng: Random
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
        stratum: -(-max(0, (each.quota or 0) - each.answers) * size // quota)
        for stratum, each in standings.items()
        if stratum not in full
    }
    left = max(0, size - sum(each.invited for each in standings.values()))
    return {stratum: places for stratum, places in allocate(wanted, left, rng=rng).items() if places > 0}
