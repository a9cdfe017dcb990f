import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, false_discovery_control

from spm_bot.analytics.estimates import Share
from spm_bot.analytics.indicators import Better
from spm_bot.analytics.signals import Comparison, Verdict, adjusted, p_value, verdicts

# Benjamini & Hochberg 1995, section 4.1: fifteen p-values of a trial of treatments.
BH_1995 = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
]


def test_adjusted_published() -> None:
    found = adjusted(BH_1995)
    assert sum(level <= 0.05 for level in found) == 4
    assert found[:6] == pytest.approx((0.0015, 0.0030, 0.0095, 0.035625, 0.0603, 0.06386), abs=5e-6)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_adjusted_agrees_with_scipy(p_values: list[float]) -> None:
    expected = false_discovery_control(np.array(p_values)) if p_values else np.array([])
    assert adjusted(p_values) == pytest.approx(tuple(expected))


def test_p_value_agrees_with_the_chi_squared_test() -> None:
    other = chi2_contingency([[56, 14], [48, 32]], correction=False)
    assert p_value(Share(56, 70), Share(48, 80)) == pytest.approx(other.pvalue)


@pytest.mark.parametrize("hits", [0, 40])
def test_p_value_without_any_variance(hits: int) -> None:
    assert p_value(Share(hits, 40), Share(hits, 40)) == 1.0


@pytest.mark.parametrize(
    ("now", "before", "better", "word"),
    [
        (Share(20, 40), Share(6, 40), Better.LOWER, Verdict.WORSE),
        (Share(6, 40), Share(20, 40), Better.LOWER, Verdict.BETTER),
        (Share(20, 40), Share(6, 40), Better.HIGHER, Verdict.BETTER),
        (Share(6, 40), Share(20, 40), Better.HIGHER, Verdict.WORSE),
        (Share(10, 40), Share(9, 40), Better.LOWER, Verdict.NO_CLEAR_CHANGE),
    ],
)
def test_verdict_of_one(now: Share, before: Share, better: Better, word: Verdict) -> None:
    assert verdicts({"it": Comparison(now, before, better)}) == {"it": word}


@pytest.mark.parametrize(("now", "before"), [(Share(20, 29), Share(3, 40)), (Share(20, 40), Share(3, 29))])
def test_verdict_needs_thirty_in_both_windows(now: Share, before: Share) -> None:
    assert verdicts({"it": Comparison(now, before, Better.LOWER)}) == {}


def test_verdict_depends_on_the_family() -> None:
    """A change that alone would be called is not called as one of ten that did not move."""
    moved = Comparison(Share(14, 40), Share(6, 40), Better.LOWER)
    still = Comparison(Share(10, 40), Share(10, 40), Better.LOWER)
    family = {"moved": moved} | {f"still {place}": still for place in range(9)}
    assert verdicts({"moved": moved}) == {"moved": Verdict.WORSE}
    assert set(verdicts(family).values()) == {Verdict.NO_CLEAR_CHANGE}
