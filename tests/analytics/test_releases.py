from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spm_bot.analytics.dimensions import PUBLISHED, Dimension
from spm_bot.analytics.disclosure import Known, Range, Sum, ranges
from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.readings import Column, Ints, Readings, ordinal
from spm_bot.analytics.releases import WHOLE, Cell, Fresh, Hidden, Last, Rare, Release, Stands, Total, release
from spm_bot.analytics.windows import Window, window
from spm_bot.times import Week
from tests.analytics.gathered import Response, gathered, responses

# The digests of W40, W44 and W49 are the first of their months.
FORMER, WEEK, LATER = Week(2026, 40), Week(2026, 44), Week(2026, 49)
BRANCH = Dimension.BRANCH


def released(
    found: Iterable[Response],
    week: Week = WEEK,
    *,
    indicator: str = "DST5",
    last: Last | None = None,
    codes: Sequence[str] = "abc",
) -> Release:
    return release(
        gathered(found),
        week,
        minimum=10,
        totals=[indicator],
        tables=[(BRANCH, indicator)],
        codes={BRANCH: tuple(codes)},
        last=last or {},
    )


def told(found: Total | Cell) -> object:
    """A cell as a whole value: how many answers it has, or the last week it stands for."""
    match found:
        case Fresh(places):
            return len(places)
        case Stands(weeks):
            return weeks.last
        case other:
            return other


def total(found: Release, indicator: str = "DST5") -> object:
    return told(found.totals[indicator])


def table(found: Release, indicator: str = "DST5") -> dict[str, object]:
    return {code: told(cell) for code, cell in found.cells[BRANCH, indicator].items()}


def after(found: Release, last: Last) -> Last:
    """What was shown last once this digest is out: where nothing moved on, what was shown before."""
    shown: dict[tuple[Dimension | None, str, str], Window] = {}
    for indicator, whole in found.totals.items():
        if isinstance(whole, Fresh | Rare):
            shown[None, indicator, WHOLE] = found.window
    for (dimension, indicator), cells in found.cells.items():
        shown |= {
            (dimension, indicator, code): found.window
            for code, cell in cells.items()
            if isinstance(cell, Fresh)
        }
    return {**last, **shown}


def each(counts: dict[str, int], *, week: Week = WEEK, hits: int = 0) -> list[Response]:
    return [row for code, n in counts.items() for row in responses(code, hits, n, week=week)]


HIDDEN = Hidden()


def test_total_from_the_minimum_on() -> None:
    assert total(released(each({"a": 9}))) == HIDDEN
    assert total(released(each({"a": 9, "b": 1}))) == 10


def test_total_counts_answers_of_its_window_only() -> None:
    found = released([*each({"a": 30}, week=WEEK.minus(13)), *each({"b": 12}, week=WEEK.minus(12))])
    assert total(found) == 12
    assert found.window == window(WEEK)


def test_total_stands_until_enough_answers_are_new() -> None:
    last: Last = {(None, "DST5", WHOLE): window(WEEK.minus(2))}
    old = each({"a": 40}, week=WEEK.minus(2))
    assert total(released([*old, *each({"a": 9})], last=last)) == "2026-W42"
    assert total(released([*old, *each({"a": 10})], last=last)) == 50


def test_total_of_a_sensitive_indicator_is_rare_under_five_on_either_side() -> None:
    for hits, expected in ((4, Rare()), (5, 40), (35, 40), (36, Rare())):
        found = released(responses("a", hits, 40, week=WEEK, indicator="DST7"), indicator="DST7", codes="a")
        assert total(found, "DST7") == expected
        assert (set(table(found, "DST7").values()) == {HIDDEN}) is (expected == Rare())


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": 10, "b": 30, "c": 20}, "abc"),
        ({"a": 9, "b": 50, "c": 40}, "b"),
        ({"b": 50, "c": 40}, "b"),
        ({"a": 6, "b": 5, "c": 40}, "c"),
        ({"a": 4, "b": 3, "c": 40}, ""),
        ({"a": 40}, ""),
    ],
    ids=["all large", "one small", "one empty", "two small", "small together", "one alone"],
)
def test_table_hides_the_small_and_their_cover_with_one_mark(counts: dict[str, int], shown: str) -> None:
    found = released(each(counts))
    assert table(found) == {code: counts[code] if code in shown else HIDDEN for code in "abc"}
    assert found.replaced == (frozenset() if shown else {(BRANCH, "DST5")})


