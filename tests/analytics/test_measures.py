import numpy as np
import pytest

from spm_bot.analytics.estimates import Share, wilson
from spm_bot.analytics.estimation import estimate
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.measures import End, Exact, Measure, Rough, measured


def share(hits: int, n: int) -> Measure:
    values = np.array([1.0] * hits + [0.0] * (n - hits))
    return measured(estimate(values, unit=Unit.SHARE), unit=Unit.SHARE)


def test_measured_exact() -> None:
    interval = wilson(Share(57, 200))
    found = share(57, 200)
    assert found == Exact(200, 0.285, interval.low, interval.high, 200.0)
    assert not found.few


@pytest.mark.parametrize(
    ("hits", "n", "expected"),
    [(0, 29, End.LOW), (1, 10, End.LOW), (29, 29, End.HIGH), (9, 10, End.HIGH)],
)
def test_measured_rough_where_exact_would_tell(hits: int, n: int, expected: End) -> None:
    found = share(hits, n)
    assert found == Rough(n, expected)
    assert found.few


@pytest.mark.parametrize(("hits", "n"), [(0, 30), (30, 30), (2, 19), (16, 19)])
def test_measured_exact_where_it_tells_nothing(hits: int, n: int) -> None:
    assert isinstance(share(hits, n), Exact)


@pytest.mark.parametrize(("n", "wide"), [(10, True), (20, True), (30, False)])
def test_measured_wide_over_twenty_points_each_way(n: int, wide: bool) -> None:
    found = share(n // 2, n)
    assert isinstance(found, Exact)
    assert (found.wide, found.few) == (wide, n < 30)


@pytest.mark.parametrize(("unit", "values"), [(Unit.NPS, [100.0, -100.0] * 6), (Unit.MEAN, [0.0, 100.0] * 4)])
def test_other_units_are_told_with_their_few_answers(unit: Unit, values: list[float]) -> None:
    found = measured(estimate(np.array(values), unit=unit), unit=unit)
    assert isinstance(found, Exact)
    assert (found.n, found.unit, found.wide, found.few) == (len(values), unit, True, True)


def test_turned_tells_the_other_side() -> None:
    found, other = share(31, 40), share(9, 40)
    assert isinstance(found, Exact)
    assert isinstance(other, Exact)
    turned = found.turned()
    assert isinstance(turned, Exact)
    assert (turned.value, turned.low, turned.high) == pytest.approx((other.value, other.low, other.high))
    assert (turned.n, turned.effective) == (40, 40.0)


@pytest.mark.parametrize(("end", "other"), [(End.LOW, End.HIGH), (End.HIGH, End.LOW)])
def test_turned_rough(end: End, other: End) -> None:
    assert Rough(12, end).turned() == Rough(12, other)
