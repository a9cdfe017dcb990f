"""The wall: what branch staff may see of a count of clients, and from when on.

They see nothing of today or of yesterday, steps of five, and neither "all" nor "none": what one client did
can change what is shown only where a step ends, and nobody knows how far the next one is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from spm_bot.times import DAY, at_wall, on_wall

STEP = 5
LEAST = 10
"""The smallest count that is shown, and how far from all a count seems to stay."""
SMALLEST_SAMPLE = 20
"""Of fewer people nothing is said at all."""


class Sight(StrEnum):
    """What can be made out: nothing of so small a sample, fewer than ten, or so many at least."""

    TOO_SMALL = "too_small"
    FEW = "few"
    SOME = "some"


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A count as branch staff see it; `at_least` is 0 unless some are seen."""

    sight: Sight
    at_least: int = 0


def glimpse(count: int, *, of: int) -> Glimpse:
    """What is shown of `count` people among `of` who were asked."""
    if of < SMALLEST_SAMPLE:
        return Glimpse(Sight.TOO_SMALL)
    if count < LEAST:
        return Glimpse(Sight.FEW)
    return Glimpse(Sight.SOME, min(in_steps(count), in_steps(of - LEAST)))


def in_steps(count: int) -> int:
    """The step at or below a count."""
    return count - count % STEP


def seen_until(now: datetime, *, zone: ZoneInfo) -> datetime:
    """Branch staff see counts as they stood then: at the start of yesterday, by the clocks in `zone`."""
    return at_wall(on_wall(now, zone=zone).date() - DAY, time(), zone=zone)