def test_table_of_one_cell_is_its_total() -> None:
    assert table(released(each({"a": 40}), codes="a")) == {"a": 40}


def test_table_gives_the_places_of_its_answers() -> None:
    found = released([*responses("a", 1, 12, week=WEEK, silent=3), *each({"b": 15, "c": 20})])
    cell = found.cells[BRANCH, "DST5"]["b"]
    assert isinstance(cell, Fresh)
    assert cell.places.tolist() == list(range(15, 30))


def test_cell_known_from_earlier_weeks_is_there_and_hidden() -> None:
    found = released([*each({"z": 1}, week=WEEK.minus(20)), *each({"a": 12, "b": 30, "c": 20})])
    assert table(found) == {"a": HIDDEN, "b": 30, "c": 20, "z": HIDDEN}


@pytest.mark.parametrize(
    ("answers", "silent", "shown"),
    [
        ({"a": 6, "b": 50, "c": 40}, {"a": 8}, "b"),
        ({"a": 6, "b": 8, "c": 40}, {"a": 8, "b": 9}, "c"),
        ({"a": 2, "b": 6, "c": 30}, {"a": 9, "b": 7}, ""),
    ],
    ids=["neighbour", "two of them", "eight answers are not enough"],
)
def test_few_answers_of_an_indicator_hide_a_visible_cell(
    answers: dict[str, int], silent: dict[str, int], shown: str
) -> None:
    rows = [
        row
        for code, n in answers.items()
        for row in responses(code, 0, n, week=WEEK, silent=silent.get(code, 0))
    ]
    assert table(released(rows)) == {code: answers[code] if code in shown else HIDDEN for code in "abc"}


def test_few_respondents_hide_a_cell_for_all_its_indicators() -> None:
    """And so do the cells that cover it; an indicator that few answered in d hides more."""
    rows = [
        Response(WEEK, code, {"DST5": 0.0, "DST6": 40.0})
        for code, n in (("a", 9), ("b", 50), ("c", 40))
        for _ in range(n)
    ]
    rows += [Response(WEEK, "d", {"DST5": 0.0}) for _ in range(45)]
    tables = [(BRANCH, "DST5"), (BRANCH, "DST6")]
    found = release(
        gathered(rows), WEEK, minimum=10, totals=["DST5", "DST6"], tables=tables, codes={}, last={}
    )
    assert table(found, "DST5") == {"a": HIDDEN, "b": 50, "c": HIDDEN, "d": 45}
    assert table(found, "DST6") == {"a": HIDDEN, "b": 50, "c": HIDDEN, "d": HIDDEN}


def test_sensitive_cells_need_thirty_answers_and_five_on_either_side() -> None:
    def sensitive(counts: dict[str, tuple[int, int]]) -> dict[str, object]:
        rows = [
            row
            for code, (hits, n) in counts.items()
            for row in responses(code, hits, n, week=WEEK, indicator="CAS0")
        ]
        return table(released(rows, indicator="CAS0", codes=""), "CAS0")

    large = {"x": (20, 60), "y": (25, 70), "z": (30, 80)}
    assert sensitive({**large, "a": (5, 30), "b": (25, 30)}) == {"a": 30, "b": 30, "x": 60, "y": 70, "z": 80}
    for small in ((5, 29), (4, 30), (26, 30)):
        found = sensitive({**large, "a": small})
        assert found["a"] == found["x"] == HIDDEN


