from dataclasses import replace

import pytest

from spm_bot.analytics.actions import Action, ActionKind, branch_action, institution_action
from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.figures import Aim, AimKind, Figure
from spm_bot.analytics.measures import End, Exact, Rough
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.signals import Verdict

BREACHED = (Aim(AimKind.LIMIT, 0.15, Standing.NOT_MET),)
OPEN = (Aim(AimKind.LIMIT, 0.15, Standing.TOO_CLOSE),)


def share(value: float, *, n: int = 100) -> Exact:
    return Exact(n, value, value - 0.1, value + 0.1, float(n))


def row(code: str, *, now: float = 0.2, verdict: Verdict | None = Verdict.WORSE) -> Row:
    return Row(code, code.title(), hidden=False, now=share(now), before=share(0.2), verdict=verdict)


def figure(indicator: str, verdict: Verdict | None, *, aims: tuple[Aim, ...] = ()) -> Figure:
    return Figure(indicator, None, share(0.2), share(0.2), verdict, aims)


CALM = figure("DST5", Verdict.NO_CLEAR_CHANGE)
WORSE = figure("SAT3", Verdict.WORSE)


def test_the_branch_least_likely_by_chance_comes_first() -> None:
    rows = (row("east", now=0.4), row("north", now=0.5), row("west", now=0.45))
    assert institution_action((CALM, WORSE), rows) == Action(ActionKind.BRANCH_WORSE, "DST5", "north")


def test_of_branches_alike_the_first_is_named() -> None:
    rows = (row("east", now=0.4), row("north", now=0.4))
    assert institution_action((CALM,), rows).branch == "east"


def test_a_branch_whose_figures_are_not_exact_comes_last() -> None:
    rough = Row("east", "East", hidden=False, now=Rough(12, End.HIGH), before=None, verdict=Verdict.WORSE)
    assert institution_action((CALM,), (rough, row("north", now=0.3))).branch == "north"


def test_then_a_limit_breached_by_any_figure() -> None:
    breached = figure("DST2", None, aims=BREACHED)
    assert institution_action((CALM, WORSE), (row("east", verdict=None),), others=(breached,)) == Action(
        ActionKind.LIMIT_BREACHED, "DST2"
    )


def test_then_whatever_leads_and_is_worse() -> None:
    other = figure("DST2", Verdict.WORSE)
    assert institution_action((CALM, WORSE), (), others=(other,)) == Action(ActionKind.WORSE, "SAT3")


@pytest.mark.parametrize(
    ("lead", "kind"),
    [
        (CALM, ActionKind.NOTHING),
        (figure("DST5", None, aims=(Aim(AimKind.TARGET, 0.15, Standing.MET),)), ActionKind.NOTHING),
        (figure("DST5", None, aims=OPEN), ActionKind.NOTHING),
        (replace(figure("DST5", None, aims=OPEN), now=share(0.2, n=29)), ActionKind.SILENT),
        (replace(figure("DST5", None, aims=OPEN), now=None), ActionKind.SILENT),
        (figure("DST5", None), ActionKind.SILENT),
    ],
)
def test_nothing_needs_action_only_where_the_lead_was_judged(lead: Figure, kind: ActionKind) -> None:
    assert institution_action((lead,), (), others=(figure("DST2", Verdict.WORSE),)) == Action(kind)


@pytest.mark.parametrize(
    ("verdict", "monthly", "expected"),
    [
        (Verdict.WORSE, True, Action(ActionKind.BRANCH_WORSE, "DST5", "east")),
        (None, False, Action(ActionKind.MONTHLY)),
        (None, True, Action(ActionKind.SILENT)),
        (Verdict.BETTER, True, Action(ActionKind.NOTHING)),
        (Verdict.NO_CLEAR_CHANGE, True, Action(ActionKind.NOTHING)),
    ],
)
def test_branch_action(verdict: Verdict | None, monthly: bool, expected: Action) -> None:
    assert branch_action(row("east", verdict=verdict), indicator="DST5", monthly=monthly) == expected
