from collections.abc import Sequence
from math import inf, nan, sqrt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from spm_bot.analytics.designs import design, mean, t_quantile
from spm_bot.analytics.estimates import Estimate, Interval, Share, nps, wilson
from spm_bot.analytics.estimation import effective_size, estimate
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.readings import Floats

ANSWERS = {Unit.SHARE: [0.0, 1.0], Unit.NPS: [-100.0, 0.0, 100.0], Unit.MEAN: [0.0, 12.5, 50.0, 83.25, 100.0]}
BOUNDS = {Unit.SHARE: (0, 1), Unit.NPS: (-100, 100), Unit.MEAN: (0, 100)}


def answers(*counted: tuple[float, int]) -> Floats:
    return np.repeat([value for value, _ in counted], [count for _, count in counted]).astype(np.float64)


def uneven(n: int) -> Floats:
    return np.resize([0.5, 1.0, 2.0], n)


@pytest.mark.parametrize(("hits", "n"), [(81, 263), (0, 20), (159, 531), (20, 20)])
def test_plain_share_is_wilson(hits: int, n: int) -> None:
    found = estimate(answers((1, hits), (0, n - hits)), unit=Unit.SHARE)
    assert found == Estimate(n, hits / n, wilson(Share(hits, n)), float(n))


@pytest.mark.parametrize("counts", [(50, 30, 20), (10, 0, 0), (0, 0, 10), (60, 25, 15)])
def test_plain_nps_is_mover(counts: tuple[int, int, int]) -> None:
    found = estimate(answers(*zip((100, 0, -100), counts, strict=True)), unit=Unit.NPS)
    assert found == nps(*counts)


def test_plain_mean_is_the_t_interval() -> None:
    values = np.array([0.0, 20.0, 35.0, 40.0, 62.5, 90.0])
    found = estimate(values, unit=Unit.MEAN)
    textbook = ttest_1samp(values, 0).confidence_interval()
    assert (found.n, found.effective) == (6, 6.0)
    assert found.value == pytest.approx(41.25)
    assert (found.interval.low, found.interval.high) == pytest.approx((textbook.low, textbook.high))


def test_mean_stays_on_its_scale() -> None:
    found = estimate(np.array([0.0, 0.0, 2.0, 100.0, 95.0]), unit=Unit.MEAN)
    assert found.interval == Interval(0.0, 100.0)


@pytest.mark.parametrize(("value", "n"), [(0.0, 12), (100.0, 12), (40.0, 12), (40.0, 1)])
def test_mean_without_spread_claims_no_certainty(value: float, n: int) -> None:
    found = estimate(np.full(n, value), unit=Unit.MEAN)
    bounds = wilson(Share(n * value / 100, n))
    assert found.value == value
    assert (found.interval.low, found.interval.high) == pytest.approx((100 * bounds.low, 100 * bounds.high))


@pytest.mark.parametrize("unit", list(Unit))
def test_equal_weights_in_one_stratum_are_a_plain_sample(unit: Unit) -> None:
    values = np.resize(ANSWERS[unit], 17)
    found = estimate(values, unit=unit, weights=np.full(17, 2.5), strata=np.full(17, 3))
    assert found == estimate(values, unit=unit)


def test_weighted_share_is_wilson_on_effective_counts() -> None:
    """By hand: half of the weight 4; terms of ±½ · 1 three times and of ½ · ½ twice, over 4."""
    values, weights = np.array([1.0, 0.0, 1.0, 0.0, 0.0]), np.array([1.0, 1.0, 1.0, 0.5, 0.5])
    found = estimate(values, unit=Unit.SHARE, weights=weights)
    error = mean(values, design(5, weights=weights)).error
    assert error**2 == pytest.approx(5 / 4 * (3 * 0.25 + 2 * 0.0625) / 16)
    size = min(5.0, 0.25 / error**2)
    assert (found.n, found.value, found.effective) == pytest.approx((5, 0.5, size))
    assert found.interval == wilson(Share(found.effective / 2, found.effective))


def test_share_of_clusters_is_held_to_the_answers_there_are() -> None:
    """.874317 of 183 in 15 clusters with an error of .020359: as exact as 224.37, but there are 183."""
    size = effective_size(0.874317 * (1 - 0.874317), error=0.0203595, n=183, df=14)
    assert size == pytest.approx(224.37, abs=0.02)
    held = wilson(Share(0.874317 * 183, 183))
    assert (held.low, held.high) == pytest.approx((0.8185, 0.9148), abs=5e-5)


def test_an_error_from_few_clusters_is_worth_fewer_answers() -> None:
    plain, few = (effective_size(0.25, error=0.05, n=100, df=df) for df in (99, 4))
    assert plain == pytest.approx(100)
    assert few == pytest.approx(100 * (t_quantile(99) / t_quantile(4)) ** 2)


def test_an_error_of_nothing_is_worth_endless_answers() -> None:
    assert effective_size(0.25, error=0.0, n=100, df=99) == inf


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_weights_cost_answers_where_all_say_the_same(end: float) -> None:
    """Weights 1, 1, 1, 3 have the design effect 4/3: four answers are worth three."""
    found = estimate(np.full(4, end), unit=Unit.SHARE, weights=np.array([1.0, 1.0, 1.0, 3.0]))
    assert found == Estimate(4, end, wilson(Share(3 * end, 3)), 3.0)


