from collections.abc import Callable

import pytest

from spm_bot.analytics.estimates import Share
from spm_bot.analytics.figures import (
    Aim,
    AimKind,
    BranchRow,
    Figure,
    Unscored,
    branch_rows,
    institution_figures,
)
from spm_bot.analytics.measures import End, Rough, measured
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.releases import Shown
from spm_bot.analytics.signals import Verdict, p_value
from spm_bot.analytics.tallies import Cell, ObservationRow, tally
from spm_bot.analytics.windows import Window
from spm_bot.times import Week

Answers = Callable[..., list[ObservationRow]]

NAMES = {"a": "Busia", "b": "Åsgard", "c": "Kisumu", "d": "Siaya"}
WEEK = Week(2026, 44)
NOW, MONTH_BEFORE = Window("2026-W32", "2026-W44"), Window("2026-W28", "2026-W40")


def figures(rows: list[ObservationRow], **aims: dict[str, float]) -> tuple[Figure, ...]:
    return institution_figures(
        {"DST5": tally(rows, "DST5", branches=["a", "b"])},
        WEEK,
        minimum=10,
        limits=aims.get("limits", {}),
        targets=aims.get("targets", {}),
    )


def shown(now: tuple[int, int], before: tuple[int, int] | None = None, *, weeks: Window = NOW) -> Shown:
    """Hits and answers now and before."""
    first, second = (None if pair is None else Cell(pair[1], pair[1], pair[0], 0) for pair in (now, before))
    assert first is not None
    return Shown(weeks, first, second)


def test_institution_figure_whole(answers: Answers) -> None:
    found = figures(
        [
            *answers("a", 30, 60, unscored=4),
            *answers("b", 20, 40, unscored=6),
            *answers("a", 20, 100, ago=13),
        ],
        limits={"DST5": 0.15},
        targets={"DST5": 0.5, "SAT3": 0.9},
    )
    assert found == (
        Figure(
            indicator="DST5",
            window=NOW,
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


def test_institution_figure_under_the_minimum_says_nothing(answers: Answers) -> None:
    found = figures([*answers("a", 4, 9, unscored=30), *answers("a", 4, 50, ago=13)], limits={"DST5": 0.1})
    aim = Aim(AimKind.LIMIT, 0.1, Standing.TOO_CLOSE)
    assert found == (Figure("DST5", None, None, None, None, (aim,), None),)
    assert not found[0].judged


def test_institution_figure_of_few_answers_gets_no_verdict(answers: Answers) -> None:
    found = figures(answers("a", 0, 20, unscored=9), limits={"DST5": 0.5})[0]
    aim = Aim(AimKind.LIMIT, 0.5, Standing.TOO_CLOSE)
    assert found == Figure("DST5", NOW, Rough(20, End.LOW), None, None, (aim,), None)


@pytest.mark.parametrize(("limit", "judged"), [(0.9, True), (0.5, False)])
def test_institution_figure_is_judged_by_a_called_limit(answers: Answers, limit: float, judged: bool) -> None:
    found = figures(answers("a", 50, 100), limits={"DST5": limit})[0]
    assert found.judged is judged


def test_branch_rows_in_the_order_of_names() -> None:
    found = {"a": shown((30, 40), (8, 40)), "b": shown((10, 50)), "closed": shown((9, 20))}
    rows = branch_rows("DST5", found, names=NAMES, judged=None)
    assert rows == (
        BranchRow("a", "Busia", False, NOW, measured(Share(30, 40)), measured(Share(8, 40)), None),
        BranchRow("closed", "closed", False, NOW, measured(Share(9, 20)), None, None),
        BranchRow("c", "Kisumu", True),
        BranchRow("d", "Siaya", True),
        BranchRow("b", "Åsgard", False, NOW, measured(Share(10, 50)), None, None),
    )


def test_branch_rows_judged_together() -> None:
    found = {
        "a": shown((30, 40), (8, 40)),
        "b": shown((10, 50), (10, 50)),
        "c": shown((30, 40), (8, 40), weeks=MONTH_BEFORE),
        "d": shown((8, 40), (8, 29)),
    }
    rows = branch_rows("DST5", found, names=NAMES, judged=NOW)
    assert [(row.name, row.verdict) for row in rows] == [
        ("Busia", Verdict.WORSE),
        ("Kisumu", None),
        ("Siaya", None),
        ("Åsgard", Verdict.NO_CLEAR_CHANGE),
    ]
    assert rows[0].chance == p_value(Share(30, 40), Share(8, 40))


def test_branch_row_that_cannot_be_compared_is_all_chance() -> None:
    assert BranchRow("a", "Busia", True).chance == 1.0
