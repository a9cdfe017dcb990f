from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.fieldwork.capacity import ASKING, COMPLETION, Load, weekly_limit

counts = st.integers(0, 500)
loads = st.builds(
    lambda delivered, answered, responses, asking: Load(
        delivered, min(answered, delivered), responses, min(asking, responses)
    ),
    counts,
    counts,
    counts,
    counts,
)


@pytest.mark.parametrize(
    ("load", "limit"),
    [
        (Load(), 312),  # 25 / (0.4 x 0.2)
        (Load(delivered=29, answered=29, responses=29, asking=29), 312),
        (Load(delivered=30, answered=15, responses=15, asking=15), 250),  # 25 / (15/30 x 0.2)
        (Load(delivered=29, answered=29, responses=30, asking=3), 625),  # 25 / (0.4 x 3/30)
        (Load(delivered=200, answered=100, responses=100, asking=50), 100),  # 25 / (0.5 x 0.5)
        (Load(delivered=100, answered=100, responses=100, asking=100), 25),
        (Load(delivered=40, answered=0, responses=0), 5000),  # none counts as one: 25 / (1/40 x 0.2)
        (Load(delivered=40, answered=40, responses=40, asking=0), 1000),  # 25 / (1 x 1/40)
        (Load(overdue=25), 312),
        (Load(overdue=26), 0),
    ],
)
def test_limit_follows_from_who_answers_and_who_asks_for_help(load: Load, limit: int) -> None:
    assert weekly_limit(load, cases_per_week=25) == limit


@given(loads, st.integers(1, 200))
def test_those_who_will_ask_for_help_can_be_helped(load: Load, cases: int) -> None:
    """So many invitations bring, at the rates assumed, no more cases than a week can bear."""
    limit = weekly_limit(load, cases_per_week=cases)
    completion = Fraction(max(load.answered, 1), load.delivered) if load.delivered >= 30 else COMPLETION
    asking = Fraction(max(load.asking, 1), load.responses) if load.responses >= 30 else ASKING
    assert limit * completion * asking <= cases < (limit + 1) * completion * asking
    assert limit >= cases
