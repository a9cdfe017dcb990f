"""From what is stored to the digests of a week: the institution's, and each branch's with rows taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spm_bot.analytics.actions import Action, ActionKind, branch_action, institution_action
from spm_bot.analytics.breakdowns import Breakdown, Row
from spm_bot.analytics.commitments import Commitments, Decision, commitments
from spm_bot.analytics.crosscuts import Month, breakdowns, carried
from spm_bot.analytics.digest import LEADING, Digest, Remark, Settings
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.heard import ContactRow, coverage_rows, heard
from spm_bot.analytics.indicators import SENSITIVE
from spm_bot.analytics.money_side import beside_stress, own_currency_first, remarks_on
from spm_bot.analytics.objectives import Goal, objective_row
from spm_bot.analytics.openings import earlier_rows, earlier_totals, opened, signalled, tables_of
from spm_bot.analytics.past import Past, measures_shown, windows
from spm_bot.analytics.populations import PopulationRow
from spm_bot.analytics.portfolio import PortfolioRow, books
from spm_bot.analytics.quality import Quality, Reach
from spm_bot.analytics.readings import Readings
from spm_bot.analytics.releases import Fresh, Release
from spm_bot.analytics.suppression import RARE
from spm_bot.analytics.themes import Themes
from spm_bot.analytics.totals import Sources, figures
from spm_bot.analytics.weighed import Weighed, weighed
from spm_bot.analytics.windows import monthly_week, window
from spm_bot.analytics.workloads import Workload
from spm_bot.times import Week

REACH = 35
"""The weeks of answers that can matter to a digest: four since the last monthly week, 13 up to it, up to
five to the monthly week before those, and 13 up to that.
"""

_CALLERS = "CAS0"


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What the digests of a week are composed from, as it stood in one snapshot of the database.

    `readings` are those of `REACH` weeks; `quality` and `workloads` hold a line for every branch. `said` are
    the lines that clients read, by branch, '' for all of them.
    """

    readings: Readings
    population: tuple[PopulationRow, ...]
    contacts: tuple[ContactRow, ...]
    portfolio: tuple[PortfolioRow, ...]
    quality: Quality
    themes: Themes
    workloads: tuple[Workload, ...]
    goals: tuple[Goal, ...]
    log: tuple[Decision, ...]
    said: Mapping[str, tuple[str, ...]]
    remarks: tuple[Remark, ...]
    past: Past


def compose_each(
    week: Week, scopes: Sequence[str | None], inputs: Inputs, settings: Settings
) -> tuple[Digest, ...]:
    """The digests of `week`: a scope is a branch, or None for all. Raises ValueError for an unknown one."""
    for scope in scopes:
        if scope is not None and scope not in settings.branches:
            raise ValueError(f"there is no branch {scope!r}")
    whole = _whole(week, inputs, settings)
    return tuple(whole if scope is None else _of_branch(whole, scope, inputs, settings) for scope in scopes)


