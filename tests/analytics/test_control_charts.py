import numpy as np
import pytest

from spm_bot.analytics.control_charts import Chart, chart, early, smoothed, smoothed_limit
from spm_bot.analytics.estimates import Interval
from spm_bot.analytics.indicators import Better
from spm_bot.analytics.readings import Floats
from spm_bot.analytics.signals import Verdict


def share_chart(p: float) -> Chart:
    return Chart(p, (p * (1 - p)) ** 0.5)


def week(hits: int, n: int = 50) -> Floats:
    return np.repeat((1.0, 0.0), (hits, n - hits))


# A fifth of 50 in each of 22 weeks.
USUAL = [week(10)] * 22


def test_share_limits_of_the_nist_handbook() -> None:
    """30 wafers of 50 chips, mean fraction defective .2313: NIST/SEMATECH e-Handbook, section 6.3.3.2."""
    limits = share_chart(0.2313).limits(50, sigmas=3)
    assert (limits.low, limits.high) == pytest.approx((0.0524, 0.4102), abs=5e-5)


@pytest.mark.parametrize(
    ("defective", "inspected", "p", "high"), [(117, 2000, 0.0585, 0.1289), (102, 1900, 0.0537, 0.1213)]
)
def test_share_limits_of_montgomery(defective: int, inspected: int, p: float, high: float) -> None:
    """Introduction to Statistical Quality Control, example 6-1; its lower limit of 0 lies below."""
    found = share_chart(defective / inspected)
    assert found.centre == pytest.approx(p, abs=5e-5)
    limits = found.limits(100, sigmas=3)
    assert limits.high == pytest.approx(high, abs=1e-4)
    assert limits.low < 0


def test_moving_average_of_the_nist_handbook() -> None:
    """NIST/SEMATECH e-Handbook, section 6.3.2.4: lambda .3, target 50, s 2.0539, L 3; none is out."""
    values = [
        *(52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5),
        *(49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1),
    ]
    published = [
        *(50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33),
        *(50.11, 49.36, 49.52, 50.05, 49.38, 49.92, 50.73, 51.23, 51.94, 51.99),
    ]
    averages = smoothed([(value - 50) / 2.0539 for value in values], weight=0.3)
    assert [50 + 2.0539 * average for average in averages] == pytest.approx(published, abs=0.0051)
    limit = smoothed_limit(1000, weight=0.3, width=3.0)
    assert (50 + 2.0539 * limit, 50 - 2.0539 * limit) == pytest.approx((52.5884, 47.4115), abs=5e-4)
    assert max(map(abs, averages)) < limit


def test_moving_average_limit_of_the_first_week_is_that_of_one_value() -> None:
    assert smoothed_limit(1, width=2.7) == pytest.approx(0.2 * 2.7)


def test_chart_of_a_baseline() -> None:
    assert chart([week(25)] * 12) == Chart(0.5, 0.5, 600)
    assert chart([week(10)] * 11) is None
    assert chart([week(0)] * 12) is None
    assert chart([]) is None


def test_limits_are_wider_where_the_centre_is_estimated() -> None:
    known, estimated = Chart(0.2, 0.4).limits(50), Chart(0.2, 0.4, 50).limits(50)
    assert (estimated.high - 0.2) == pytest.approx((known.high - 0.2) * 2**0.5)
    assert isinstance(known, Interval)


@pytest.mark.parametrize(
    ("last", "word"),
    [
        ([10] * 13, None),
        ([10] * 12 + [25], Verdict.WORSE),
        # 3.46 errors away: outside the limits of the textbooks, not ours.
        ([10] * 12 + [0], None),
        # No week is outside, but together they are.
        ([10] * 9 + [16] * 4, Verdict.WORSE),
        ([10] * 9 + [4] * 4, Verdict.BETTER),
        ([10] * 11 + [16] * 2, None),
        # Seven a little above.
        ([9] * 6 + [11] * 7, Verdict.WORSE),
        ([9] * 7 + [11] * 6, None),
        # A signal that is over says nothing of this week.
        ([25] + [10] * 12, None),
    ],
)
def test_early(last: list[int], word: Verdict | None) -> None:
    weeks = [*USUAL, *map(week, last)]
    assert early(weeks, better=Better.LOWER, minimum=10) is word


def test_early_knows_which_way_is_better() -> None:
    weeks = [*USUAL, *[week(10)] * 12, week(25)]
    assert early(weeks, better=Better.HIGHER, minimum=10) is Verdict.BETTER


def test_early_of_scores() -> None:
    """In units of a mean or an NPS it is the same chart."""
    scores = [np.tile((30.0, 50.0), 20)] * 34
    assert early([*scores, np.full(40, 60.0)], better=Better.LOWER, minimum=10) is Verdict.WORSE


@pytest.mark.parametrize(
    "weeks",
    [
        [],
        [week(10)] * 13,
        [*[week(10)] * 11, *[week(10)] * 12, week(40)],
        [*[week(2, 9)] * 22, *[week(10)] * 12, week(40)],
        [*USUAL, *[week(10)] * 12, week(9, 9)],
        [*USUAL, *[week(40)] * 12, week(0, 0)],
    ],
)
def test_early_is_silent_without_a_baseline_or_without_a_last_week(weeks: list[Floats]) -> None:
    assert early(weeks, better=Better.LOWER, minimum=10) is None


def test_early_passes_over_weeks_of_a_few() -> None:
    weeks = [*USUAL, *[week(10)] * 4, *[week(9, 9)] * 8, week(10)]
    assert early(weeks, better=Better.LOWER, minimum=10) is None
