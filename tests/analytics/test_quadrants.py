from dataclasses import replace
from math import atanh, sqrt, tanh

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.measures import End, Exact, Measure, Rough
from spm_bot.analytics.portfolio import Book
from spm_bot.analytics.quadrants import Corner, Place, Scatter, moving_together, scatter
from spm_bot.times import Week

WEEK = Week(2026, 47)


def row(code: str, stress: float, *, n: int = 120, half: float = 0.08, measure: Measure | None = None) -> Row:
    now = measure or Exact(n, stress, stress - half, stress + half, n)
    return Row(code, f"Branch {code}", hidden=False, now=now)


def book(branch: str | None, par30: float | None, **changes: object) -> Book:
    plain = Book(branch, None, "KES", 1000.0, par30, 0.0, 0.0, "2026-11-20")
    return replace(plain, **changes)  # type: ignore[arg-type]


def drawn(
    rows: list[Row], books: list[Book], *, stress: float | None = 0.15, par30: float | None = 0.05
) -> Scatter | None:
    return scatter(rows, books, week=WEEK, currency="KES", stress_line=stress, par30_line=par30)


def test_corners_are_told_by_the_sides_of_two_lines() -> None:
    rows = [row("D", 0.3), row("C", 0.05), row("B", 0.3), row("A", 0.06)]
    found = drawn(rows, [book("A", 0.05), book("B", 0.02), book("C", 0.09), book("D", 0.06)])
    assert found == Scatter(
        0.15,
        0.05,
        (
            Place("A", "Branch A", 0.06, 0.05, 120, Corner.NO_SIGN),
            Place("B", "Branch B", 0.3, 0.02, 120, Corner.HIDDEN_STRESS),
            Place("C", "Branch C", 0.05, 0.09, 120, Corner.CREDIT_PROBLEM),
            Place("D", "Branch D", 0.3, 0.06, 120, Corner.BOTH_HIGH),
        ),
    )


def test_range_over_the_line_names_no_corner() -> None:
    found = drawn([row("A", 0.2), row("B", 0.1)], [book("A", 0.02), book("B", 0.09)])
    assert found is not None
    assert [place.corner for place in found.places] == [Corner.UNCLEAR, Corner.UNCLEAR]


@pytest.mark.parametrize(
    ("rows", "books"),
    [
        ([row("A", 0.2, n=29)], [book("A", 0.1)]),
        ([row("A", 0.2, half=0.21)], [book("A", 0.1)]),
        ([row("A", 0.2, measure=Rough(20, End.LOW))], [book("A", 0.1)]),
        ([Row("A", "Branch A", hidden=True)], [book("A", 0.1)]),
        ([row("A", 0.2)], []),
        ([row("A", 0.2)], [book("A", None)]),
        ([row("A", 0.2)], [book("A", 0.1, currency="USD")]),
        ([row("A", 0.2)], [book("A", 0.1, product="group_loan")]),
        ([row("A", 0.2)], [book("A", 0.1, as_of="2026-10-07")]),
    ],
)
def test_branch_without_enough_on_either_side_has_no_place(rows: list[Row], books: list[Book]) -> None:
    assert drawn(rows, books) is None


def test_line_of_the_loans_is_their_own_figure_without_a_limit() -> None:
    found = drawn([row("A", 0.3)], [book(None, 0.04), book("A", 0.1)], par30=None)
    assert found is not None
    assert (found.par30_line, found.places[0].corner) == (0.04, Corner.BOTH_HIGH)
    assert drawn([row("A", 0.2)], [book("A", 0.1)], par30=None) is None
    assert drawn([row("A", 0.2)], [book("A", 0.1)], stress=None) is None


def test_whether_both_move_together_is_told_of_eight_branches() -> None:
    codes = "ABCDEFGH"
    stress = [0.10, 0.12, 0.14, 0.16, 0.18, 0.20, 0.22, 0.24]
    par30 = [0.02, 0.01, 0.04, 0.03, 0.06, 0.05, 0.08, 0.07]
    rows = [row(code, value) for code, value in zip(codes, stress, strict=True)]
    books = [book(code, value) for code, value in zip(codes, par30, strict=True)]
    few, all_ = drawn(rows[:7], books), drawn(rows, books)
    assert few is not None
    assert all_ is not None
    assert (few.together, few.low, few.high) == (None, None, None)
    # Eight differences of one: 1 - 6 * 8 / (8 * 63).
    r = 1 - 48 / 504
    half = 1.959963984540054 * sqrt((1 + r * r / 2) / 5)
    expected = (r, tanh(atanh(r) - half), tanh(atanh(r) + half))
    assert (all_.together, all_.low, all_.high) == pytest.approx(expected)


def test_moving_together_of_a_textbook() -> None:
    """IQ and hours of television of ten people, the worked example of many courses: r = -29/165."""
    iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    [r, low, high] = moving_together(list(zip(iq, hours, strict=True)))
    assert r == pytest.approx(-29 / 165)
    assert low is not None
    assert high is not None
    assert -1 < low < -29 / 165 < high < 1


def test_moving_together_in_perfect_order_is_not_certain() -> None:
    pairs = [(float(n), float(n)) for n in range(8)]
    r, low, high = moving_together(pairs)
    assert [r, high] == pytest.approx([1.0, 1.0])
    assert low is not None
    assert 0.8 < low < 0.9
    assert moving_together([(1.0, float(n)) for n in range(8)]) == (None, None, None)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=20))
def test_moving_together_lies_in_its_interval(pairs: list[tuple[int, int]]) -> None:
    r, low, high = moving_together([(float(a), float(b)) for a, b in pairs])
    if r is not None and low is not None and high is not None:
        assert -1.000001 <= low <= r <= high <= 1.000001