def _whole(week: Week, inputs: Inputs, settings: Settings) -> Digest:
    now = _opening(week, inputs, settings)
    told = _figures(now, inputs, settings)
    month = _tables(now, inputs, settings)
    tables = month.tables
    rows = next((t.rows for t in tables if (t.dimension, t.indicator) == (Dimension.BRANCH, LEADING[0])), ())
    leading = tuple(figure for code in LEADING for figure in told if figure.indicator == code)
    others = tuple(figure for figure in told if figure.indicator not in LEADING)
    action = institution_action(leading, rows, others=others)
    ledger = books(inputs.portfolio)
    return Digest(
        institution=settings.institution,
        currency=settings.currency,
        week=str(week),
        scope=None,
        scope_name=None,
        first_of_month=month.new,
        minimum_cell=settings.minimum_cell,
        action=replace(action, callers=month.callers.get(action.branch or "")),
        figures=told,
        branch_window=window(monthly_week(week)),
        branch_limit=settings.limits.get(LEADING[0]),
        breakdowns=tables,
        heard=heard(
            inputs.contacts, coverage_rows(inputs.population), branch=None, minimum=settings.minimum_cell
        ),
        books=own_currency_first(ledger, settings),
        scatter=beside_stress(rows, _figure(told, LEADING[0]), ledger, week, settings),
        workloads=inputs.workloads,
        objectives=tuple(
            objective_row(goal, _figure(told, goal.indicator), today=week.end) for goal in inputs.goals
        ),
        quality=inputs.quality,
        themes=inputs.themes,
        commitments=_commitments(inputs, week, None, told=told, tables=tables),
        remarks=(*inputs.remarks, *remarks_on(ledger, week)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Opening:
    """What may be shown of the 13 weeks up to `week`, and their answers with the weight of each."""

    week: Week
    release: Release
    answers: Weighed


def _opening(week: Week, inputs: Inputs, settings: Settings) -> _Opening:
    """Tables are opened where a month's are made: they move on with the totals of the same weeks."""
    tables = tables_of(settings) if week == monthly_week(week) else ()
    last = windows(measures_shown(inputs.past.last))
    return _Opening(
        week,
        opened(inputs.readings, week, settings, last=last, tables=tables),
        weighed(inputs.readings, window(week), inputs.population),
    )


def _figures(now: _Opening, inputs: Inputs, settings: Settings) -> tuple[Figure, ...]:
    readings, past, population = inputs.readings, inputs.past, inputs.population
    return figures(
        Sources(
            week=now.week,
            release=now.release,
            answers=now.answers,
            earlier=earlier_totals(readings, now.week, settings, past=past, population=population),
            early=signalled(readings, now.week, minimum=settings.minimum_cell),
            past=past,
            settings=settings,
        )
    )


@dataclass(frozen=True, slots=True)
class _Tables:
    """The tables, whether they are new and so judged, and by branch how many asked for a call, if told."""

    tables: tuple[Breakdown, ...]
    new: bool
    callers: Mapping[str, int]


def _tables(now: _Opening, inputs: Inputs, settings: Settings) -> _Tables:
    """They are made in a month's first digest, or in the next one where that was missed."""
    readings, past, population = inputs.readings, inputs.past, inputs.population
    week = monthly_week(now.week)
    if past.last is not None and past.last.branch_window == window(week):
        return _Tables(carried(past.last, settings), new=False, callers={})
    month = now if now.week == week else _opening(week, inputs, settings)
    made = breakdowns(
        Month(
            week=week,
            release=month.release,
            answers=month.answers,
            earlier=earlier_rows(readings, week, settings, past=past, population=population),
            past=past,
            settings=settings,
        )
    )
    return _Tables(made, new=True, callers=_callers(month.release, readings))


def _callers(release: Release, readings: Readings) -> dict[str, int]:
    cells = release.cells.get((Dimension.BRANCH, _CALLERS), {})
    counts = {
        code: int(np.count_nonzero(readings.values[_CALLERS][cell.places]))
        for code, cell in cells.items()
        if isinstance(cell, Fresh)
    }
    return {code: count for code, count in counts.items() if count >= RARE}


def _of_branch(whole: Digest, branch: str, inputs: Inputs, settings: Settings) -> Digest:
    """The same digest with everything taken away that is not about this branch, or for head office only."""
    tables = tuple(
        replace(table, rows=tuple(row for row in table.rows if row.code == branch))
        for table in whole.breakdowns
        if table.dimension is Dimension.BRANCH and table.indicator not in SENSITIVE
    )
    lead = next((row for t in tables if t.indicator == LEADING[0] for row in t.rows), None)
    return replace(
        whole,
        scope=branch,
        scope_name=settings.branches[branch],
        action=_branch_action(lead, monthly=whole.first_of_month),
        figures=(),
        breakdowns=tables,
        heard=heard(
            inputs.contacts, coverage_rows(inputs.population), branch=branch, minimum=settings.minimum_cell
        ),
        books=tuple(book for book in whole.books if book.branch == branch),
        scatter=None,
        workloads=tuple(each for each in whole.workloads if each.branch == branch),
        objectives=(),
        quality=Quality(
            tuple(row for row in whole.quality.reach if (row.reach, row.code) == (Reach.BRANCH, branch)),
            (),
            (),
        ),
        themes=Themes(None, None, ()),
        commitments=_commitments(inputs, Week.parse(whole.week), branch, tables=tables),
    )


def _branch_action(row: Row | None, *, monthly: bool) -> Action:
    if row is None:
        return Action(ActionKind.SILENT if monthly else ActionKind.MONTHLY)
    return branch_action(row, indicator=LEADING[0], monthly=monthly)


def _figure(told: Sequence[Figure], indicator: str) -> Figure | None:
    return next((figure for figure in told if figure.indicator == indicator), None)


def _commitments(
    inputs: Inputs,
    week: Week,
    scope: str | None,
    *,
    told: Sequence[Figure] = (),
    tables: Sequence[Breakdown] = (),
) -> Commitments:
    """The log as it stands when the week's digest goes out, on the Monday after it."""
    return commitments(
        inputs.log,
        figures=told,
        breakdowns=tables,
        since=week.start,
        today=week.next().start,
        scope=scope,
        said=inputs.said.get(scope or "", ()),
    )
