from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spm_bot.analytics.disclosure import Known, Sum, ranges
from spm_bot.analytics.suppression import covered, hidden_cells

tables = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 40), max_size=10)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({}, ""),
        ({"a": 10, "b": 30}, ""),
        ({"a": 9, "b": 30, "c": 20}, "ac"),
        ({"a": 0, "b": 30, "c": 20}, "ac"),
        ({"a": 3, "b": 2, "c": 20, "d": 30}, "abc"),
        ({"a": 6, "b": 5, "c": 20}, "ab"),
        ({"a": 3, "b": 12, "c": 12}, "ab"),
        ({"a": 3}, "a"),
        ({"a": 3, "b": 4}, "ab"),
    ],
)
def test_hidden_cells(counts: dict[str, int], hidden: str) -> None:
    assert hidden_cells(counts, minimum=10) == frozenset(hidden)


def test_hidden_cells_of_another_table_count_too() -> None:
    counts = {"a": 15, "b": 12, "c": 20}
    assert hidden_cells(counts, minimum=10, already=frozenset("az")) == frozenset("ab")


def test_covered_hides_nothing_for_nothing() -> None:
    assert covered({"a": 3, "b": 40}, frozenset(), minimum=10) == frozenset()
    assert covered({"a": 30, "b": 40, "c": 50}, frozenset("b"), minimum=10) == frozenset("ab")


@given(tables, st.integers(5, 15))
@settings(deadline=None)
def test_no_hidden_count_can_be_narrowed_down(counts: dict[str, int], minimum: int) -> None:
    """Who knows the total and every shown cell is left with `minimum` values or more for each other."""
    hidden = sorted(hidden_cells(counts, minimum=minimum))
    if not hidden or sum(counts.values()) < minimum:
        return
    left = sum(count for cell, count in counts.items() if cell not in hidden)
    rest = sum(counts.values()) - left
    everyone = tuple(range(len(hidden)))
    found = ranges(Known(len(hidden), (Sum(everyone, rest),)), tuple((place,) for place in everyone))
    assert found is not None
    assert all(each.values > minimum for each in found)


@pytest.mark.parametrize("counts", list(product([0, 2, 5, 9], [4, 5, 11], [3, 6])))
def test_no_hidden_count_can_be_narrowed_down_by_trying_all(counts: tuple[int, ...]) -> None:
    table = dict(zip("abc", counts, strict=True))
    hidden = sorted(hidden_cells(table, minimum=5))
    rest = sum(table[cell] for cell in hidden)
    possible = [values for values in product(range(rest + 1), repeat=len(hidden)) if sum(values) == rest]
    for place in range(len(hidden)):
        assert len({values[place] for values in possible}) >= 5


@given(tables, st.integers(5, 15))
def test_cells_shown_are_never_small(counts: dict[str, int], minimum: int) -> None:
    hidden = hidden_cells(counts, minimum=minimum)
    assert all(count >= minimum for cell, count in counts.items() if cell not in hidden)