def test_sensitive_cover_holds_enough_of_either_answer() -> None:
    """Two branches without a hit are no cover for each other: their sum would say that there is none."""
    rows = [
        row
        for code, hits, n in (("a", 0, 40), ("b", 0, 40), ("c", 6, 50), ("d", 9, 60), ("e", 20, 70))
        for row in responses(code, hits, n, week=WEEK, indicator="DST7")
    ]
    found = table(released(rows, indicator="DST7", codes=""), "DST7")
    assert found == {"a": HIDDEN, "b": HIDDEN, "c": HIDDEN, "d": HIDDEN, "e": 70}


def test_tables_move_only_in_the_first_digest_of_a_month() -> None:
    first = released(each({"a": 20, "b": 30, "c": 40}, week=FORMER), FORMER)
    last = after(first, {})
    rows = [
        *each({"a": 20, "b": 30, "c": 40}, week=FORMER),
        *each({"a": 20, "b": 20, "c": 20}, week=FORMER.next()),
    ]
    assert total(released(rows, FORMER.next(), last=last)) == 150
    assert table(released(rows, FORMER.next(), last=last)) == dict.fromkeys("abc", "2026-W40")
    assert table(released(rows, WEEK, last=last)) == {"a": 40, "b": 50, "c": 60}


def test_first_digest_of_all_has_tables_in_any_week() -> None:
    assert table(released(each({"a": 20, "b": 30, "c": 40}, week=WEEK.next()), WEEK.next())) == {
        "a": 20,
        "b": 30,
        "c": 40,
    }


def test_tables_stand_where_their_total_does() -> None:
    """Every branch has enough that is new since its row, but the total moved a week ago."""
    rows = [
        *each({"a": 20, "b": 30, "c": 40}, week=FORMER),
        *each({"a": 12, "b": 12, "c": 12}, week=WEEK.previous()),
    ]
    last: Last = {(None, "DST5", WHOLE): window(WEEK.previous())}
    last = {**last, **{(BRANCH, "DST5", code): window(FORMER) for code in "abc"}}
    assert table(released([*rows, *each({"a": 9})], last=last)) == dict.fromkeys("abc", "2026-W40")
    assert table(released([*rows, *each({"a": 10})], last=last)) == {"a": 42, "b": 42, "c": 52}


def test_a_row_that_stands_hides_another() -> None:
    """Nine are new in a: with b and c moved on, the new total would give them away."""
    old = each({"a": 20, "b": 30, "c": 40}, week=FORMER)
    last = after(released(old, FORMER), {})
    found = released([*old, *each({"a": 9, "b": 12, "c": 15})], last=last)
    assert table(found) == {"a": "2026-W40", "b": "2026-W40", "c": 55}


def test_rows_that_stand_together_hold_enough_that_is_new() -> None:
    """Three and four are new in a and b: both are large, but their sum before and after is known."""
    old = each({"a": 20, "b": 30, "c": 40, "d": 50}, week=FORMER)
    last = after(released(old, FORMER, codes="abcd"), {})
    found = released([*old, *each({"a": 3, "b": 4, "c": 15, "d": 20})], last=last, codes="abcd")
    assert table(found) == {"a": "2026-W40", "b": "2026-W40", "c": "2026-W40", "d": 70}


def test_cells_hidden_together_do_not_all_come_out_after_few_answers() -> None:
    """The sum of a and b was known, 19: with 20 now, the difference would be one person's answer."""
    old = each({"a": 9, "b": 10, "c": 40, "d": 50}, week=FORMER)
    first = released(old, FORMER, codes="abcd")
    assert table(first) == {"a": HIDDEN, "b": HIDDEN, "c": 40, "d": 50}
    new = each({"a": 1, "c": 15, "d": 20})
    found = released([*old, *new], last=after(first, {}), codes="abcd")
    assert table(found) == {"a": HIDDEN, "b": HIDDEN, "c": "2026-W40", "d": 70}
    more = released([*old, *new, *each({"a": 4, "b": 5})], last=after(first, {}), codes="abcd")
    assert table(more) == {"a": 14, "b": 15, "c": 55, "d": 70}


