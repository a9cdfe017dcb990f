from itertools import repeat

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from spm_bot.analytics.breakdowns import Beyond
from spm_bot.analytics.estimates import Share, wilson
from spm_bot.analytics.funnels import Place, beside, beta_of, drawn_together, limits, overdispersion
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.measures import Exact

# Efron, B. & Morris, C. (1977), Scientific American 236(5): hits of 18 players in 45 at bats, and their
# averages over the rest of the season.
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7], dtype=float)
SEASON = np.array(
    [
        *(0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269),
        *(0.230, 0.264, 0.256, 0.303, 0.264, 0.226, 0.285, 0.316, 0.200),
    ]
)
# Boys among twelve children of 6,115 families in Saxony (Geissler 1889), by their number from 0 to 12.
FAMILIES = (3, 24, 104, 286, 670, 1033, 1343, 1112, 829, 478, 181, 45, 7)


def cell(hits: float, n: int, *, unit: Unit = Unit.SHARE) -> Exact:
    interval = wilson(Share(hits, n))
    return Exact(n, hits / n, interval.low, interval.high, float(n), unit)


def cells(*hits: int, n: int = 100) -> dict[str, Exact]:
    return {str(place): cell(each, n) for place, each in enumerate(hits)}


def beyond(places: dict[str, Place]) -> dict[str, Beyond]:
    return {code: place.beyond for code, place in places.items() if place.beyond is not None}


def test_beta_of_the_families_of_saxony() -> None:
    """a 34.096, b 31.572, log-likelihood −12492.9: the maximum found in print for these data."""
    boys = np.repeat(np.arange(13.0), FAMILIES)
    assert beta_of(boys, np.full(len(boys), 12.0)) == pytest.approx((34.096, 31.572), rel=2e-3)


def test_drawn_together_foretells_a_season_better_than_the_averages_so_far() -> None:
    """Total squared error .077 of the averages; three and a half times less drawn together, as published."""
    at_bats = np.full(18, 45.0)
    drawn = drawn_together(HITS, at_bats)
    raw = float(np.sum((HITS / 45 - SEASON) ** 2))
    assert raw == pytest.approx(0.077, abs=2e-3)
    assert raw / float(np.sum((drawn - SEASON) ** 2)) == pytest.approx(3.5, abs=0.3)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(60, 200)), min_size=8, max_size=12))
def test_every_branch_is_drawn_towards_the_mean_of_the_beta(rows: list[tuple[int, int]]) -> None:
    hits, numbers = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    if hits.sum() == 0:
        assert drawn_together(hits, numbers).tolist() == [0.0] * len(rows)
        return
    a, b = beta_of(hits, numbers)
    raw, drawn = hits / numbers, drawn_together(hits, numbers)
    assert np.all(np.abs(drawn - a / (a + b)) <= np.abs(raw - a / (a + b)) + 1e-9)


def test_fewer_answers_are_drawn_further() -> None:
    others = {str(place): cell(hits, 100) for place, hits in enumerate((10, 15, 20, 25, 30, 20, 15))}
    few = beside({**others, "far": cell(20, 40)})["far"].shrunk
    many = beside({**others, "far": cell(200, 400)})["far"].shrunk
    assert 0.2 < few < many < 0.5


def test_branches_that_differ_by_chance_alone_become_one() -> None:
    places = beside(cells(*repeat(20, 8)))
    assert [place.shrunk for place in places.values()] == pytest.approx([0.2] * 8, abs=1e-4)
    assert beyond(places) == {}


@pytest.mark.parametrize("hits", [0, 100])
def test_without_any_difference_nothing_is_beyond(hits: int) -> None:
    assert beside(cells(*repeat(hits, 8))) == {str(place): Place(hits / 100, None) for place in range(8)}


def test_limits_hold_the_chance_they_say() -> None:
    low, high = limits(200, target=0.2, chance=0.05)
    # Between the two whole answers next to the limit the chance passes from under to over.
    assert binom.cdf(int(low * 200), 200, 0.2) <= 0.025 <= binom.cdf(int(low * 200) + 1, 200, 0.2)
    assert binom.sf(int(high * 200) + 1, 200, 0.2) <= 0.025 <= binom.sf(int(high * 200) - 1, 200, 0.2)
    assert (low, high) == pytest.approx((0.2 - 0.0554, 0.2 + 0.0554), abs=0.004)


def test_limits_widen_with_fewer_answers_and_with_a_smaller_chance() -> None:
    assert limits(50, target=0.2, chance=0.05)[1] > limits(200, target=0.2, chance=0.05)[1]
    assert limits(50, target=0.2, chance=0.002)[1] > limits(50, target=0.2, chance=0.05)[1]
    assert limits(0.2, target=0.2, chance=0.05) == limits(1, target=0.2, chance=0.05)


def test_overdispersion_is_the_winsorised_mean_of_squares() -> None:
    numbers = np.full(11, 100.0)
    z = np.array([-9.0, -2.0, -1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 9.0])
    found = overdispersion(0.5 + 0.05 * z, numbers, target=0.5)
    # The outermost on each side count like their neighbours.
    assert found == pytest.approx(np.mean([4, 4, 1, 1, 0, 0, 0, 1, 1, 4, 4]))


@pytest.mark.parametrize(
    ("hits", "expected"),
    [
        ((20,) * 9, {}),
        ((*(20,) * 8, 31), {"8": Beyond.ABOVE}),
        ((*(20,) * 8, 40), {"8": Beyond.FAR_ABOVE}),
        ((*(20,) * 8, 11), {"8": Beyond.BELOW}),
        ((*(20,) * 8, 5), {"8": Beyond.FAR_BELOW}),
        # Where all branches differ by themselves, none stands out.
        ((5, 10, 15, 20, 25, 30, 35, 8, 33), {}),
    ],
)
def test_beyond_the_funnel(hits: tuple[int, ...], expected: dict[str, Beyond]) -> None:
    assert beyond(beside(cells(*hits))) == expected


def test_no_funnel_for_fewer_than_eight_or_for_other_units() -> None:
    assert beside(cells(*(20,) * 7)) == {}
    assert beside({}) == {}
    scores = {code: Exact(100, 20.0, 10.0, 30.0, 100.0, Unit.NPS) for code in "abcdefgh"}
    assert beside(scores) == {}
