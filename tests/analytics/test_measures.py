import pytest

from spm_bot.analytics.estimates import Interval, Share, wilson
from spm_bot.analytics.measures import End, Exact, Rough, measured


def test_measured_exact() -> None:
    interval = wilson(Share(57, 200))
    found = measured(Share(57, 200))
    assert found == Exact(200, 57, 0.285, interval.low, interval.high)
    assert isinstance(found, Exact)
    assert (found.share, found.interval, found.few) == (Share(57, 200), interval, False)


@pytest.mark.parametrize(
    ("hits", "n", "expected"),
    [(0, 29, End.LOW), (1, 10, End.LOW), (29, 29, End.HIGH), (9, 10, End.HIGH)],
)
def test_measured_rough_where_exact_would_tell(hits: int, n: int, expected: End) -> None:
    found = measured(Share(hits, n))
    assert found == Rough(n, expected)
    assert found.few


@pytest.mark.parametrize(("hits", "n"), [(0, 30), (30, 30), (2, 19), (16, 19)])
def test_measured_exact_where_it_tells_nothing(hits: int, n: int) -> None:
    assert isinstance(measured(Share(hits, n)), Exact)


@pytest.mark.parametrize(("n", "wide"), [(10, True), (20, True), (30, False)])
def test_measured_wide_over_twenty_points_each_way(n: int, wide: bool) -> None:
    found = measured(Share(n // 2, n))
    assert isinstance(found, Exact)
    assert (found.wide, found.few) == (wide, n < 30)


def test_turned_tells_the_other_side_exactly() -> None:
    found = measured(Share(31, 40))
    assert found.turned() == measured(Share(9, 40))
    assert found.turned().turned() == found
    interval = found.turned()
    assert isinstance(interval, Exact)
    assert interval.interval == Interval(interval.low, interval.high)


@pytest.mark.parametrize(("end", "other"), [(End.LOW, End.HIGH), (End.HIGH, End.LOW)])
def test_turned_rough(end: End, other: End) -> None:
    assert Rough(12, end).turned() == Rough(12, other)