def test_row_stands_when_its_cell_has_become_small_or_unknown() -> None:
    last: Last = {(BRANCH, "DST5", code): window(FORMER) for code in "az"}
    last = {**last, (None, "DST5", WHOLE): window(FORMER)}
    found = released(each({"a": 3, "b": 20, "c": 30}), last=last)
    assert table(found) == {"a": "2026-W40", "b": HIDDEN, "c": 30, "z": "2026-W40"}


def test_unproven_tables_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spm_bot.analytics.nesting.proven_safe", lambda *_, **__: False)
    old = each({"a": 20, "b": 30, "c": 40}, week=FORMER)
    first = released(old, FORMER)
    assert first.replaced == {(BRANCH, "DST5")}
    last: Last = {(BRANCH, "DST5", "c"): window(FORMER), (None, "DST5", WHOLE): window(FORMER)}
    found = released([*old, *each({"a": 12, "b": 12, "c": 15})], last=last)
    assert table(found) == {"a": HIDDEN, "b": HIDDEN, "c": "2026-W40"}
    assert found.replaced == frozenset()


PRODUCT, METHOD = Dimension.PRODUCT, Dimension.LOAN_METHOD
NO_LOAN = {PRODUCT: "", METHOD: ""}
GROUP = {PRODUCT: "group_loan", METHOD: "group"}
BUSINESS = {PRODUCT: "business", METHOD: "individual"}
SCHOOL = {PRODUCT: "school", METHOD: "individual"}


def borrowers(*found: tuple[dict[Dimension, str], int, int], week: Week = WEEK) -> list[Response]:
    """So many people of a product, so many of whom gave the answer."""
    return [
        Response(week, "a", {"DST5": float(place < hits)}, segments=segments)
        for segments, hits, n in found
        for place in range(n)
    ]


def both(
    rows: list[Response], *, last: Last | None = None, codes: Sequence[str] = ()
) -> tuple[dict[str, object], dict[str, object]]:
    """The tables by product and by loan method."""
    found = release(
        gathered(rows),
        WEEK,
        minimum=10,
        totals=["DST5"],
        tables=[(PRODUCT, "DST5"), (METHOD, "DST5")],
        codes={PRODUCT: tuple(codes)},
        last=last or {},
    )
    products, methods = (
        {code: told(cell) for code, cell in found.cells[dimension, "DST5"].items()}
        for dimension in (PRODUCT, METHOD)
    )
    return products, methods


def test_products_and_loan_methods_move_on_together_where_nothing_is_hidden() -> None:
    rows = borrowers((BUSINESS, 20, 60), (SCHOOL, 11, 31), (GROUP, 12, 40), (NO_LOAN, 8, 32))
    assert both(rows) == (
        {"business": 60, "school": 31, "group_loan": 40, "": 32},
        {"individual": 91, "group": 40, "": 32},
    )


def test_a_product_does_not_tell_what_covers_its_loan_method() -> None:
    """Of 53 people 26 have an individual and 24 a group loan: three have none."""
    rows = borrowers((BUSINESS, 7, 13), (SCHOOL, 7, 13), (GROUP, 9, 24), (NO_LOAN, 1, 3))
    products, methods = both(rows)
    assert products == {"business": HIDDEN, "school": 13, "group_loan": 24, "": HIDDEN}
    assert set(methods.values()) == {HIDDEN}


