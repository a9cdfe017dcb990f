"""The one value every output of a week is drawn from, and how it is composed.

What leaves here is already suppressed: a renderer, a file or a stored digest cannot show what the
value does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from pydantic import TypeAdapter

from spm_bot.analytics.actions import Action, ActionKind, branch_action, institution_action
from spm_bot.analytics.figures import BranchRow, Figure, branch_rows, institution_figures
from spm_bot.analytics.heard import ContactRow, CoverageRow, Heard, Span, heard
from spm_bot.analytics.portfolio import Book, PortfolioRow, books
from spm_bot.analytics.releases import branches_shown
from spm_bot.analytics.tallies import ObservationRow, tally
from spm_bot.analytics.windows import Window, first_of_month, monthly_week, window
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
    "compose_each",
    "from_json",
    "to_json",
]

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


@dataclass(frozen=True, slots=True)
class Digest:
    """One week's digest for one scope: all branches, or the one whose code is `scope`.

    `first_of_month`: branches get verdicts. `branches` are rows of `branch_indicator`; they and all
    counts of a branch move on with a month's first digest, the last of which closed `branch_window`.
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
    branch_window: Window
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
    """The digest of `week` for all branches or the one coded `scope`, as `compose_each` makes it."""
    [digest] = compose_each(
        week=week,
        scopes=(scope,),
        observations=observations,
        contacts=contacts,
        coverage=coverage,
        portfolio=portfolio,
        settings=settings,
    )
    return digest


def compose_each(
    *,
    week: Week,
    scopes: Sequence[str | None],
    observations: Sequence[ObservationRow],
    contacts: Sequence[ContactRow],
    coverage: Sequence[CoverageRow],
    portfolio: Sequence[PortfolioRow],
    settings: Settings,
) -> tuple[Digest, ...]:
    """The digests of `week`, from the observations of `REACH` weeks: a scope is a branch, or None for all.

    A branch's digest is the whole one with rows taken away. Raises ValueError for an unknown branch.
    """
    for scope in scopes:
        if scope is not None and scope not in settings.branches:
            raise ValueError(f"there is no branch {scope!r}")
    table = _table(observations, week=week, settings=settings)
    ledger = books(portfolio)
    return tuple(
        _digest(
            week,
            scope,
            table=table,
            ledger=ledger,
            response=heard(contacts, coverage, branch=scope, minimum=settings.minimum_cell),
            settings=settings,
        )
        for scope in scopes
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """What the answers of a week's digests come to, before a scope takes rows away."""

    figures: tuple[Figure, ...]
    rows: tuple[BranchRow, ...]


def _table(observations: Sequence[ObservationRow], *, week: Week, settings: Settings) -> _Table:
    tallies = {code: tally(observations, code, branches=settings.branches) for code in LEADING}
    figures = institution_figures(
        tallies,
        week,
        minimum=settings.minimum_cell,
        limits=settings.limits,
        targets=settings.targets,
    )
    rows = branch_rows(
        LEADING[0],
        branches_shown(tallies[LEADING[0]], week, minimum=settings.minimum_cell),
        names=settings.branches,
        judged=window(week) if first_of_month(week) else None,
    )
    return _Table(figures, rows)


def _digest(
    week: Week,
    scope: str | None,
    *,
    table: _Table,
    ledger: Sequence[Book],
    response: Heard,
    settings: Settings,
) -> Digest:
    monthly = first_of_month(week)
    if scope is None:
        figures, rows = table.figures, table.rows
        action = institution_action(figures, rows)
    else:
        figures, rows = (), tuple(row for row in table.rows if row.code == scope)
        action = branch_action(rows[0], indicator=LEADING[0], monthly=monthly)
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
        branch_window=window(monthly_week(week)),
        branches=rows,
        books=_books(ledger, scope=scope, currency=settings.currency),
        heard=response,
    )


def _limit(settings: Settings) -> float | None:
    limit = settings.limits.get(LEADING[0])
    return None if limit is None else float(limit)


def _books(ledger: Sequence[Book], *, scope: str | None, currency: str) -> tuple[Book, ...]:
    """The books of the scope, the institution's own currency first."""
    kept = [book for book in ledger if scope is None or book.branch == scope]
    return tuple(sorted(kept, key=lambda book: (book.currency != currency, book.currency)))
