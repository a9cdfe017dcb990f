"""Observations of two windows turned into figures, small branches hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from spm_bot.analytics.estimates import Share
from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.measures import Exact, Measure, measured
from spm_bot.analytics.objectives import Standing, standing
from spm_bot.analytics.signals import Comparison, Verdict, p_value, verdicts
from spm_bot.analytics.suppression import hidden_cells


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """What one respondent's survey says about one indicator, in the ISO week (`2026-W44`) it ended.

    `value` is 1 or 0 for a share, None for answers that could not be scored.
    """

    week: str
    survey: str
    indicator: str
    value: float | None
    branch: str
    respondent: int


class AimKind(StrEnum):
    LIMIT = "limit"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Aim:
    """A limit or a target of the board, as a share, and where the figure stands against it."""

    kind: AimKind
    value: float
    standing: Standing


@dataclass(frozen=True, slots=True)
class Unscored:
    """`count` of `of` respondents answered too little for a score."""

    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of the whole institution: 13 weeks, and the 13 before; None where too few answered."""

    indicator: str
    now: Measure | None
    before: Measure | None
    verdict: Verdict | None
    aims: tuple[Aim, ...]
    unscored: Unscored | None

    @property
    def judged(self) -> bool:
        """Whether anything can be said about it: a change judged, or an aim called either way."""
        called = (Standing.MET, Standing.NOT_MET)
        return self.verdict is not None or any(aim.standing in called for aim in self.aims)


@dataclass(frozen=True, slots=True)
class BranchRow:
    """One branch of a table. A hidden row carries its name and nothing else, whatever it hides for."""

    code: str
    name: str
    hidden: bool
    now: Measure | None = None
    before: Measure | None = None
    verdict: Verdict | None = None

    @property
    def chance(self) -> float:
        """How easily chance alone makes its change: a p-value, 1 where nothing can be compared."""
        match self.now, self.before:
            case Exact() as now, Exact() as before:
                return p_value(now.share, before.share)
            case _:
                return 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """The answers of one branch in one window: respondents of the survey, scored answers, hits among them."""

    respondents: int
    n: int
    hits: int
    unscored: int


Cells = Mapping[str, Cell]


def cells(
    rows: Iterable[ObservationRow], indicator: str, *, weeks: frozenset[str], branches: Iterable[str]
) -> dict[str, Cell]:
    """One indicator's table by branch over `weeks`: every branch known or seen, each respondent once.

    Who answered twice within the window counts with the later answer, in the branch of that day.
    """
    survey = CATALOGUE[indicator].survey
    home: dict[int, ObservationRow] = {}
    latest: dict[int, ObservationRow] = {}
    for row in rows:
        if row.survey != survey or row.week not in weeks:
            continue
        if row.respondent not in home or home[row.respondent].week <= row.week:
            home[row.respondent] = row
        if row.indicator == indicator and (
            row.respondent not in latest or latest[row.respondent].week <= row.week
        ):
            latest[row.respondent] = row
    members: dict[str, list[int]] = {branch: [] for branch in branches}
    for respondent, row in home.items():
        members.setdefault(row.branch, []).append(respondent)
    return {branch: _cell(people, latest) for branch, people in members.items()}


def _cell(people: list[int], latest: Mapping[int, ObservationRow]) -> Cell:
    values = [latest[person].value for person in people if person in latest]
    scored = [value for value in values if value is not None]
    return Cell(len(people), len(scored), sum(value > 0 for value in scored), len(values) - len(scored))


def hidden(table: Cells, *, minimum: int) -> frozenset[str]:
    """The branches that must not be shown: by respondents of the survey, then by the item's own answers."""
    by_people = hidden_cells({code: cell.respondents for code, cell in table.items()}, minimum=minimum)
    return hidden_cells({code: cell.n for code, cell in table.items()}, minimum=minimum, already=by_people)


def total(table: Cells, *, minimum: int) -> Share | None:
    """All branches together, None when fewer than `minimum` people answered."""
    n = sum(cell.n for cell in table.values())
    if n < minimum:
        return None
    return Share(sum(cell.hits for cell in table.values()), n)


def institution_figures(
    tables: Mapping[str, tuple[Cells, Cells]],
    *,
    minimum: int,
    limits: Mapping[str, float],
    targets: Mapping[str, float],
) -> tuple[Figure, ...]:
    """The figures of all branches together, their verdicts judged as one family."""
    shares = {
        code: (total(now, minimum=minimum), total(before, minimum=minimum))
        for code, (now, before) in tables.items()
    }
    words = verdicts(
        {
            code: Comparison(now, before, CATALOGUE[code].better)
            for code, (now, before) in shares.items()
            if now is not None and before is not None
        }
    )
    found = []
    for code, (now, before) in shares.items():
        measure = None if now is None else measured(now)
        found.append(
            Figure(
                indicator=code,
                now=measure,
                before=None if before is None else measured(before),
                verdict=words.get(code),
                aims=_aims(code, measure, limits=limits, targets=targets),
                unscored=None if measure is None else _unscored(tables[code][0], minimum=minimum),
            )
        )
    return tuple(found)


def _aims(
    code: str, measure: Measure | None, *, limits: Mapping[str, float], targets: Mapping[str, float]
) -> tuple[Aim, ...]:
    interval = measure.interval if isinstance(measure, Exact) else None
    better = CATALOGUE[code].better
    return tuple(
        Aim(kind, float(aims[code]), standing(interval, aim=aims[code], better=better))
        for kind, aims in ((AimKind.LIMIT, limits), (AimKind.TARGET, targets))
        if code in aims
    )


def _unscored(table: Cells, *, minimum: int) -> Unscored | None:
    count = sum(cell.unscored for cell in table.values())
    if count < minimum:
        return None
    return Unscored(count, count + sum(cell.n for cell in table.values()))


def branch_rows(
    indicator: str,
    now: Cells,
    before: Cells,
    *,
    names: Mapping[str, str],
    minimum: int,
    judged: frozenset[str],
) -> tuple[BranchRow, ...]:
    """One row a branch in the order of their names, never of their values.

    `judged` holds the branches that get a verdict at all; they form one family.
    """
    shown = now.keys() - hidden(now, minimum=minimum)
    shown_before = before.keys() - hidden(before, minimum=minimum)
    shares = {code: Share(now[code].hits, now[code].n) for code in shown}
    earlier = {code: Share(before[code].hits, before[code].n) for code in shown & shown_before}
    better = CATALOGUE[indicator].better
    words = verdicts(
        {code: Comparison(shares[code], earlier[code], better) for code in sorted(earlier.keys() & judged)}
    )
    rows = [
        BranchRow(
            code=code,
            name=names.get(code, code),
            hidden=code not in shown,
            now=measured(shares[code]) if code in shown else None,
            before=measured(earlier[code]) if code in earlier else None,
            verdict=words.get(code),
        )
        for code in now
    ]
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.code)))
