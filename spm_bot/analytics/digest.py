"""The one value every output of a week is drawn from, and how it is composed.

What leaves here is already suppressed: a renderer, a file or a stored digest cannot show what the
value does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Literal

from pydantic import TypeAdapter

from spm_bot.analytics.figures import (
    AimKind,
    BranchRow,
    Cells,
    Figure,
    ObservationRow,
    branch_rows,
    cells,
    institution_figures,
)
from spm_bot.analytics.heard import ContactRow, CoverageRow, Heard, Span, heard
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.portfolio import Book, PortfolioRow, books
from spm_bot.analytics.signals import Verdict
from spm_bot.times import Week

__all__ = [
    "Action",
    "ActionKind",
    "ContactRow",
    "CoverageRow",
    "Digest",
    "ObservationRow",
    "PortfolioRow",
    "Settings",
    "Span",
    "compose",
    "from_json",
    "to_json",
]

WINDOW = 13
LEAST_MINIMUM = 5
# In the order in which the card says them; the first one leads and is shown by branch.
LEADING = ("DST5", "SAT3", "SAT5")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the institution decides: names of its branches by code, limits and targets by indicator.

    Limits and targets are shares of 0 to 1. Raises ValueError for a minimum cell under 5.
    """

    institution: str
    branches: Mapping[str, str]
    currency: str
    minimum_cell: int = 10
    limits: Mapping[str, float] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.minimum_cell < LEAST_MINIMUM:
            raise ValueError(f"the minimum cell is never below {LEAST_MINIMUM}, not {self.minimum_cell}")


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


@dataclass(frozen=True, slots=True)
class Digest:
    """One week's digest for one scope: all branches, or the one whose code is `scope`.

    `first_of_month`: branches get verdicts. `branches` are rows of `branch_indicator`.
    """

    institution: str
    week: str
    scope: str | None
    scope_name: str | None
    first_of_month: bool
    minimum_cell: int
    action: Action
    figures: tuple[Figure, ...]
    branch_indicator: str
    branch_limit: float | None
    branches: tuple[BranchRow, ...]
    books: tuple[Book, ...]
    heard: Heard
    layout: Literal[1] = 1

    def figure(self, indicator: str) -> Figure | None:
        """The institution's figure, if it is part of this scope."""
        return next((figure for figure in self.figures if figure.indicator == indicator), None)


_ADAPTER = TypeAdapter(Digest)


def to_json(digest: Digest) -> str:
    """The digest as text that is the same for the same digest, wherever it is made."""
    return json.dumps(asdict(digest), sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)


def from_json(text: str) -> Digest:
    """The digest that `to_json` wrote. Raises ValueError for anything else."""
    return _ADAPTER.validate_json(text)


def first_of_month(week: Week) -> bool:
    """Whether the digest of `week`, sent on the Monday after it, is the first of its month."""
    return week.next().start.day <= 7


def compose(
    *,
    week: Week,
    scope: str | None,
    observations: Sequence[ObservationRow],
    contacts: Sequence[ContactRow],
    coverage: Sequence[CoverageRow],
    portfolio: Sequence[PortfolioRow],
    settings: Settings,
) -> Digest:
    """The digest of `week`, from the observations of 26 weeks, for all branches or the one coded `scope`.

    A branch's digest is the whole one with rows taken away. Raises ValueError for an unknown branch.
    """
    if scope is not None and scope not in settings.branches:
        raise ValueError(f"there is no branch {scope!r}")
    tables = _tables(observations, week=week, branches=settings.branches)
    monthly = first_of_month(week)
    figures = _figures(tables, settings=settings)
    rows = _lead_rows(tables[LEADING[0]], monthly=monthly, settings=settings)
    if scope is None:
        action = _institution_action(figures, rows)
    else:
        figures, rows = (), tuple(row for row in rows if row.code == scope)
        action = _branch_action(rows[0], monthly=monthly)
    return Digest(
        institution=settings.institution,
        week=str(week),
        scope=scope,
        scope_name=None if scope is None else rows[0].name,
        first_of_month=monthly,
        minimum_cell=settings.minimum_cell,
        action=action,
        figures=figures,
        branch_indicator=LEADING[0],
        branch_limit=_limit(settings),
        branches=rows,
        books=_books(portfolio, scope=scope, currency=settings.currency),
        heard=heard(contacts, coverage, branch=scope, minimum=settings.minimum_cell),
    )


def _tables(
    observations: Sequence[ObservationRow], *, week: Week, branches: Mapping[str, str]
) -> dict[str, tuple[Cells, Cells]]:
    """The leading indicators by branch: 13 weeks, and the 13 weeks before."""
    now, before = _weeks(week), _weeks(week.minus(WINDOW))
    return {
        code: (
            cells(observations, code, weeks=now, branches=branches),
            cells(observations, code, weeks=before, branches=branches),
        )
        for code in LEADING
    }


def _figures(tables: Mapping[str, tuple[Cells, Cells]], *, settings: Settings) -> tuple[Figure, ...]:
    return institution_figures(
        tables, minimum=settings.minimum_cell, limits=settings.limits, targets=settings.targets
    )


def _lead_rows(windows: tuple[Cells, Cells], *, monthly: bool, settings: Settings) -> tuple[BranchRow, ...]:
    now, before = windows
    return branch_rows(
        LEADING[0],
        now,
        before,
        names=settings.branches,
        minimum=settings.minimum_cell,
        judged=frozenset(now) if monthly else frozenset(),
    )


def _limit(settings: Settings) -> float | None:
    limit = settings.limits.get(LEADING[0])
    return None if limit is None else float(limit)


def _weeks(last: Week) -> frozenset[str]:
    return frozenset(str(last.minus(back)) for back in range(WINDOW))


def _books(rows: Sequence[PortfolioRow], *, scope: str | None, currency: str) -> tuple[Book, ...]:
    """The books of the scope, the institution's own currency first."""
    kept = [book for book in books(rows) if scope is None or book.branch == scope]
    return tuple(sorted(kept, key=lambda book: (book.currency != currency, book.currency)))


def _institution_action(figures: tuple[Figure, ...], rows: tuple[BranchRow, ...]) -> Action:
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


def _branch_action(row: BranchRow, *, monthly: bool) -> Action:
    if row.verdict is Verdict.WORSE:
        return Action(ActionKind.BRANCH_WORSE, LEADING[0], row.code)
    if not monthly:
        return Action(ActionKind.MONTHLY)
    return Action(ActionKind.SILENT if row.verdict is None else ActionKind.NOTHING)
