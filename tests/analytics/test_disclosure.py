from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spm_bot.analytics.disclosure import Known, Range, Sum, proven_safe, proven_together, ranges


def test_ranges_of_a_table_with_two_margins() -> None:
    """Two by two with rows 12 and 8, columns 15 and 5: the least and the greatest of each cell."""
    known = Known(4, (Sum((0, 1), 12), Sum((2, 3), 8), Sum((0, 2), 15), Sum((1, 3), 5)))
    assert ranges(known, ((0,), (1,), (2,), (3,), (0, 3))) == (
        Range(7, 12),
        Range(0, 5),
        Range(3, 8),
        Range(0, 5),
        Range(7, 17),
    )


def test_ranges_of_a_hidden_row_and_column() -> None:
    """Cox (1980): a cell beside which only its row is hidden is known exactly by its column."""
    known = Known(3, (Sum((0, 1), 9), Sum((1,), 7), Sum((2,), 4)))
    assert ranges(known, ((0,), (2,))) == (Range(2, 2), Range(4, 4))


@pytest.mark.parametrize(
    "known",
    [Known(2, (Sum((0,), 3), Sum((0, 1), 2))), Known(2, (Sum((0,), 3),))],
    ids=["contradiction", "endless"],
)
def test_ranges_are_none_where_nothing_is_proven(known: Known) -> None:
    assert ranges(known, ((1,),)) is None


def test_ranges_are_none_when_there_is_no_time() -> None:
    known = Known(300, tuple(Sum(tuple(range(place, place + 50)), 40 + place) for place in range(250)))
    assert ranges(known, tuple((place,) for place in range(20)), seconds=0.0) is None


@pytest.mark.parametrize(
    ("counts", "hidden", "safe"),
    [
        ({"a": 3, "b": 40}, "", True),
        ({"a": 3, "b": 40, "c": 6}, "ac", False),
        ({"a": 4, "b": 40, "c": 6}, "ac", True),
        ({"a": 40, "b": 3}, "a", False),
        ({"a": 0, "b": 0, "c": 30}, "ab", False),
    ],
    ids=["nothing hidden", "nine together", "ten together", "one alone", "two of nothing"],
)
def test_proven_safe(counts: dict[str, int], hidden: str, safe: bool) -> None:
    assert proven_safe([counts], hidden=frozenset(hidden), minimum=11) is safe


def test_proven_safe_in_every_measure() -> None:
    answers, new = {"a": 30, "b": 40, "c": 50}, {"a": 2, "b": 3, "c": 40}
    assert proven_safe([answers], hidden=frozenset("ab"), minimum=10)
    assert not proven_safe([answers, new], hidden=frozenset("ab"), minimum=10)


def test_proven_together() -> None:
    """Of 53 people the first two are 26 and the third 24: either alone leaves the rest open, not both."""
    counts = [13, 13, 24, 3]
    assert proven_together(counts, told=[(0, 1)], kept=[(2,), (3,)], least=28)
    assert proven_together(counts, told=[(2,)], kept=[(0,), (3,)], least=30)
    assert not proven_together(counts, told=[(0, 1), (2,)], kept=[(3,)], least=2)
    assert proven_together(counts, told=[(0, 1), (2,)], kept=[], least=2)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=3), st.integers(2, 8))
@settings(deadline=None)
def test_proven_safe_agrees_with_trying_all(hidden: list[int], minimum: int) -> None:
    counts = {str(place): count for place, count in enumerate(hidden)} | {"shown": 20}
    whole = sum(hidden)
    possible = [tried for tried in product(range(whole + 1), repeat=len(hidden)) if sum(tried) == whole]
    widest = all(len({tried[place] for tried in possible}) >= minimum for place in range(len(hidden)))
    cells = frozenset(counts) - {"shown"}
    assert proven_safe([counts], hidden=cells, minimum=minimum) is widest
