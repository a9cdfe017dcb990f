"""The one thing a week's digest asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.measures import Exact
from spm_bot.analytics.signals import Verdict, p_value


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
    """The one thing to act on; `indicator` and `branch` (a code) where it concerns one.

    `callers`: how many there asked for a call in those 13 weeks, None under five or unless both they and
    the others are enough to hide in.
    """

    kind: ActionKind
    indicator: str | None = None
    branch: str | None = None
    callers: int | None = None


def institution_action(
    leading: Sequence[Figure], rows: Sequence[Row], *, others: Sequence[Figure] = ()
) -> Action:
    """A branch clearly worse comes first, then a limit clearly breached, then anything clearly worse.

    The first of the `leading` figures is the one that `rows` show by branch; of several branches the one
    least likely to be chance is named. `others` count by their limits alone.
    """
    lead = leading[0]
    worse = [row for row in rows if row.verdict is Verdict.WORSE]
    if worse:
        return Action(ActionKind.BRANCH_WORSE, lead.indicator, min(worse, key=_chance).code)
    for figure in (*leading, *others):
        if figure.breached:
            return Action(ActionKind.LIMIT_BREACHED, figure.indicator)
    for figure in leading:
        if figure.verdict is Verdict.WORSE:
            return Action(ActionKind.WORSE, figure.indicator)
    return Action(ActionKind.NOTHING if lead.judged else ActionKind.SILENT)


def branch_action(row: Row, *, indicator: str, monthly: bool) -> Action:
    """A branch's own: its verdict on `indicator`, which it has once a month."""
    if row.verdict is Verdict.WORSE:
        return Action(ActionKind.BRANCH_WORSE, indicator, row.code)
    if not monthly:
        return Action(ActionKind.MONTHLY)
    return Action(ActionKind.SILENT if row.verdict is None else ActionKind.NOTHING)


def _chance(row: Row) -> float:
    """How likely chance alone moves a branch that far; 1 where it is not told exactly."""
    match row:
        case Row(now=Exact() as now, before=Exact() as before):
            return p_value(now, before)
    return 1.0
