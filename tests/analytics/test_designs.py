import csv
from dataclasses import dataclass
from math import isnan, nan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from spm_bot.analytics.designs import Derived, Design, design, difference, mean, ratio, t_quantile
from spm_bot.analytics.estimates import Z95, Interval
from spm_bot.analytics.estimation import effective_size
from spm_bot.analytics.raking import Margin, post_stratify, rake
from spm_bot.analytics.readings import Flags, Floats, Ints

SCHOOLS = Path(__file__).parent / "schools"
# Schools by level E, H, M and by growth target missed, met: the margins in R's manual of `rake`.
BY_LEVEL = np.array([4421.0, 755.0, 1018.0])
BY_GROWTH = np.array([1072.0, 5122.0])


def column(file: str, name: str) -> NDArray[np.str_]:
    with (SCHOOLS / file).open(encoding="utf-8") as text:
        return np.array([row[name] for row in csv.DictReader(text)])


@dataclass(frozen=True, slots=True, eq=False)
class Schools:
    """15 of 757 districts with all their schools, each of which stands for 33.847."""

    scores: Floats
    level: NDArray[np.str_]
    met: Flags
    districts: Ints

    @property
    def weights(self) -> Floats:
        return np.full(len(self.scores), 33.84699631)

    def drawn(self, weights: Floats | None = None) -> Design:
        n = len(self.scores)
        given = self.weights if weights is None else weights
        return design(n, weights=given, clusters=self.districts, populations=np.full(n, 757.0))

    def cells(self) -> tuple[Ints, Ints]:
        return np.searchsorted(["E", "H", "M"], self.level), self.met.astype(np.int64)


@pytest.fixture(scope="module")
def schools() -> Schools:
    return Schools(
        column("clusters.csv", "score").astype(np.float64),
        column("clusters.csv", "level"),
        column("clusters.csv", "growth") == "Yes",
        column("clusters.csv", "district").astype(np.int64),
    )


def test_plain_sample_of_a_finite_population() -> None:
    scores = column("plain.csv", "score").astype(np.float64)
    weights, population = np.full(200, 30.97), np.full(200, 6194.0)
    found = mean(scores, design(200, weights=weights, populations=population))
    assert (found.value, found.error) == pytest.approx((656.585, 9.249722), abs=5e-7)
    normal = (found.value - Z95 * found.error, found.value + Z95 * found.error)
    assert normal == pytest.approx((638.4559, 674.7141), abs=5e-5)
    assert found.df == 199
    assert found.deff == pytest.approx(1.0)


def test_plain_sample_of_an_endless_population() -> None:
    found = mean(column("plain.csv", "score").astype(np.float64), design(200))
    assert (found.value, found.error) == pytest.approx((656.585, 9.402772), abs=5e-7)


def test_clusters(schools: Schools) -> None:
    found = mean(schools.scores, schools.drawn())
    assert (found.value, found.error) == pytest.approx((644.169399, 23.542241), abs=5e-7)
    assert found.df == 14
    assert found.deff == pytest.approx(9.3459, abs=5e-5)
    interval = found.interval()
    assert (interval.low, interval.high) == pytest.approx((593.6763, 694.6625), abs=5e-5)


@pytest.mark.parametrize(
    ("level", "value", "error"),
    [("E", 648.868, 22.362409), ("H", 618.571, 38.020249), ("M", 631.440, 31.609465)],
)
def test_domain_in_the_whole_design(schools: Schools, level: str, value: float, error: float) -> None:
    found = mean(schools.scores, schools.drawn(), domain=schools.level == level)
    assert found.value == pytest.approx(value, abs=5e-4)
    assert found.error == pytest.approx(error, abs=5e-7)


