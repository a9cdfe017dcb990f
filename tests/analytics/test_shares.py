from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.analytics.shares import Bound, Share, share, veiled_share


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


@pytest.mark.parametrize(
    ("count", "of", "shown"),
    [
        (9, 9, None),
        (0, 31, Share(35, Bound.UNDER)),
        (1, 31, Share(35, Bound.UNDER)),
        (9, 31, Share(35, Bound.UNDER)),
        (10, 31, Share(30)),
        (21, 31, Share(70)),
        (22, 31, Share(65, Bound.OVER)),
        (31, 31, Share(65, Bound.OVER)),
        (4, 10, Share(100, Bound.UNDER)),
        (10, 10, Share(0, Bound.OVER)),
        (50, 200, Share(25)),
        (9, 200, Share(5, Bound.UNDER)),
    ],
)
def test_managers_of_a_branch_never_see_that_it_was_a_few(count: int, of: int, shown: Share | None) -> None:
    assert veiled_share(count, of=of, minimum=10) == shown


@given(of=st.integers(10, 400))
def test_behind_the_wall_few_and_none_read_the_same(of: int) -> None:
    few = {veiled_share(count, of=of, minimum=10) for count in range(10)}
    all_but_few = {veiled_share(of - count, of=of, minimum=10) for count in range(10) if of - count >= 10}
    assert (len(few), len(all_but_few)) == (1, 1)


@given(told=st.integers(2, 80), count=st.integers(0, 9))
def test_one_more_answer_moves_no_bound(told: int, count: int) -> None:
    assert len({veiled_share(count, of=5 * told + more, minimum=10) for more in range(5)}) == 1


@given(of=st.integers(10, 29))
def test_few_answers_never_show_nobody_or_everybody(of: int) -> None:
    shown = [share(count, of=of, minimum=10) for count in range(of + 1)]
    assert (shown[0], shown[-1]) == (Share(10, Bound.UNDER), Share(90, Bound.OVER))
    assert {each.percent % 5 for each in shown if each is not None} == {0}
