from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from spm_bot.analytics.generalisation import WITHHELD, Segments, generalised

PERSON = st.integers(0, 40)
CODES = st.tuples(st.sampled_from("AB"), st.sampled_from("fm"), st.sampled_from("xyz"))


def people_by_group(rows: list[tuple[int, Segments]], shown: list[Segments]) -> dict[Segments, set[int]]:
    found = defaultdict(set)
    for (person, _), segments in zip(rows, shown, strict=True):
        found[segments].add(person)
    return found


@given(rows=st.lists(st.tuples(PERSON, CODES), max_size=120), k=st.integers(2, 12))
def test_every_group_that_is_shown_has_enough_people(rows: list[tuple[int, Segments]], k: int) -> None:
    shown = generalised(rows, k=k)
    enough = len({person for person, _ in rows}) >= k
    for segments, people in people_by_group(rows, shown).items():
        assert len(people) >= k or (not enough and segments == (WITHHELD,) * 3)


@given(rows=st.lists(st.tuples(PERSON, CODES), max_size=120), k=st.integers(2, 12))
def test_what_is_shown_is_true_and_coarser_from_the_end(rows: list[tuple[int, Segments]], k: int) -> None:
    for (_, segments), shown in zip(rows, generalised(rows, k=k), strict=True):
        kept = sum(code != WITHHELD for code in shown)
        assert shown == segments[:kept] + (WITHHELD,) * (3 - kept)


def test_large_groups_lose_nothing_and_small_ones_their_finest_segment() -> None:
    rows = [(n, ("BUN", "female", "group")) for n in range(10)]
    rows += [(n, ("BUN", "male", "group")) for n in range(10, 16)]
    rows += [(n, ("BUN", "male", "school")) for n in range(16, 20)]
    shown = generalised(rows, k=10)
    assert shown == [("BUN", "female", "group")] * 10 + [("BUN", "male", WITHHELD)] * 10


def test_the_last_few_take_the_smallest_group_along() -> None:
    rows = [(n, ("BUN",)) for n in range(12)] + [(n, ("BUS",)) for n in range(20, 40)] + [(90, ("KIT",))]
    assert generalised(rows, k=10) == [(WITHHELD,)] * 12 + [("BUS",)] * 20 + [(WITHHELD,)]


def test_nobody_is_shown_where_all_together_are_too_few() -> None:
    assert generalised([(1, ("BUN",)), (2, ("BUS",))], k=10) == [(WITHHELD,)] * 2
    assert generalised([], k=10) == []


def test_one_person_with_many_rows_is_one_person() -> None:
    assert generalised([(1, ("BUN",))] * 30, k=10) == [(WITHHELD,)] * 30
