"""How many people may be asked about their debts in a week, so that whoever then wants help can be helped.

Both shares are those of the last 13 whole weeks; as long as too little is known of one, an assumption
stands in for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

BRAKED = frozenset({"debt_stress"})
"""Surveys after which people are asked whether somebody shall call them."""

LOOK_BACK_WEEKS = 13
COMPLETION = Fraction(4, 10)
"""Assumed share of the people we reach who answer."""
ASKING = Fraction(2, 10)
"""Assumed share of those who answer who ask for help."""
ENOUGH = 30
"""Known cases from which a share is counted and no longer assumed."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of asking: invitations that reached a phone and are over, how many of them were answered,
    responses, and how many of these ask for help. `overdue` are cases not helped in time.
    """

    delivered: int = 0
    answered: int = 0
    responses: int = 0
    asking: int = 0
    overdue: int = 0


def weekly_limit(load: Load, *, cases_per_week: int) -> int:
    """The most people to invite in a week: `cases_per_week / (completion x share asking for help)`. Nobody
    at all as long as more cases are overdue than a week can bear.
    """
    if load.overdue > cases_per_week:
        return 0
    completion = _share(load.answered, of=load.delivered, assumed=COMPLETION)
    asking = _share(load.asking, of=load.responses, assumed=ASKING)
    return cases_per_week // (completion * asking)


def _share(count: int, *, of: int, assumed: Fraction) -> Fraction:
    # None counts as one: that nobody asked for help so far is no leave to ask everybody.
    return Fraction(max(count, 1), of) if of >= ENOUGH else assumed
