"""The one thing a week's digest asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spm_bot.analytics.figures import AimKind, BranchRow, Figure
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.signals import Verdict


class ActionKind(StrEnum):
    """What the week asks for. SILENT: too little is known to say that nothing does."""

    BRANCH_WORSE = "branch worse"
    LIMIT_BREACHED = "limit breached"
    WORSE = "worse"
    NOTHING = "nothing"
    MONTHLY = "monthly"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Action:
    """The one thing to act on; `indicator` and `branch` (a code) where it concerns one."""

    kind: ActionKind
    indicator: str | None = None
    branch: str | None = None


def institution_action(figures: tuple[Figure, ...], rows: tuple[BranchRow, ...]) -> Action:
    """A branch clearly worse comes first, then a limit clearly breached, then anything clearly worse."""
    lead = figures[0].indicator
    worse = [row for row in rows if row.verdict is Verdict.WORSE]
    if worse:
        return Action(ActionKind.BRANCH_WORSE, lead, min(worse, key=lambda row: row.chance).code)
    for figure in figures:
        if any(aim.kind is AimKind.LIMIT and aim.standing is Standing.NOT_MET for aim in figure.aims):
            return Action(ActionKind.LIMIT_BREACHED, figure.indicator)
    for figure in figures:
        if figure.verdict is Verdict.WORSE:
            return Action(ActionKind.WORSE, figure.indicator)
    return Action(ActionKind.NOTHING if figures[0].judged else ActionKind.SILENT)


def branch_action(row: BranchRow, *, indicator: str, monthly: bool) -> Action:
    """A branch's own: its verdict on `indicator`, which it has once a month."""
    if row.verdict is Verdict.WORSE:
        return Action(ActionKind.BRANCH_WORSE, indicator, row.code)
    if not monthly:
        return Action(ActionKind.MONTHLY)
    return Action(ActionKind.SILENT if row.verdict is None else ActionKind.NOTHING)
