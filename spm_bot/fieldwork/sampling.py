"""Who is drawn: the standing panel spread over the weeks of its cycle, and random samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from spm_bot.fieldwork.quotas import Stratum


def panel_week(client: int, *, seed: int, cycle_weeks: int) -> int:
    """The week of the cycle, from 0, in which this client's turn comes; the same in every cycle."""
    drawn = sha256(f"{seed}:{client}".encode()).digest()
    return int.from_bytes(drawn[:8]) % cycle_weeks


def latest_turn(client: int, *, seed: int, cycle_weeks: int, weeks_since_start: int) -> int | None:
    """The week, counted from the start, in which a client's turn in the present cycle came; None before.

    Who could not be asked in the very week (a cool-down, a late joiner) is due in a later one.
    """
    week = weeks_since_start % cycle_weeks
    turn = panel_week(client, seed=seed, cycle_weeks=cycle_weeks)
    return weeks_since_start - week + turn if turn <= week else None


def rank(client: int, *, seed: int, wave: int) -> int:
    """The place of a client in the line of those who are due, another one in each wave."""
    return int.from_bytes(sha256(f"rank:{seed}:{wave}:{client}".encode()).digest()[:8])


def draw_strata(
    frame: Mapping[Stratum, Sequence[int]], places: Mapping[Stratum, int], *, rng: Random
) -> list[tuple[int, Stratum]]:
    """A simple random sample of each stratum, as many as it has places, in an order of chance.

    Each of the N people of a stratum with n places is drawn with the chance n/N; whoever answers stands
    for N/n people of it.
    """
    drawn: list[tuple[int, Stratum]] = []
    for stratum in sorted(places):
        people = frame.get(stratum, ())
        chosen = rng.sample(people, min(places[stratum], len(people)))
        drawn.extend((client, stratum) for client in chosen)
    rng.shuffle(drawn)
    return drawn


def delay(client: int, *, seed: int, spread: timedelta) -> timedelta:
    """How long within `spread` this client's message waits: by chance, and the same each time one asks."""
    drawn = sha256(f"delay:{seed}:{client}".encode()).digest()
    return spread * (int.from_bytes(drawn[:6]) / 2**48)
