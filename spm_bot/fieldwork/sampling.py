"""Who is drawn: the standing panel spread over the weeks of its cycle, and random samples."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from spm_bot.fieldwork.audience import Candidate


def panel_week(client: int, *, seed: int, cycle_weeks: int) -> int:
    """The week of the cycle, from 0, in which this client's turn comes; the same in every cycle."""
    drawn = sha256(f"{seed}:{client}".encode()).digest()
    return int.from_bytes(drawn[:8]) % cycle_weeks


def is_due(client: int, *, seed: int, cycle_weeks: int, weeks_since_start: int) -> bool:
    """Whether a client's turn in the present cycle has come by now.

    Who could not be asked in the very week (a cool-down, a late joiner) is due in a later one.
    """
    return panel_week(client, seed=seed, cycle_weeks=cycle_weeks) <= weeks_since_start % cycle_weeks


def draw(candidates: Sequence[Candidate], *, size: int, rng: Random) -> list[Candidate]:
    """A simple random sample of at most `size`, in the order given."""
    if size >= len(candidates):
        return list(candidates)
    places = sorted(rng.sample(range(len(candidates)), size))
    return [candidates[place] for place in places]