def test_a_loan_method_does_not_tell_its_small_product() -> None:
    """Of 66 with an individual loan 60 have one for business: six have one for school."""
    rows = borrowers((BUSINESS, 20, 60), (SCHOOL, 2, 6), (NO_LOAN, 4, 12), (GROUP, 20, 50))
    products, methods = both(rows)
    assert products == {"business": 60, "school": HIDDEN, "group_loan": 50, "": HIDDEN}
    assert set(methods.values()) == {HIDDEN}


def test_a_product_that_nobody_has_is_not_told_by_the_loan_methods() -> None:
    """Two of the hidden products have 12 people, and so has their loan method: nobody has the third."""
    rows = borrowers((BUSINESS, 5, 6), (SCHOOL, 5, 6), (GROUP, 9, 24))
    products, methods = both(rows, codes=["farm"])
    assert products == {"business": HIDDEN, "school": HIDDEN, "group_loan": 24, "farm": HIDDEN}
    assert set(methods.values()) == {HIDDEN}


def test_neither_moves_where_the_products_tell_what_stands() -> None:
    """Six and nine are new in the products since they were shown, but only one since their method was."""
    rows = [
        *borrowers((BUSINESS, 20, 40), (SCHOOL, 20, 40), (GROUP, 20, 40), week=FORMER),
        *borrowers((BUSINESS, 6, 12), (SCHOOL, 6, 12), (GROUP, 6, 12), week=WEEK.minus(2)),
        *borrowers((BUSINESS, 0, 1), (GROUP, 6, 12)),
    ]
    last: Last = {(PRODUCT, "DST5", code): window(FORMER) for code in ("business", "school", "group_loan")}
    last = {**last, **{(METHOD, "DST5", code): window(WEEK.minus(2)) for code in ("individual", "group")}}
    assert both(rows, last=last) == (
        {"business": "2026-W40", "school": "2026-W40", "group_loan": "2026-W40"},
        {"individual": "2026-W42", "group": "2026-W42"},
    )


def test_a_share_told_roughly_is_not_the_rest_of_exact_ones() -> None:
    """14 of 90 and 14 of 70: of the other 20 nobody."""
    rows = [*responses("a", 14, 70, week=WEEK), *responses("b", 0, 20, week=WEEK)]
    assert table(released(rows, codes="ab")) == {"a": HIDDEN, "b": HIDDEN}


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"a": (14, 70), "b": (0, 20), "c": (15, 40)}, "a"),
        ({"a": (14, 70), "b": (0, 20), "c": (2, 20)}, "abc"),
        ({"a": (14, 70), "b": (0, 20), "c": (0, 20), "d": (9, 40)}, "a"),
        ({"a": (14, 70), "b": (20, 20), "c": (25, 40)}, "a"),
        ({"a": (14, 70), "b": (3, 20), "c": (15, 40)}, "abc"),
        ({"a": (0, 70), "b": (0, 20), "c": (0, 40)}, "abc"),
        ({"a": (14, 70), "b": (0, 20), "c": (3, 6), "d": (5, 12)}, "ab"),
    ],
    ids=["alone", "two", "two of nothing", "everybody", "told exactly", "nobody at all", "others hidden"],
)
def test_shares_told_roughly_need_each_other(counts: dict[str, tuple[int, int]], shown: str) -> None:
    rows = [row for code, (hits, n) in counts.items() for row in responses(code, hits, n, week=WEEK)]
    found = table(released(rows, codes=""))
    assert found == {code: n if code in shown else HIDDEN for code, (_, n) in counts.items()}


def test_a_share_told_roughly_is_not_the_rest_of_its_loan_method() -> None:
    """Three products are told roughly, but one of them is what 20 of 70 leaves of 20 of 90."""
    rows = borrowers((BUSINESS, 20, 70), (SCHOOL, 0, 20), (GROUP, 1, 20), (NO_LOAN, 1, 20))
    products, methods = both(rows)
    assert products == {"business": 70, "school": 20, "group_loan": 20, "": 20}
    assert set(methods.values()) == {HIDDEN}


