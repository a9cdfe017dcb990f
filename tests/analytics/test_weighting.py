from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.populations import PopulationRow
from spm_bot.analytics.readings import Column, Readings
from spm_bot.analytics.weighting import Merger, Weights, client_weights

ARREARS, BRANCH, GENDER = (Dimension.ARREARS,), (Dimension.BRANCH, Dimension.GENDER), Dimension.GENDER
PRODUCT, TENURE = (Dimension.PRODUCT,), (Dimension.TENURE,)
KNOWN = {"branch": "b1", "product": "group", "gender": "f", "tenure": "to_3", "arrears": "none"}


def clients(
    count: int,
    *,
    branch: str = "b1",
    product: str = "group",
    gender: str = "f",
    tenure: str = "to_3",
    arrears: str = "none",
) -> PopulationRow:
    """As many clients as `count`; what is not said of them is as in KNOWN."""
    return PopulationRow(branch, product, "group", gender, tenure, arrears, "rural", True, count, 0)


def heard(*groups: tuple[int, Mapping[str, str]]) -> Readings:
    """Respondents in groups of equal segments, in order; what is not said is as in KNOWN."""
    rows = [KNOWN | dict(codes) for count, codes in groups for _ in range(count)]
    n = len(rows)
    return Readings(
        people=np.arange(n),
        weeks=np.ones(n, dtype=np.int64),
        surveys=_column(["debt_stress"] * n),
        segments={dimension: _column([row.get(dimension, "") for row in rows]) for dimension in Dimension},
        values={},
        unscored={},
    )


def _column(codes: Sequence[str]) -> Column:
    kinds = tuple(sorted(set(codes)))
    return Column(kinds, np.array([kinds.index(code) for code in codes], dtype=np.int64))


def weigh(readings: Readings, *population: PopulationRow) -> Weights:
    return client_weights(readings, np.arange(len(readings)), population)


def told(weights: Weights) -> tuple[object, ...]:
    return weights.margins, weights.merged, weights.converged, weights.trimmed


def test_no_client_list_weighs_nothing() -> None:
    for population in ((), (clients(0),)):
        found = weigh(heard((3, {})), *population)
        assert found.values.tolist() == [1.0, 1.0, 1.0]
        assert (found.deff, found.usable, *told(found)) == (1.0, True, (), (), True, 0)


def test_nobody_to_weigh() -> None:
    found = weigh(heard(), clients(100))
    assert (len(found.values), found.usable, *told(found)) == (0, True, (), (), True, 0)


def test_clients_who_are_all_alike_need_no_margin() -> None:
    found = weigh(heard((12, {})), clients(100))
    assert found.values.tolist() == [1.0] * 12
    assert told(found) == ((), (), True, 0)


def test_arrears_are_weighed_to_the_client_list() -> None:
    """30 and 10 heard where the list has 600 and 400: 0.6 · 40/30 and 0.4 · 40/10."""
    readings = heard((30, {}), (10, {"arrears": "over_30"}))
    found = weigh(readings, clients(600), clients(400, arrears="over_30"), clients(0, arrears="to_30"))
    assert found.values == pytest.approx([0.8] * 30 + [1.6] * 10)
    assert found.deff == pytest.approx((30 * 0.64 + 10 * 2.56) / 40)
    assert (found.usable, *told(found)) == (True, (ARREARS,), (), True, 0)


def test_only_the_places_asked_for_are_weighed() -> None:
    readings = heard((30, {}), (50, {"arrears": "to_30"}), (10, {"arrears": "over_30"}))
    places = np.flatnonzero(~readings.segments[Dimension.ARREARS].of("to_30"))
    found = client_weights(readings, places, [clients(600), clients(400, arrears="over_30")])
    assert found.values == pytest.approx([0.8] * 30 + [1.6] * 10)


