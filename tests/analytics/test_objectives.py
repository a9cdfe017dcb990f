from datetime import date

import pytest

from spm_bot.analytics.estimates import Interval
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.indicators import Better
from spm_bot.analytics.measures import End, Exact, Measure, Rough
from spm_bot.analytics.objectives import Goal, Objective, Standing, objective_row, pace, standing

SOME = Exact(100, 0.19, 0.15, 0.24, 100.0)
TODAY = date(2026, 11, 22)
GOAL = Goal("No family is worse off.", "DST5", 0.21, 0.12, date(2027, 11, 21), "risk", date(2026, 6, 18))


@pytest.mark.parametrize(
    ("aim", "better", "expected"),
    [
        (0.15, Better.HIGHER, Standing.MET),
        (0.20, Better.HIGHER, Standing.TOO_CLOSE),
        (0.24, Better.HIGHER, Standing.TOO_CLOSE),
        (0.25, Better.HIGHER, Standing.NOT_MET),
        (0.24, Better.LOWER, Standing.MET),
        (0.20, Better.LOWER, Standing.TOO_CLOSE),
        (0.15, Better.LOWER, Standing.TOO_CLOSE),
        (0.14, Better.LOWER, Standing.NOT_MET),
        (None, Better.LOWER, Standing.NONE_SET),
    ],
)
def test_standing(aim: float | None, better: Better, expected: Standing) -> None:
    assert standing(SOME, aim=aim, better=better) is expected
    assert standing(Interval(SOME.low, SOME.high), aim=aim, better=better) is expected


@pytest.mark.parametrize("now", [None, Rough(12, End.LOW)])
def test_standing_without_an_interval(now: Measure | None) -> None:
    assert standing(now, aim=0.2, better=Better.LOWER) is Standing.TOO_CLOSE


def test_objective_row() -> None:
    figure = Figure("DST5", None, SOME, None, None)
    assert objective_row(GOAL, figure, today=TODAY) == Objective(
        mission="No family is worse off.",
        indicator="DST5",
        baseline=0.21,
        target=0.12,
        by="2027-11-21",
        owner="risk",
        approved_on="2026-06-18",
        now=SOME,
        standing=Standing.NOT_MET,
        # Seven points in four quarters.
        pace=(0.12 - 0.19) / 4,
    )


def test_objective_row_of_a_figure_not_shown() -> None:
    row = objective_row(GOAL, None, today=TODAY)
    assert (row.now, row.standing, row.pace) == (None, Standing.TOO_CLOSE, None)


@pytest.mark.parametrize(
    ("now", "better", "by", "expected"),
    [
        (SOME, Better.HIGHER, date(2027, 2, 21), 0.11),
        (SOME, Better.HIGHER, date(2026, 12, 6), 0.715),
        (SOME, Better.LOWER, date(2027, 2, 21), None),
        (SOME, Better.HIGHER, TODAY, None),
        (SOME, Better.HIGHER, date(2026, 11, 1), None),
        (Exact(100, 0.30, 0.2, 0.4, 100.0), Better.HIGHER, date(2027, 2, 21), None),
        (Rough(12, End.LOW), Better.HIGHER, date(2027, 2, 21), None),
        (None, Better.HIGHER, date(2027, 2, 21), None),
    ],
)
def test_pace(now: Measure | None, better: Better, by: date, expected: float | None) -> None:
    found = pace(now, target=0.30, by=by, today=TODAY, better=better)
    assert found == (None if expected is None else pytest.approx(expected))
