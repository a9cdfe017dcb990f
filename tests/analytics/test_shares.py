from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.analytics.shares import Bound, Share, share


@pytest.mark.parametrize(
    ("count", "of", "shown"),
    [
        (0, 9, None),
        (9, 9, None),
        (0, 10, Share(10, Bound.UNDER)),
        (1, 10, Share(10)),
        (9, 10, Share(90)),
        (10, 10, Share(90, Bound.OVER)),
        (3, 29, Share(10)),
        (2, 29, Share(10, Bound.UNDER)),
        (10, 24, Share(40)),
        (11, 25, Share(45)),
        (0, 30, Share(0)),
        (30, 30, Share(100)),
        (1, 40, Share(3)),
        (1, 200, Share(1)),
    ],
)
def test_shares_are_as_coarse_as_few_answers_make_necessary(count: int, of: int, shown: Share | None) -> None:
    assert share(count, of=of, minimum=10) == shown


@given(of=st.integers(10, 29))
def test_few_answers_never_show_nobody_or_everybody(of: int) -> None:
    shown = [share(count, of=of, minimum=10) for count in range(of + 1)]
    assert (shown[0], shown[-1]) == (Share(10, Bound.UNDER), Share(90, Bound.OVER))
    assert {each.percent % 5 for each in shown if each is not None} == {0}