def test_a_band_without_answers_goes_to_its_neighbour() -> None:
    """Of 40 in 1,000 clients late over 30 days nobody was heard: those up to 30 days late speak for them."""
    readings = heard((60, {}), (20, {"arrears": "to_30"}))
    found = weigh(readings, clients(800), clients(160, arrears="to_30"), clients(40, arrears="over_30"))
    assert found.merged == (Merger(ARREARS, (("to_30",), ("over_30",))),)
    assert found.values == pytest.approx([0.8 * 80 / 60] * 60 + [0.2 * 80 / 20] * 20)


def test_a_middle_band_goes_to_the_neighbour_that_answers_alike() -> None:
    """Of the middle band 9 in 100 answered: nearer to 1 in 10 of those very late than to 3 in 10."""
    readings = heard((30, {}), (9, {"arrears": "to_30"}), (10, {"arrears": "over_30"}))
    population = (clients(100), clients(100, arrears="to_30"), clients(100, arrears="over_30"))
    assert weigh(readings, *population).merged == (Merger(ARREARS, (("to_30",), ("over_30",))),)


def test_unknown_stands_beside_the_first_band() -> None:
    """Seven whose time is not known speak together with those who came lately."""
    readings = heard((7, {"tenure": ""}), (20, {"tenure": "under_1"}), (20, {}))
    found = weigh(readings, clients(50, tenure=""), clients(150, tenure="under_1"), clients(200))
    assert told(found) == ((TENURE,), (Merger(TENURE, (("",), ("under_1",))),), True, 0)
    assert found.values == pytest.approx([0.5 * 47 / 27] * 27 + [0.5 * 47 / 20] * 20)


def test_all_bands_too_small_are_one_cell_and_no_margin() -> None:
    readings = heard((4, {}), (3, {"arrears": "to_30"}))
    found = weigh(readings, clients(80), clients(20, arrears="to_30"))
    assert told(found) == ((), (Merger(ARREARS, (("none",), ("to_30",))),), True, 0)
    assert found.values.tolist() == [1.0] * 7


def test_a_few_men_of_a_branch_are_joined_to_its_women() -> None:
    readings = heard(
        (20, {}), (4, {"gender": "m"}), (15, {"branch": "b2"}), (15, {"branch": "b2", "gender": "m"})
    )
    found = weigh(
        readings,
        clients(100),
        clients(100, gender="m"),
        clients(100, branch="b2"),
        clients(100, branch="b2", gender="m"),
    )
    assert told(found) == ((BRANCH,), (Merger(BRANCH, (("b1", "f"), ("b1", "m"))),), True, 0)
    assert found.values == pytest.approx([0.5 * 54 / 24] * 24 + [0.25 * 54 / 15] * 30)


def test_small_products_are_put_together() -> None:
    """Two, three and eleven answers: the first two make five, and take the next smallest with them."""
    readings = heard(
        (2, {"product": "a"}), (3, {"product": "b"}), (11, {"product": "c"}), (20, {"product": "d"})
    )
    population = [
        clients(count, product=code) for code, count in (("a", 90), ("b", 10), ("c", 100), ("d", 200))
    ]
    found = weigh(readings, *population)
    assert told(found) == ((PRODUCT,), (Merger(PRODUCT, (("a",), ("b",), ("c",))),), True, 0)
    assert found.values == pytest.approx([0.5 * 36 / 16] * 16 + [0.5 * 36 / 20] * 20)


def test_small_products_that_are_enough_together_take_no_other() -> None:
    readings = heard(
        (6, {"product": "a"}), (7, {"product": "b"}), (11, {"product": "c"}), (20, {"product": "d"})
    )
    population = [clients(100, product=code) for code in "abcd"]
    assert weigh(readings, *population).merged == (Merger(PRODUCT, (("a",), ("b",))),)


