from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from spm_bot.analytics.estimates import Estimate, Interval, Share, newcombe, nps, wilson

NEWCOMBE_1998_TABLE_I = [(81, 263, 0.2553, 0.3662), (0, 20, 0.0000, 0.1611)]
NEWCOMBE_1998_TABLE_II = [
    (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
    (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
    (Share(10, 10), Share(0, 20), 0.6791, 1.0000),
]
# Arithmetic by hand with z = 1.96, in per cent to two places; 159 of 531 is Schicks's sample.
BY_HAND = [
    (0, 10, 0.0, 27.75),
    (10, 10, 72.25, 100.0),
    (3, 12, 8.89, 53.23),
    (159, 531, 26.20, 33.97),
    (151, 887, 14.69, 19.64),
]

shares = st.integers(1, 400).flatmap(
    lambda n: st.integers(0, n).map(lambda hits: Share(hits, n)),
)


@pytest.mark.parametrize(("hits", "n", "low", "high"), NEWCOMBE_1998_TABLE_I)
def test_wilson_published(hits: int, n: int, low: float, high: float) -> None:
    found = wilson(Share(hits, n))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("hits", "n", "low", "high"), BY_HAND)
def test_wilson_by_hand(hits: int, n: int, low: float, high: float) -> None:
    found = wilson(Share(hits, n))
    assert (100 * found.low, 100 * found.high) == pytest.approx((low, high), abs=6e-3)


@given(shares)
def test_wilson_agrees_with_scipy(share: Share) -> None:
    found = wilson(share)
    other = binomtest(round(share.hits), round(share.n)).proportion_ci(method="wilson")
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=1e-9)


@given(shares)
def test_wilson_stays_within_bounds_around_the_share(share: Share) -> None:
    found = wilson(share)
    assert 0 <= found.low <= share.value <= found.high <= 1


@given(st.floats(0.5, 400), st.floats(0, 1))
def test_wilson_of_effective_counts(n: float, part: float) -> None:
    share = Share(min(n, n * part), n)
    found = wilson(share)
    assert 0 <= found.low <= share.value <= found.high <= 1
    twice = wilson(Share(2 * share.hits, 2 * n))
    assert twice.high - twice.low < found.high - found.low


@pytest.mark.parametrize(("first", "second", "low", "high"), NEWCOMBE_1998_TABLE_II)
def test_newcombe_published(first: Share, second: Share, low: float, high: float) -> None:
    found = newcombe(first, second)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "value", "low", "high"),
    [((10, 0, 0), 100.0, 60.8, 100.0), ((60, 25, 15), 45.0, 29.2, 57.9), ((0, 0, 10), -100.0, -100, -60.8)],
)
def test_nps_values(counts: tuple[int, int, int], value: float, low: float, high: float) -> None:
    found = nps(*counts)
    assert (found.n, found.value, found.effective) == (sum(counts), value, float(sum(counts)))
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=0.05)


def test_nps_without_detractors_is_newcombe() -> None:
    """With no one on one side the two shares are uncorrelated, and MOVER reduces to Newcombe."""
    difference = newcombe(Share(7, 12), Share(0, 12))
    assert nps(7, 5, 0) == Estimate(
        12, 100 * 7 / 12, Interval(100 * difference.low, 100 * difference.high), 12.0
    )


def test_nps_width_in_a_large_sample() -> None:
    """Shares 1/2, 1/3, 1/6: variance 5/9, so 324 answers have a standard error of 4.1409 points."""
    found = nps(162, 108, 54)
    assert found.value == pytest.approx(100 / 3)
    width = found.interval.high - found.interval.low
    assert width == pytest.approx(2 * 1.96 * 100 * sqrt(5 / 9 / 324), rel=0.02)


def test_nps_of_a_hundred_answers() -> None:
    """50, 30 and 20 of 100: the textbook's 95 % range is 30 ± 15.308, MOVER's nearly as wide."""
    found = nps(50, 30, 20)
    assert found.value == pytest.approx(30.0)
    assert found.interval.high - found.interval.low == pytest.approx(2 * 15.308, rel=0.02)


def test_nps_covers_what_it_promises() -> None:
    """Of 4,000 small samples 95 in 100 ranges hold the true score, where ±1.96 SE has 64, 87 and 92."""
    draw = np.random.default_rng(7)
    for n, p, d, covered in [(10, 0.9, 0.03, 0.951), (10, 0.6, 0.1, 0.950), (20, 0.6, 0.1, 0.949)]:
        samples, times = np.unique(
            draw.multinomial(n, [p, 1 - p - d, d], size=4000), axis=0, return_counts=True
        )
        ranges = [nps(*counts).interval for counts in samples.tolist()]
        holds = [found.low <= 100 * (p - d) <= found.high for found in ranges]
        assert times[holds].sum() / 4000 == pytest.approx(covered, abs=0.012)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_nps_is_told_from_either_side(promoters: int, passives: int, detractors: int) -> None:
    passives += 1
    one, other = nps(promoters, passives, detractors), nps(detractors, passives, promoters)
    assert one.value == -other.value
    assert one.interval.low == pytest.approx(-other.interval.high)
    assert -100 <= one.interval.low <= one.value <= one.interval.high <= 100


@pytest.mark.parametrize(("hits", "n"), [(0, 0), (3, 2), (-1, 4)])
def test_share_impossible(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        Share(hits, n)
