from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, false_discovery_control, t, ttest_ind_from_stats

from benchmarks.alarms import MONTHS, false_alarms, found, history
from spm_bot.analytics.estimates import Share, nps, wilson
from spm_bot.analytics.indicators import Better, Unit
from spm_bot.analytics.measures import End, Exact, Measure, Rough
from spm_bot.analytics.signals import Comparison, Verdict, adjusted, p_value, verdicts

# Benjamini & Hochberg 1995, section 4.1: fifteen p-values of a trial of treatments.
BH_1995 = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
]


def share(hits: float, n: int, *, effective: float | None = None) -> Exact:
    value, weighed = hits / n, n if effective is None else effective
    interval = wilson(Share(value * weighed, weighed))
    return Exact(n, value, interval.low, interval.high, weighed)


def recommended(promoters: int, passives: int, detractors: int) -> Exact:
    found = nps(promoters, passives, detractors)
    return Exact(found.n, found.value, found.interval.low, found.interval.high, found.effective, Unit.NPS)


def mean(value: float, *, deviation: float, n: int) -> Exact:
    half = float(t.ppf(0.975, n - 1)) * deviation / n**0.5
    return Exact(n, value, max(0.0, value - half), min(100.0, value + half), n, Unit.MEAN)


def test_adjusted_published() -> None:
    found = adjusted(BH_1995)
    assert sum(level <= 0.05 for level in found) == 4
    assert found[:6] == pytest.approx((0.0015, 0.0030, 0.0095, 0.035625, 0.0603, 0.06386), abs=5e-6)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_adjusted_agrees_with_scipy(p_values: list[float]) -> None:
    expected = false_discovery_control(np.array(p_values)) if p_values else np.array([])
    assert adjusted(p_values) == pytest.approx(tuple(expected))


def test_p_value_of_shares_agrees_with_the_chi_squared_test() -> None:
    other = chi2_contingency([[56, 14], [48, 32]], correction=False)
    assert p_value(share(56, 70), share(48, 80)) == pytest.approx(other.pvalue)


def test_p_value_of_weighed_shares_counts_effective_answers() -> None:
    other = chi2_contingency([[28, 7], [24, 16]], correction=False)
    found = p_value(share(56, 70, effective=35), share(48, 80, effective=40))
    assert found == pytest.approx(other.pvalue)


@pytest.mark.parametrize("hits", [0, 40])
def test_p_value_without_any_variance(hits: int) -> None:
    assert p_value(share(hits, 40), share(hits, 40)) == 1.0


def test_p_value_of_means_is_that_of_welch_but_for_the_table_of_t() -> None:
    other = ttest_ind_from_stats(44, 20, 400, 40, 22, 300, equal_var=False)
    found = p_value(mean(44, deviation=20, n=400), mean(40, deviation=22, n=300))
    assert found == pytest.approx(other.pvalue, abs=1e-3)


def test_p_value_of_means_uses_the_half_of_an_interval_that_was_not_cut() -> None:
    whole = Exact(40, 95.0, 87.0, 103.0, 40.0, Unit.MEAN)
    assert p_value(mean(80, deviation=9, n=40), whole) == p_value(
        mean(80, deviation=9, n=40), replace(whole, high=100.0)
    )


def test_p_value_of_means_that_nobody_departs_from() -> None:
    """Everybody at 40, then everybody at 50: no chance explains that, and none is needed for no change."""
    then, now = mean(40, deviation=0, n=30), mean(50, deviation=0, n=30)
    assert (p_value(now, then), p_value(now, now)) == (0.0, 1.0)


def test_p_value_of_an_nps_agrees_with_the_multinomial_variance() -> None:
    """100² (p + d − (p − d)²) / n, for enough answers that its normal range holds."""
    now, before = recommended(900, 600, 500), recommended(1000, 600, 400)
    error = (1e4 * ((0.7 - 0.2**2) + (0.7 - 0.3**2)) / 2000) ** 0.5
    normal = 2 * (1 - NormalDist().cdf(10 / error))
    assert p_value(now, before) == pytest.approx(normal, rel=0.03)
    assert p_value(before, now) == p_value(now, before)


@pytest.mark.parametrize(
    ("now", "before", "better", "word"),
    [
        (share(20, 40), share(6, 40), Better.LOWER, Verdict.WORSE),
        (share(6, 40), share(20, 40), Better.LOWER, Verdict.BETTER),
        (share(20, 40), share(6, 40), Better.HIGHER, Verdict.BETTER),
        (share(6, 40), share(20, 40), Better.HIGHER, Verdict.WORSE),
        (share(10, 40), share(9, 40), Better.LOWER, Verdict.NO_CLEAR_CHANGE),
        (recommended(40, 10, 10), recommended(15, 15, 30), Better.HIGHER, Verdict.BETTER),
        (mean(50, deviation=15, n=60), mean(30, deviation=15, n=60), Better.LOWER, Verdict.WORSE),
    ],
)
def test_verdict_of_one(now: Measure, before: Measure, better: Better, word: Verdict) -> None:
    assert verdicts({"it": Comparison(now, before, better)}) == {"it": word}


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (share(20, 29), share(3, 40)),
        (share(20, 40), share(3, 29)),
        (Rough(20, End.HIGH), share(3, 40)),
        (share(20, 40), Rough(20, End.LOW)),
    ],
)
def test_verdict_needs_thirty_in_both_windows(now: Measure, before: Measure) -> None:
    assert verdicts({"it": Comparison(now, before, Better.LOWER)}) == {}


# Alone its p is .0455: enough for one comparison, too much for one of ten.
MOVED = Comparison(share(14, 40), share(6, 40), Better.LOWER)
STILL = Comparison(share(10, 40), share(10, 40), Better.LOWER)


def still(count: int, *, few: bool = False) -> dict[str, Comparison]:
    pair = replace(STILL, now=share(7, 29)) if few else STILL
    return {f"still {place}": pair for place in range(count)}


def test_verdict_depends_on_the_family() -> None:
    """A change that alone would be called is not called as one of ten that did not move."""
    family = {"moved": MOVED, **still(9)}
    assert verdicts({"moved": MOVED}) == {"moved": Verdict.WORSE}
    assert set(verdicts(family).values()) == {Verdict.NO_CLEAR_CHANGE}


def test_those_with_too_few_answers_are_no_part_of_the_family() -> None:
    assert verdicts({"moved": MOVED, **still(9, few=True)}) == {"moved": Verdict.WORSE}


def test_what_leads_is_judged_by_half_of_the_rate_however_much_stands_beside_it() -> None:
    leading = replace(MOVED, leads=True)
    assert verdicts({"moved": leading, **still(90)})["moved"] is Verdict.WORSE
    two = {"moved": leading, "other": replace(STILL, leads=True)}
    assert verdicts({**two, **still(90)})["moved"] is Verdict.NO_CLEAR_CHANGE


def test_the_rate_can_be_stricter() -> None:
    assert verdicts({"moved": MOVED}, rate=0.01) == {"moved": Verdict.NO_CLEAR_CHANGE}


def test_few_false_alarms_and_half_of_the_lasting_rises_found() -> None:
    """The whole simulation, with 200 histories, is `python -m benchmarks.alarms`."""
    generator = np.random.default_rng(11)
    alarms = [false_alarms(history(generator)).branches for _ in range(25)]
    assert sum(alarms) / len(alarms) / MONTHS <= 0.2
    rises = [found(generator) for _ in range(1000)]
    assert sum(rises) / len(rises) >= 0.5
