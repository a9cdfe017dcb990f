"""The share of one answer among those of a round, as coarse as the few who gave it make necessary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor

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


def veiled_share(count: int, *, of: int, minimum: int) -> Share | None:
    """A share for managers of a branch: fewer than `minimum` people, none included, and all but so few show
    only as a bound, and everything in steps, so that the rest cannot be told from the others.
    """
    if of < minimum:
        return None
    # From the number that is told of all who answered, so that one more of them moves no bound.
    few = 100 * minimum / (of - of % STEP)
    if count < minimum:
        return Share(min(STEP * ceil(few / STEP), 100), Bound.UNDER)
    if of - count < minimum:
        return Share(max(STEP * floor((100 - few) / STEP), 0), Bound.OVER)
    return Share(STEP * int(half_up(100 * count / of / STEP)))