def test_strata_make_a_share_more_exact_up_to_its_answers() -> None:
    """All of one branch said yes, all of the other no: nothing is left to chance but which answers."""
    values = answers((1, 10), (0, 10))
    found = estimate(values, unit=Unit.SHARE, strata=np.repeat([3, 4], 10))
    assert found == Estimate(20, 0.5, wilson(Share(10, 20)), 20.0)


@pytest.mark.parametrize("strata", [range(10), [0, 0, *range(1, 9)], [0, 0, 1, 1, *range(2, 8)]])
def test_strata_of_a_single_answer_count_as_one(strata: Sequence[int]) -> None:
    """Ten answers of nearly as many branches show no spread within branches: a plain sample of ten."""
    values = answers((1, 4), (0, 6))
    found = estimate(values, unit=Unit.SHARE, strata=np.array(strata))
    assert found == Estimate(10, 0.4, wilson(Share(4, 10)), 10.0)


def test_weights_stay_where_strata_are_collapsed() -> None:
    values = np.resize(ANSWERS[Unit.MEAN], 10)
    found = estimate(values, unit=Unit.MEAN, weights=uneven(10), strata=np.arange(10))
    assert found == estimate(values, unit=Unit.MEAN, weights=uneven(10))
    assert found.effective > 1


def test_two_answers_a_stratum_are_enough_to_keep_it() -> None:
    values = np.array([10.0, 20.0, 80.0, 90.0])
    strata = np.array([0, 0, 1, 1])
    derived = mean(values, design(4, strata=strata))
    found = estimate(values, unit=Unit.MEAN, strata=strata)
    assert (derived.df, found.interval) == (2, derived.interval())


def test_weighted_nps() -> None:
    """Detractors of half weight: 50 × 1 and 20 × ½ of 90; the variance of one answer over SE² is the size."""
    values = answers((100, 50), (0, 30), (-100, 20))
    weights = np.where(values == -100, 0.5, 1.0)
    found = estimate(values, unit=Unit.NPS, weights=weights)
    error = mean(values, design(100, weights=weights)).error
    spread = 100**2 * (50 / 90 + 10 / 90 - (40 / 90) ** 2)
    assert found.value == pytest.approx(100 * 40 / 90)
    assert found.effective == pytest.approx(min(100.0, spread / error**2))
    width = found.interval.high - found.interval.low
    assert width == pytest.approx(2 * 1.96 * sqrt(spread / found.effective), rel=0.03)


def test_weighted_mean_is_the_t_interval_of_the_design() -> None:
    values = np.resize(ANSWERS[Unit.MEAN], 30)
    strata = np.repeat([0, 1, 2], 10)
    found = estimate(values, unit=Unit.MEAN, weights=uneven(30), strata=strata)
    derived = mean(values, design(30, weights=uneven(30), strata=strata))
    assert (found.value, found.interval) == (derived.value, derived.interval())
    assert 0 < found.effective < 30


@pytest.mark.parametrize(
    ("values", "unit"),
    [([], Unit.SHARE), ([0.5], Unit.SHARE), ([nan], Unit.MEAN), ([100.5], Unit.MEAN), ([50.0], Unit.NPS)],
)
def test_impossible_answers(values: Sequence[float], unit: Unit) -> None:
    with pytest.raises(ValueError, match=r"without answers|is no answer"):
        estimate(np.array(values), unit=unit)


def test_columns_of_another_length() -> None:
    with pytest.raises(ValueError, match="one place for each of 3 answers"):
        estimate(np.ones(3), unit=Unit.SHARE, weights=np.ones(2))
    with pytest.raises(ValueError, match="one place for each of 3 answers"):
        estimate(np.ones(3), unit=Unit.SHARE, strata=np.ones(2, dtype=np.int64))


@st.composite
def samples(draw: st.DrawFn) -> tuple[Unit, Floats, Floats]:
    unit = draw(st.sampled_from(list(Unit)))
    drawn = draw(
        st.lists(st.tuples(st.sampled_from(ANSWERS[unit]), st.floats(0.3, 3)), min_size=1, max_size=60)
    )
    values, weights = zip(*drawn, strict=True)
    return unit, np.array(values), np.array(weights)


@given(samples())
@example((Unit.SHARE, np.array([0.0, 0.0]), np.array([0.3, 0.3])))
def test_the_range_holds_the_value_and_stays_on_the_scale(sample: tuple[Unit, Floats, Floats]) -> None:
    unit, values, weights = sample
    for found in (estimate(values, unit=unit), estimate(values, unit=unit, weights=weights)):
        low, high = BOUNDS[unit]
        assert low <= found.interval.low <= found.value
        assert found.value <= found.interval.high <= high
        assert 0 < found.effective <= found.n == len(values)


@given(samples())
def test_the_range_shrinks_with_more_of_the_same(sample: tuple[Unit, Floats, Floats]) -> None:
    unit, values, weights = sample
    one = estimate(values, unit=unit, weights=weights)
    more = estimate(np.tile(values, 4), unit=unit, weights=np.tile(weights, 4))
    assert more.value == pytest.approx(one.value)
    assert more.interval.high - more.interval.low <= one.interval.high - one.interval.low + 1e-9
    assert more.effective >= one.effective - 1e-9
