import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.analytics.raking import OUTSIDE, Margin, kish, post_stratify, rake, trim
from spm_bot.analytics.readings import Floats, Ints


def column(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def cells(*places: int) -> Ints:
    return np.array(places, dtype=np.int64)


def test_kish() -> None:
    """Weights 1, 1, 1, 3: 4 · 12 / 6² = 4/3, so that four answers are worth three."""
    assert kish(column(1, 1, 1, 3)) == pytest.approx(4 / 3)
    assert kish(column(2, 2, 2)) == pytest.approx(1.0)


@pytest.mark.parametrize("weights", [column(), column(0, 0)])
def test_kish_of_nothing(weights: Floats) -> None:
    with pytest.raises(ValueError, match="no weights"):
        kish(weights)


def test_post_stratified_sums() -> None:
    """Three answers of 1,000 women and one of 500 men: 4 × 2/3 over three, 4 × 1/3 for the one."""
    found = post_stratify(np.ones(4), Margin(cells(0, 0, 0, 1), column(1000, 500)))
    assert found == pytest.approx([8 / 9, 8 / 9, 8 / 9, 4 / 3])


def test_answers_outside_a_margin_keep_their_weight() -> None:
    found = post_stratify(column(1, 1, 1, 7), Margin(cells(0, 0, 1, OUTSIDE), column(1, 1)))
    assert found == pytest.approx([0.75, 0.75, 1.5, 7])


@pytest.mark.parametrize(
    ("places", "people"),
    [(cells(0, 0), column(5, 5)), (cells(0, 1), column(5, 0)), (cells(0, 2), column(5, 5))],
)
def test_margins_with_an_empty_cell(places: Ints, people: Floats) -> None:
    with pytest.raises(ValueError, match="in each of its cells"):
        Margin(places, people)


def test_no_margins_change_nothing() -> None:
    found = rake(column(1, 2), [])
    assert (found.weights.tolist(), found.converged) == ([1.0, 2.0], True)


def test_margins_that_contradict_each_other() -> None:
    """The same two cells twice, once even and once one to three: the first, more important one is met."""
    places = cells(0, 0, 1, 1)
    found = rake(np.ones(4), [Margin(places, column(1, 1)), Margin(places, column(1, 3))])
    assert not found.converged
    assert found.weights == pytest.approx([1, 1, 1, 1])


def test_trimmed() -> None:
    found = trim(column(*[0.1] * 2, *[1.0] * 17, 9.8))
    assert found.mean() == pytest.approx(27 / 20)
    assert found.max() == pytest.approx(3 * found.mean())
    assert found[0] > 0.3 * found.mean()  # lifted, like all others, by what the largest gave away


def test_even_weights_need_no_trimming() -> None:
    assert trim(column(2, 2, 4)).tolist() == [2, 2, 4]


@st.composite
def raked_samples(draw: st.DrawFn) -> tuple[Floats, list[Margin]]:
    """Two margins in which every pair of cells has an answer, so that they can be met."""
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    times = draw(st.lists(st.integers(1, 9), min_size=rows * columns, max_size=rows * columns))
    first, second = np.divmod(np.repeat(np.arange(rows * columns), times), columns)
    people = st.integers(1, 5000)
    margins = [
        Margin(places, np.array(draw(st.lists(people, min_size=size, max_size=size)), dtype=np.float64))
        for places, size in ((first, rows), (second, columns))
    ]
    return np.ones(len(first)), margins


@given(raked_samples())
def test_raking_meets_every_margin(sample: tuple[Floats, list[Margin]]) -> None:
    start, margins = sample
    found = rake(start, margins)
    assert found.converged
    assert found.weights.min() > 0
    assert found.weights.sum() == pytest.approx(start.sum())
    for margin in margins:
        sums = np.bincount(margin.cells, weights=found.weights)
        assert sums / sums.sum() == pytest.approx(margin.people / margin.people.sum(), abs=1e-7)


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=50))
def test_trimmed_weights_are_held(drawn: list[float]) -> None:
    weights = np.array(drawn)
    found = trim(weights)
    assert found.mean() == pytest.approx(weights.mean())
    assert found.min() >= 0.3 * weights.mean() * (1 - 1e-6)
    assert found.max() <= 3 * weights.mean() * (1 + 1e-6)
    assert kish(found) <= kish(weights) + 1e-9