@pytest.mark.parametrize(("hits", "shown"), [(1, "2026-W43"), (5, 112), (7, 112), (8, "2026-W43")])
def test_sensitive_total_stands_until_enough_on_either_side_are_new(hits: int, shown: object) -> None:
    """5 of 100, then 6 of 112, would be one of the twelve who came."""
    rows = [
        *responses("a", 5, 100, week=WEEK.previous(), indicator="DST7"),
        *responses("a", hits, 12, week=WEEK, indicator="DST7"),
    ]
    last: Last = {(None, "DST7", WHOLE): window(WEEK.previous())}
    assert total(released(rows, indicator="DST7", last=last), "DST7") == shown


def test_sensitive_rows_stand_until_enough_on_either_side_are_new() -> None:
    """Those that stand, too, have enough together: else the total, less the others, would tell theirs."""

    def later(**new: tuple[int, int]) -> dict[str, object]:
        rows = [row for code in "abcd" for row in responses(code, 20, 50, week=FORMER, indicator="DST7")] + [
            row
            for code, (hits, n) in new.items()
            for row in responses(code, hits, n, week=WEEK, indicator="DST7")
        ]
        last: Last = {(BRANCH, "DST7", code): window(FORMER) for code in "abcd"}
        last = {**last, (None, "DST7", WHOLE): window(FORMER)}
        return table(released(rows, indicator="DST7", codes="abcd", last=last), "DST7")

    full = {"b": (6, 12), "c": (7, 14), "d": (8, 16)}
    stands = "2026-W40"
    assert later(a=(5, 10), **full) == {"a": 60, "b": 62, "c": 64, "d": 66}
    assert later(a=(1, 12), **full) == {"a": stands, "b": stands, "c": 64, "d": 66}
    assert later(a=(0, 12), b=(4, 12), c=(7, 14), d=(8, 16)) == dict.fromkeys("abc", stands) | {"d": 66}


def test_many_answers_are_released_fast() -> None:
    """50,000 responses, 200 branches, every indicator in every table."""
    dice = np.random.default_rng(7)
    n = 50_000
    surveys = sorted({indicator.survey for indicator in CATALOGUE.values()})
    survey = dice.integers(0, len(surveys), n)

    def codes_of(many: int) -> Column:
        return Column(tuple(f"{code:03}" for code in range(many)), dice.zipf(1.3, n) % many)

    readings = Readings(
        people=np.arange(n),
        weeks=np.sort(dice.integers(ordinal("2026-W32"), ordinal("2026-W44") + 1, n)),
        surveys=Column(tuple(surveys), survey),
        segments={each: codes_of(200 if each is BRANCH else 6) for each in Dimension},
        values={
            code: np.where(survey == surveys.index(each.survey), dice.integers(0, 2, n), np.nan)
            for code, each in CATALOGUE.items()
        },
        unscored={},
    )
    tables = [(dimension, code) for dimension in PUBLISHED for code in CATALOGUE]
    begun = perf_counter()
    found = release(readings, WEEK, minimum=10, totals=list(CATALOGUE), tables=tables, codes={}, last={})
    took = perf_counter() - begun
    assert len(found.cells) == len(tables)
    assert took < 3, "a second at most on an idle machine"


MINIMUM = 5
CELLS = {BRANCH: tuple("abcd"), Dimension.GENDER: ("f", "m")}
FIRST = Week(2026, 32)
LAST = Week(2027, 1)
SPAN = LAST.since(FIRST) + 1


