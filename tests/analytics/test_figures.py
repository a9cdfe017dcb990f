from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.analytics.estimates import Share
from spm_bot.analytics.figures import (
    Aim,
    AimKind,
    BranchRow,
    Cell,
    Figure,
    ObservationRow,
    Unscored,
    branch_rows,
    cells,
    hidden,
    institution_figures,
    total,
)
from spm_bot.analytics.measures import End, Rough, measured
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.signals import Verdict, p_value

WEEKS = frozenset({"2026-W43", "2026-W44"})
NAMES = {"a": "Busia", "b": "Åsgard", "c": "Kisumu", "d": "Siaya"}


def cell(n: int, hits: int = 0, *, unscored: int = 0) -> Cell:
    return Cell(n + unscored, n, hits, unscored)


def test_cells_count_each_respondent_once_with_the_later_answer() -> None:
    row = ObservationRow("2026-W43", "debt_stress", "DST5", 0.0, "a", 1)
    rows = [
        replace(row, week="2026-W44", value=1.0, branch="b"),
        row,
        replace(row, respondent=2, value=None),
        replace(row, respondent=3, indicator="DST2"),
        replace(row, respondent=4, week="2026-W30", value=1.0),
        replace(row, respondent=5, survey="client_satisfaction", indicator="SAT3"),
        replace(row, respondent=6, branch="closed", value=1.0),
    ]
    assert cells(rows, "DST5", weeks=WEEKS, branches=["a", "b", "c"]) == {
        "a": Cell(respondents=2, n=0, hits=0, unscored=1),
        "b": Cell(respondents=1, n=1, hits=1, unscored=0),
        "c": Cell(respondents=0, n=0, hits=0, unscored=0),
        "closed": Cell(respondents=1, n=1, hits=1, unscored=0),
    }


def test_cells_do_not_depend_on_the_order_of_rows() -> None:
    row = ObservationRow("2026-W43", "debt_stress", "DST5", 0.0, "a", 1)
    rows = [row, replace(row, week="2026-W44", value=1.0)]
    expected = {"a": cell(1, 1)}
    assert cells(rows, "DST5", weeks=WEEKS, branches=["a"]) == expected
    assert cells(reversed(rows), "DST5", weeks=WEEKS, branches=["a"]) == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"a": cell(40), "b": cell(50)}, set()),
        ({"a": cell(9), "b": cell(50), "c": cell(40)}, {"a", "c"}),
        ({"a": cell(6, unscored=8), "b": cell(50), "c": cell(40)}, {"a", "c"}),
        ({"a": cell(6, unscored=8), "b": cell(8, unscored=9), "c": cell(40)}, {"a", "b"}),
    ],
    ids=["all large", "few people", "few scored", "two with few scored"],
)
def test_hidden_by_people_then_by_the_items_own_answers(table: dict[str, Cell], expected: set[str]) -> None:
    assert hidden(table, minimum=10) == expected


def test_hidden_people_leave_enough_of_the_items_answers_too() -> None:
    """Fifteen people are hidden, but only eight were scored: one more branch must go."""
    table = {"a": cell(2), "b": cell(6, unscored=7), "c": cell(30), "d": cell(40)}
    assert hidden(table, minimum=10) == {"a", "b", "c"}


def test_total_from_the_minimum_on() -> None:
    table = {"a": cell(4, 1), "b": cell(6, 2)}
    assert total(table, minimum=10) == Share(3, 10)
    assert total(table, minimum=11) is None


def figures(now: dict[str, Cell], before: dict[str, Cell], **aims: dict[str, float]) -> tuple[Figure, ...]:
    return institution_figures(
        {"DST5": (now, before)},
        minimum=10,
        limits=aims.get("limits", {}),
        targets=aims.get("targets", {}),
    )


def test_institution_figure_whole() -> None:
    found = figures(
        {"a": cell(60, 30, unscored=4), "b": cell(40, 20, unscored=6)},
        {"a": cell(100, 20)},
        limits={"DST5": 0.15},
        targets={"DST5": 0.5, "SAT3": 0.9},
    )
    assert found == (
        Figure(
            indicator="DST5",
            now=measured(Share(50, 100)),
            before=measured(Share(20, 100)),
            verdict=Verdict.WORSE,
            aims=(
                Aim(AimKind.LIMIT, 0.15, Standing.NOT_MET),
                Aim(AimKind.TARGET, 0.5, Standing.TOO_CLOSE),
            ),
            unscored=Unscored(10, 110),
        ),
    )