def test_a_domain_mean_is_a_ratio_over_the_domain(schools: Schools) -> None:
    domain = schools.level == "H"
    within = mean(schools.scores, schools.drawn(), domain=domain)
    over = ratio(schools.scores * domain, domain.astype(np.float64), schools.drawn())
    assert (over.value, over.error) == pytest.approx((within.value, within.error))
    assert isnan(over.deff)


def test_ratio_within_a_domain(schools: Schools) -> None:
    """Scores over twice the number of schools are half the mean, with half its error."""
    domain = schools.level == "H"
    found = ratio(schools.scores, np.full(183, 2.0), schools.drawn(), domain=domain)
    assert (2 * found.value, 2 * found.error) == pytest.approx((618.5714286, 38.020249))
    assert found.df == 7  # districts with a high school, less one


def test_difference_of_domains(schools: Schools) -> None:
    drawn = schools.drawn()
    found = difference(schools.scores, drawn, first=schools.level == "H", second=schools.level == "E")
    assert found.value == pytest.approx(-30.297, abs=5e-4)
    assert found.error == pytest.approx(30.028, abs=5e-4)


def test_t_test_of_two_domains(schools: Schools) -> None:
    found = difference(schools.scores, schools.drawn(), first=schools.met, second=~schools.met)
    assert found.value == pytest.approx(41.319, abs=5e-4)
    assert found.value / found.error == pytest.approx(2.109, abs=5e-4)
    assert found.df == 13
    interval = found.interval()
    assert (interval.low, interval.high) == pytest.approx((-1.0066, 83.6447), abs=1e-4)


def test_nps_of_clusters(schools: Schools) -> None:
    promotions = np.select([schools.scores >= 700, schools.scores < 600], [100.0, -100.0], 0.0)
    found = mean(promotions, schools.drawn())
    assert (found.value, found.error, found.deff) == pytest.approx((-1.6393, 18.5297, 9.1382), abs=5e-5)


def test_share_of_clusters(schools: Schools) -> None:
    found = mean(schools.met.astype(np.float64), schools.drawn())
    assert (found.value, found.error) == pytest.approx((0.874317, 0.020359), abs=5e-7)
    size = effective_size(found.value * (1 - found.value), error=found.error, n=183, df=found.df)
    assert size == pytest.approx(224.37, abs=0.02)


def test_post_stratified(schools: Schools) -> None:
    level, _ = schools.cells()
    drawn = schools.drawn(post_stratify(schools.weights, Margin(level, BY_LEVEL)))
    found = mean(schools.scores, drawn, margins=(level,))
    assert (found.value, found.error) == pytest.approx((642.310788, 23.92049), abs=5e-6)
    assert mean(schools.scores, drawn).error > found.error


def test_raked(schools: Schools) -> None:
    """R stops at a rough match and takes residuals margin by margin: 641.2302 with an error of 23.70364."""
    level, growth = schools.cells()
    raked = rake(schools.weights, [Margin(level, BY_LEVEL), Margin(growth, BY_GROWTH)])
    drawn = schools.drawn(raked.weights)
    found = mean(schools.scores, drawn, margins=(level, growth))
    assert found.value == pytest.approx(641.2303, abs=1e-3)
    assert found.error == pytest.approx(23.7036, abs=0.05)
    assert mean(schools.scores, drawn).error == pytest.approx(23.8062, abs=5e-5)


def test_strata_take_their_differences_out_of_the_error() -> None:
    """By hand: 1, 3 and 11, 13 weigh alike; each stratum has the variance 2, so SE² = ¼ (2/2 + 2/2)."""
    values, strata = np.array([1.0, 3.0, 11.0, 13.0]), np.array([5, 5, 8, 8])
    found = mean(values, design(4, strata=strata))
    assert (found.value, found.df) == (7.0, 2)
    assert found.error**2 == pytest.approx(0.5)
    half = mean(values, design(4, strata=strata, populations=np.full(4, 4.0)))
    assert half.error**2 == pytest.approx(0.25)