@st.composite
def lives(draw: st.DrawFn) -> list[Response]:
    """All answers an institution ever got: busy and quiet branches, in busy and quiet weeks."""
    rates = draw(st.fixed_dictionaries({code: st.sampled_from([0, 1, 2, 3, 6]) for code in CELLS[BRANCH]}))
    quiet = draw(st.sampled_from([0.0, 0.2, 0.5]))
    women = draw(st.sampled_from([0.5, 0.8, 0.95]))
    dice = draw(st.randoms(use_true_random=False))
    rows: list[Response] = []
    for age in reversed(range(SPAN)):
        hushed = dice.random() < quiet
        for code, rate in rates.items():
            for _ in range(dice.randint(0, 1 if hushed else 2 * rate)):
                value = None if dice.random() < 0.1 else float(dice.random() < 0.4)
                gender = {Dimension.GENDER: "f" if dice.random() < women else "m"}
                rows.append(Response(LAST.minus(age), code, {"DST5": value}, segments=gender))
    return rows


LOANS = {"business": "individual", "school": "individual", "group_loan": "group", "": ""}
PRODUCTS = {PRODUCT: tuple(LOANS), METHOD: ("individual", "group", "")}


@st.composite
def loans(draw: st.DrawFn) -> list[Response]:
    """All answers of people of four products and three loan methods, some of them rare."""
    rates = draw(st.fixed_dictionaries({code: st.sampled_from([0.0, 0.1, 0.3, 1, 3]) for code in LOANS}))
    dice = draw(st.randoms(use_true_random=False))
    return [
        Response(LAST.minus(age), "a", {"DST5": float(dice.random() < 0.4)}, segments=_loan(code))
        for age in reversed(range(SPAN))
        for code, rate in rates.items()
        for _ in range(dice.randint(0, round(2 * rate)) if rate >= 1 else int(dice.random() < rate))
    ]


def _loan(product_code: str) -> dict[Dimension, str]:
    return {PRODUCT: product_code, METHOD: LOANS[product_code]}


def digests(rows: list[Response], cells: Mapping[Dimension, tuple[str, ...]] = CELLS) -> Iterator[Release]:
    """Every week's digest, each knowing what those before it showed."""
    readings = gathered(rows)
    last: Last = {}
    for age in reversed(range(SPAN)):
        found = release(
            readings,
            LAST.minus(age),
            minimum=MINIMUM,
            totals=["DST5"],
            tables=[(dimension, "DST5") for dimension in cells],
            codes=cells,
            last=last,
        )
        yield found
        last = after(found, last)


@dataclass(frozen=True)
class Reader:
    """Who kept every digest: the unknowns are the answers of each week and of codes that go together."""

    dimensions: tuple[Dimension, ...]
    counts: Mapping[tuple[str, ...], int]

    def within(
        self, weeks: Window, dimension: Dimension | None = None, code: str | None = None
    ) -> tuple[int, ...]:
        return tuple(
            place
            for place, (week, *codes) in enumerate(self.counts)
            if weeks.first <= week <= weeks.last
            and (dimension is None or codes[self.dimensions.index(dimension)] == code)
        )

    def told(self, places: tuple[int, ...]) -> Sum:
        counts = list(self.counts.values())
        return Sum(places, sum(counts[place] for place in places))

    def works_out(self, shown: Iterable[Release]) -> tuple[Range, ...]:
        """How far each hidden count of a table that moved on can be confined."""
        sums, hidden = list[Sum](), list[tuple[int, ...]]()
        for found in shown:
            if isinstance(found.totals["DST5"], Fresh):
                sums.append(self.told(self.within(found.window)))
            for (dimension, _), cells in found.cells.items():
                fresh = [code for code, cell in cells.items() if isinstance(cell, Fresh)]
                sums += [self.told(self.within(found.window, dimension, code)) for code in fresh]
                hidden += [
                    self.within(found.window, dimension, code) for code in cells.keys() - fresh if fresh
                ]
        if not hidden:
            return ()
        confined = ranges(Known(len(self.counts), tuple(sums)), tuple(hidden), seconds=60.0)
        assert confined is not None
        return confined


WEEKS = [str(LAST.minus(age)) for age in reversed(range(SPAN))]