def test_institution_figure_under_the_minimum_says_nothing() -> None:
    found = figures({"a": cell(9, 4, unscored=30)}, {"a": cell(50, 4)}, limits={"DST5": 0.1})
    before = measured(Share(4, 50))
    aim = Aim(AimKind.LIMIT, 0.1, Standing.TOO_CLOSE)
    assert found == (Figure("DST5", None, before, None, (aim,), None),)
    assert not found[0].judged


def test_institution_figure_of_few_answers_gets_no_verdict() -> None:
    found = figures({"a": cell(20, 0, unscored=9)}, {}, limits={"DST5": 0.5})[0]
    assert found == Figure(
        "DST5", Rough(20, End.LOW), None, None, (Aim(AimKind.LIMIT, 0.5, Standing.TOO_CLOSE),), None
    )


@pytest.mark.parametrize(("limit", "judged"), [(0.9, True), (0.5, False)])
def test_institution_figure_is_judged_by_a_called_limit(limit: float, judged: bool) -> None:
    found = figures({"a": cell(100, 50)}, {}, limits={"DST5": limit})[0]
    assert found.judged is judged


def test_branch_rows_in_the_order_of_names() -> None:
    now = {"a": cell(40, 30), "b": cell(50, 10), "c": cell(8, 8), "d": cell(20, 10)}
    before = {"a": cell(40, 8), "b": cell(9, 1), "c": cell(40, 8), "d": cell(40, 20)}
    rows = branch_rows("DST5", now, before, names=NAMES, minimum=10, judged=frozenset("abcd"))
    assert rows == (
        BranchRow("a", "Busia", False, measured(Share(30, 40)), None, None),
        BranchRow("c", "Kisumu", True),
        BranchRow("d", "Siaya", True),
        BranchRow("b", "Åsgard", False, measured(Share(10, 50)), None, None),
    )


def test_branch_rows_judged_together() -> None:
    now = {"a": cell(40, 30), "b": cell(50, 10), "closed": cell(40, 8)}
    before = {"a": cell(40, 8), "b": cell(50, 10), "closed": cell(29, 8)}
    rows = branch_rows("DST5", now, before, names=NAMES, minimum=10, judged=frozenset(now))
    assert [(row.name, row.verdict) for row in rows] == [
        ("Busia", Verdict.WORSE),
        ("closed", None),
        ("Åsgard", Verdict.NO_CLEAR_CHANGE),
    ]
    assert rows[0].chance == p_value(Share(30, 40), Share(8, 40))
    unjudged = branch_rows("DST5", now, before, names=NAMES, minimum=10, judged=frozenset())
    assert [row.verdict for row in unjudged] == [None, None, None]


def test_branch_row_that_cannot_be_compared_is_all_chance() -> None:
    assert BranchRow("a", "Busia", True).chance == 1.0


counts = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, 9))),
    min_size=1,
)


@given(counts, counts)
def test_hidden_rows_hold_nothing_but_their_names(
    now: dict[str, tuple[int, int, int]], before: dict[str, tuple[int, int, int]]
) -> None:
    tables = [
        {code: cell(n, hits, unscored=unscored) for code, (n, hits, unscored) in window.items()}
        for window in (now, before)
    ]
    rows = branch_rows("DST5", *tables, names=NAMES, minimum=10, judged=frozenset(now))
    for row in rows:
        if row.hidden:
            assert row == BranchRow(row.code, row.name, True)
        else:
            assert row.now is not None
            assert row.now.n >= 10
    assert sum(row.hidden for row in rows) != 1 or len(rows) == 1


Answers = Callable[..., list[ObservationRow]]


def test_cells_of_made_answers(answers: Answers) -> None:
    rows = [*answers("a", 3, 7, unscored=2), *answers("a", 1, 4, ago=13)]
    assert cells(rows, "DST5", weeks=WEEKS, branches=[]) == {"a": Cell(9, 7, 3, 2)}
