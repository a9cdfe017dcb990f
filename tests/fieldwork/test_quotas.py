from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.fieldwork.quotas import Standing, allocate, filled, replacements, stratum_of

SIZES = st.dictionaries(st.text("abc", max_size=4), st.integers(0, 10**6), max_size=40)
CODES = st.tuples(*[st.text("ab/\\", max_size=4)] * 3)


@given(CODES, CODES)
def test_different_codes_are_different_strata(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert (stratum_of(one) == stratum_of(other)) == (one == other)


def test_stratum_is_written_as_one_word_that_fits_its_column() -> None:
    assert stratum_of(("BUN", "group_loan", "")) == "BUN/group_loan/"
    assert stratum_of(()) == ""
    assert len(stratum_of(("b" * 64, "p" * 64, "g" * 16))) <= 160


@given(SIZES, st.integers(0, 10**6), st.integers(0, 99))
def test_shares_add_up_and_are_within_one_of_exact(sizes: dict[str, int], total: int, seed: int) -> None:
    everybody = sum(sizes.values())
    shares = allocate(sizes, total, rng=Random(seed))
    assert list(shares) == list(sizes)
    assert sum(shares.values()) == min(total, everybody)
    for stratum, share in shares.items():
        assert 0 <= share <= sizes[stratum]
        if everybody:
            exact = Fraction(min(total, everybody) * sizes[stratum], everybody)
            assert abs(share - exact) < 1


@given(SIZES, st.integers(0, 10**6), st.integers(0, 99))
def test_order_of_the_strata_changes_nothing(sizes: dict[str, int], total: int, seed: int) -> None:
    turned = dict(reversed(sizes.items()))
    assert allocate(turned, total, rng=Random(seed)) == allocate(sizes, total, rng=Random(seed))


@pytest.mark.parametrize(
    ("sizes", "total", "shares"),
    [
        ({"A": 500, "B": 300, "C": 200}, 10, {"A": 5, "B": 3, "C": 2}),
        ({"A": 3, "B": 2}, 9, {"A": 3, "B": 2}),
        ({"A": 3, "B": 2}, 0, {"A": 0, "B": 0}),
        ({"A": 0}, 5, {"A": 0}),
        ({}, 5, {}),
    ],
)
def test_whole_shares_leave_nothing_to_chance(
    sizes: dict[str, int], total: int, shares: dict[str, int]
) -> None:
    assert allocate(sizes, total, rng=Random(1)) == shares


def test_over_many_rounds_everybody_has_the_same_chance() -> None:
    sizes = {"A": 60, "B": 25, "C": 10, "D": 4, "E": 1}
    draws = 4_000
    places: Counter[str] = Counter()
    for seed in range(draws):
        places.update(allocate(sizes, 7, rng=Random(seed)))
    for stratum, size in sizes.items():
        assert abs(places[stratum] / draws - 7 * size / 100) < 0.03


def test_stratum_is_filled_by_its_own_answers_or_those_of_the_round() -> None:
    standings = {"A": Standing(5, quota=3, answers=3), "B": Standing(5, quota=3, answers=2)}
    assert filled(standings, quota=6) == {"A"}
    assert filled(standings, quota=None) == set()
    assert filled({**standings, "C": Standing(2, quota=0)}, quota=6) == {"A"}
    assert filled({**standings, "C": Standing(2, quota=0, answers=1)}, quota=6) == {"A", "B", "C"}


@pytest.mark.parametrize(
    ("standing", "room", "goes_on"),
    [
        (Standing(9, waiting=4), 4, True),
        (Standing(9), 0, False),
        (Standing(9, quota=5, waiting=9), 5, True),
        (Standing(9, quota=5, waiting=4, invited=5, answers=2, under_way=1), 2, True),
        (Standing(9, quota=5, waiting=4, invited=5, answers=2, under_way=3), 0, True),
        (Standing(9, quota=5, waiting=1, invited=8, answers=1), 1, True),
        (Standing(9, quota=5, waiting=4, invited=5, answers=5), 0, False),
        (Standing(9, quota=5, waiting=3, invited=6, answers=6, under_way=0), 0, False),
        (Standing(9, quota=0, waiting=9), 0, False),
    ],
)
def test_no_more_are_released_than_could_fill_the_quota(
    standing: Standing, room: int, goes_on: object
) -> None:
    assert (standing.room, standing.goes_on) == (room, goes_on)


def test_without_a_quota_those_passed_over_are_replaced() -> None:
    standings = {"A": Standing(10, invited=7), "B": Standing(4, invited=4), "C": Standing(2)}
    assert replacements(standings, size=16, quota=None, rng=Random(1)) == {"A": 3, "C": 2}


def test_with_a_quota_what_is_short_of_answers_is_drawn_as_far_as_places_are_left() -> None:
    full = Standing(20, quota=10, invited=15, answers=10)
    short = Standing(20, quota=10, invited=18, answers=7)
    # Twice as many places as answers were planned, so three answers more are worth six places.
    assert replacements({"A": full, "B": short}, size=40, quota=20, rng=Random(1)) == {"B": 6}
    assert replacements({"A": full, "B": short}, size=36, quota=20, rng=Random(1)) == {"B": 3}
    assert replacements({"A": full, "B": short}, size=33, quota=20, rng=Random(1)) == {}
    assert replacements({"A": full, "B": full}, size=40, quota=20, rng=Random(1)) == {}


@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=2),
        st.builds(
            Standing,
            st.integers(0, 50),
            quota=st.integers(0, 30),
            invited=st.integers(0, 50),
            answers=st.integers(0, 40),
        ),
    ),
    st.integers(1, 100),
)
def test_replacements_never_go_beyond_the_size(standings: dict[str, Standing], size: int) -> None:
    invited = sum(each.invited for each in standings.values())
    more = replacements(standings, size=size, quota=30, rng=Random(1))
    assert sum(more.values()) <= max(0, size - invited)
    assert not filled(standings, quota=30) & more.keys()