def reader(rows: list[Response]) -> Reader:
    counts = Counter(
        (str(row.week), row.branch, row.segments[Dimension.GENDER])
        for row in rows
        if row.values["DST5"] is not None
    )
    cells = product(WEEKS, CELLS[BRANCH], CELLS[Dimension.GENDER])
    return Reader((BRANCH, Dimension.GENDER), {cell: counts[cell] for cell in cells})


def reader_of_loans(rows: list[Response]) -> Reader:
    """One who knows which loan method each product has."""
    counts = Counter((str(row.week), row.segments[PRODUCT], row.segments[METHOD]) for row in rows)
    cells = [(week, code, method) for week in WEEKS for code, method in LOANS.items()]
    return Reader((PRODUCT, METHOD), {cell: counts[cell] for cell in cells})


@given(lives())
@settings(max_examples=25, deadline=None)
def test_no_hidden_count_can_be_worked_out(rows: list[Response]) -> None:
    """Everything published from the first answer on leaves every hidden count `MINIMUM` values or more.

    Two digests that follow each other are part of it, and so is whatever a manager's scope leaves of them.
    """
    assert all(found.values >= MINIMUM for found in reader(rows).works_out(digests(rows)))


@given(loans())
@settings(max_examples=25, deadline=None)
def test_no_hidden_count_can_be_worked_out_from_products_and_loan_methods(rows: list[Response]) -> None:
    confined = reader_of_loans(rows).works_out(digests(rows, PRODUCTS))
    assert all(found.values >= MINIMUM for found in confined)


@given(lives())
@settings(max_examples=25, deadline=None)
def test_no_cell_is_shown_that_is_small_or_differs_by_few(rows: list[Response]) -> None:
    before: dict[tuple[Dimension, str], Ints] = {}
    for found in digests(rows):
        for (dimension, _), cells in found.cells.items():
            for code, cell in cells.items():
                if isinstance(cell, Fresh):
                    old = before.get((dimension, code), cell.places[:0])
                    assert len(np.setdiff1d(cell.places, old)) >= MINIMUM
                    before[dimension, code] = cell.places


def test_a_reader_works_out_what_is_hidden_carelessly() -> None:
    """What the two tests above look for is found where one branch alone is hidden."""
    rows = [
        replace(row, segments={Dimension.GENDER: "f"}) for row in each({"a": 3, "b": 20, "c": 30, "d": 40})
    ]
    found = release(
        gathered(rows),
        WEEK,
        minimum=MINIMUM,
        totals=["DST5"],
        tables=[(BRANCH, "DST5")],
        codes=CELLS,
        last={},
    )
    cells = dict(found.cells[BRANCH, "DST5"])
    assert [code for code, cell in cells.items() if cell == HIDDEN] == ["a", "b"]
    assert reader(rows).works_out([found]) == (Range(0, 23), Range(0, 23))
    careless = replace(found, cells={(BRANCH, "DST5"): {**cells, "b": Fresh(np.arange(3, 23))}})
    assert reader(rows).works_out([careless]) == (Range(3, 3),)


def test_a_reader_works_out_what_two_tables_of_the_same_people_tell() -> None:
    rows = borrowers((BUSINESS, 7, 13), (SCHOOL, 7, 13), (GROUP, 9, 24), (NO_LOAN, 1, 3))
    kept = release(
        gathered(rows),
        WEEK,
        minimum=10,
        totals=["DST5"],
        tables=[(PRODUCT, "DST5"), (METHOD, "DST5")],
        codes={},
        last={},
    )
    careless: dict[str, Cell] = {"individual": Fresh(np.arange(26)), "group": HIDDEN, "": HIDDEN}
    apart = replace(kept, cells={**kept.cells, (METHOD, "DST5"): careless})
    assert Range(3, 3) in reader_of_loans(rows).works_out([apart])
    assert all(found.values >= 10 for found in reader_of_loans(rows).works_out([kept]))