def test_who_is_not_on_the_list_keeps_the_weight() -> None:
    """Five of a product that nobody has any more, and 40 whose weights are as the list has it."""
    readings = heard((5, {"product": ""}), (20, {}), (20, {"product": "school"}))
    found = weigh(readings, clients(300), clients(100, product="school"))
    assert found.values == pytest.approx([1.0] * 5 + [1.5] * 20 + [0.5] * 20)
    assert told(found) == ((PRODUCT,), (), True, 0)


def test_a_list_of_unknown_products_has_a_cell_for_them() -> None:
    readings = heard((20, {"product": ""}), (20, {}))
    found = weigh(readings, clients(100, product=""), clients(300))
    assert found.values == pytest.approx([0.5] * 20 + [1.5] * 20)


def test_several_margins_are_all_met() -> None:
    readings = heard(
        (40, {}),
        (20, {"gender": "m"}),
        (15, {"arrears": "to_30"}),
        (12, {"arrears": "to_30", "gender": "m", "product": "school"}),
        (13, {"product": "school", "tenure": "over_3"}),
    )
    population = (
        clients(500),
        clients(300, gender="m", product="school"),
        clients(150, arrears="to_30", tenure="over_3"),
        clients(250, arrears="to_30", gender="m"),
    )
    found = weigh(readings, *population)
    assert told(found) == ((ARREARS, BRANCH, PRODUCT, TENURE), (), True, 0)
    late = readings.segments[Dimension.ARREARS].of("to_30")
    men = readings.segments[GENDER].of("m")
    school = readings.segments[Dimension.PRODUCT].of("school")
    parts = [found.values[flags].sum() / 100 for flags in (late, men, school)]
    assert parts == pytest.approx([400 / 1200, 550 / 1200, 300 / 1200])
    assert found.values.sum() == pytest.approx(100)


def test_extreme_weights_are_trimmed() -> None:
    """Ten of a hundred would speak for half of the clients, each five times: three times is the most."""
    readings = heard((90, {}), (10, {"arrears": "over_30"}))
    found = weigh(readings, clients(500), clients(500, arrears="over_30"))
    assert found.values == pytest.approx([70 / 90] * 90 + [3.0] * 10)
    assert told(found) == ((ARREARS,), (), True, 10)


def test_weights_too_uneven_to_use() -> None:
    """A quarter of the answers speak for three quarters of the clients: 740 · 0.3² and 260 · 3² of 1,000."""
    readings = heard((74, {}), (26, {"arrears": "to_30"}))
    found = weigh(readings, clients(222), clients(780, arrears="to_30"))
    assert found.deff == pytest.approx(0.74 * 0.3**2 + 0.26 * 3**2, abs=0.05)
    assert found.converged
    assert not found.usable


def test_margins_that_cannot_be_met_together() -> None:
    """Whoever was heard of the late is a man and the other way round, but fewer clients are men than late."""
    readings = heard((30, {}), (30, {"arrears": "to_30", "gender": "m"}))
    found = weigh(readings, clients(100), clients(300, arrears="to_30"), clients(100, gender="m"))
    assert not found.converged
    assert not found.usable


respondents = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.fixed_dictionaries(
            {
                "branch": st.sampled_from(["b1", "b2", ""]),
                "gender": st.sampled_from(["f", "m", ""]),
                "arrears": st.sampled_from(["none", "to_30", "over_30", ""]),
                "product": st.sampled_from(["group", "school", ""]),
            }
        ),
    ),
    min_size=1,
    max_size=8,
)


@given(respondents, respondents)
def test_weights_are_positive_held_and_of_mean_one(
    answered: list[tuple[int, dict[str, str]]], listed: list[tuple[int, dict[str, str]]]
) -> None:
    readings = heard(*answered)
    found = weigh(readings, *(clients(count, **codes) for count, codes in listed))
    assert len(found.values) == len(readings)
    assert found.values.mean() == pytest.approx(1)
    assert 0.3 - 1e-6 <= found.values.min() <= found.values.max() <= 3 + 1e-6
    assert found.deff >= 1 - 1e-9