def test_a_cluster_belongs_to_its_stratum() -> None:
    """The same number in two strata is two clusters."""
    found = design(4, strata=np.array([0, 0, 1, 1]), clusters=np.array([1, 2, 1, 2]))
    assert (found.clusters.tolist(), found.strata.tolist()) == ([0, 1, 2, 3], [0, 0, 1, 1])


def test_a_lonely_cluster_is_centred_on_all() -> None:
    """By hand: terms −5, −3, 8 over 3; the pair has 2·(1² + 1²), the lonely one 8²."""
    found = mean(np.array([1.0, 3.0, 14.0]), design(3, strata=np.array([0, 0, 1])))
    assert found.error**2 == pytest.approx((2 * (1 + 1) + 64) / 9)
    assert found.df == 1


def test_people_who_answer_twice_are_one_cluster() -> None:
    """The same two people in both windows, each 10 higher: the change is certain though levels are not."""
    values, people = np.array([20.0, 60.0, 30.0, 70.0]), np.array([1, 2, 1, 2])
    now = np.array([False, False, True, True])
    paired = difference(values, design(4, clusters=people), first=now, second=~now)
    assert (paired.value, paired.error) == pytest.approx((10.0, 0.0))
    assert difference(values, design(4), first=now, second=~now).error > 20


def test_one_answer_has_no_error_of_its_own() -> None:
    found = mean(np.array([40.0]), design(1))
    assert (found.value, found.error, found.df) == (40.0, 0.0, 0)
    assert isnan(found.deff)


def test_interval_of_too_few_clusters_assumes_one_degree_of_freedom() -> None:
    assert t_quantile(0) == t_quantile(1) == pytest.approx(12.7062, abs=5e-5)
    found = Derived(10.0, 1.0, 0, nan).interval()
    assert found == Interval(10 - t_quantile(1), 10 + t_quantile(1))


@pytest.mark.parametrize(
    "weights", [np.ones(2), np.array([1.0, -1.0, 1.0]), np.array([1.0, nan, 1.0]), np.zeros(3)]
)
def test_impossible_weights(weights: Floats) -> None:
    with pytest.raises(ValueError, match=r"columns of a design|weights must"):
        design(3, weights=weights)


@pytest.mark.parametrize("populations", [np.full(3, 2.0), np.zeros(3), np.full(3, nan)])
def test_impossible_populations(populations: Floats) -> None:
    with pytest.raises(ValueError, match="fewer clusters"):
        design(3, populations=populations)


def test_no_answers_have_no_design() -> None:
    with pytest.raises(ValueError, match="columns of a design"):
        design(0)


def test_impossible_questions() -> None:
    drawn, values = design(3), np.array([1.0, 2.0, 3.0])
    nobody = np.zeros(3, dtype=np.bool_)
    with pytest.raises(ValueError, match="nobody"):
        mean(values, drawn, domain=nobody)
    with pytest.raises(ValueError, match="nobody"):
        difference(values, drawn, first=~nobody, second=nobody)
    with pytest.raises(ValueError, match="one place"):
        mean(values[:2], drawn)
    with pytest.raises(ValueError, match="one place"):
        mean(values, drawn, domain=nobody[:2])
    with pytest.raises(ValueError, match="denominator"):
        ratio(values, np.zeros(3), drawn)


weighted = st.lists(st.tuples(st.floats(0, 100), st.floats(0.3, 3)), min_size=2, max_size=40)


@given(weighted, st.floats(0.01, 100))
def test_only_the_ratios_of_weights_matter(answers: list[tuple[float, float]], unit: float) -> None:
    values, weights = (np.array(part) for part in zip(*answers, strict=True))
    one = mean(values, design(len(values), weights=weights))
    other = mean(values, design(len(values), weights=unit * weights))
    assert (one.value, one.error) == pytest.approx((other.value, other.error), abs=1e-7)
    assert values.min() - 1e-9 <= one.value <= values.max() + 1e-9
