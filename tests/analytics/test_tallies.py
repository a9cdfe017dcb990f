from collections.abc import Callable
from dataclasses import replace

from spm_bot.analytics.tallies import Cell, ObservationRow, tally
from spm_bot.analytics.windows import Window

WEEKS = Window("2026-W43", "2026-W44")
EARLIER = Window("2026-W42", "2026-W43")


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
    assert tally(rows, "DST5", branches=["a", "b", "c"]).cells(WEEKS) == {
        "a": Cell(respondents=2, n=0, hits=0, unscored=1),
        "b": Cell(respondents=1, n=1, hits=1, unscored=0),
        "c": Cell(respondents=0, n=0, hits=0, unscored=0),
        "closed": Cell(respondents=1, n=1, hits=1, unscored=0),
    }


def test_cells_do_not_depend_on_the_order_of_rows() -> None:
    row = ObservationRow("2026-W43", "debt_stress", "DST5", 0.0, "a", 1)
    rows = [row, replace(row, week="2026-W44", value=1.0)]
    expected = {"a": Cell(1, 1, 1, 0)}
    assert tally(rows, "DST5", branches=["a"]).cells(WEEKS) == expected
    assert tally(reversed(rows), "DST5", branches=["a"]).cells(WEEKS) == expected


Answers = Callable[..., list[ObservationRow]]


def test_cells_of_made_answers(answers: Answers) -> None:
    rows = [*answers("a", 3, 7, unscored=2), *answers("a", 1, 4, ago=13)]
    assert tally(rows, "DST5", branches=[]).cells(WEEKS) == {"a": Cell(9, 7, 3, 2)}


def test_moved_counts_who_came_and_who_left(answers: Answers) -> None:
    rows = [*answers("a", 1, 2), *answers("a", 0, 3, ago=1), *answers("b", 1, 4, ago=2, unscored=5)]
    rows += answers("b", 1, 1, unscored=1)
    counted = tally(rows, "DST5", branches=["a", "b", "c"])
    assert counted.moved(EARLIER, WEEKS) == {"a": 2, "b": 5}
    assert counted.moved_in_all(EARLIER, WEEKS) == 7
    assert counted.moved(WEEKS, WEEKS) == {}


def test_moved_counts_a_new_answer_of_the_same_person_once() -> None:
    old = ObservationRow("2026-W42", "debt_stress", "DST5", 0.0, "a", 1)
    counted = tally([old, replace(old, week="2026-W44")], "DST5", branches=["a"])
    assert counted.moved(EARLIER, WEEKS) == {"a": 1}
    elsewhere = tally([old, replace(old, week="2026-W44", branch="b")], "DST5", branches=["a"])
    assert elsewhere.moved(EARLIER, WEEKS) == {"a": 1, "b": 1}
    assert elsewhere.moved_in_all(EARLIER, WEEKS) == 1
