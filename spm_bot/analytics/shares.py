"""The share of one answer among those of a round, as coarse as the few who gave it make necessary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spm_bot.texts import half_up

FEW_ANSWERS = 30
"""Below it shares come in steps of five, and neither nobody nor everybody is shown."""
STEP, LOW, HIGH = 5, 10, 90


class Bound(StrEnum):
    NONE = ""
    UNDER = "under"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Share:
    """A share in 100, or that it lies under or over it."""

    percent: int
    bound: Bound = Bound.NONE


def share(count: int, *, of: int, minimum: int) -> Share | None:
    """How many in 100 of those who answered; None where they are fewer than `minimum`."""
    if of < minimum:
        return None
    exact = 100 * count / of
    if of >= FEW_ANSWERS:
        return Share(int(half_up(exact)))
    if exact < LOW:
        return Share(LOW, Bound.UNDER)
    if exact > HIGH:
        return Share(HIGH, Bound.OVER)
    return Share(STEP * int(half_up(exact / STEP)))
