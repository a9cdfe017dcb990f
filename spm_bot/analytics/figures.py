"""What may be shown of the answers, turned into figures and branch rows with their verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.measures import Exact, Measure, measured
from spm_bot.analytics.objectives import Standing, standing
from spm_bot.analytics.releases import Shown, institution_shown
from spm_bot.analytics.signals import Comparison, Verdict, p_value, verdicts
from spm_bot.analytics.tallies import Cell, Tally
from spm_bot.analytics.windows import Window
from spm_bot.times import Week


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
    """One indicator of the whole institution in its window of 13 weeks, and in 13 earlier weeks.

    None where too few answered, or too few to tell the window from those shown before.
    """

    indicator: str
    window: Window | None
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
    """One branch of a table in its window of 13 weeks, and in 13 earlier weeks.

    A hidden row carries its name and nothing else, whatever it hides for.
    """

    code: str
    name: str
    hidden: bool
    window: Window | None = None
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


def institution_figures(
    tallies: Mapping[str, Tally],
    week: Week,
    *,
    minimum: int,
    limits: Mapping[str, float],
    targets: Mapping[str, float],
) -> tuple[Figure, ...]:
    """The figures of all branches together for the digest of `week`, their verdicts judged as one family."""
    shown = {code: institution_shown(answers, week, minimum=minimum) for code, answers in tallies.items()}
    words = verdicts(
        {
            code: Comparison(found.share, found.earlier, CATALOGUE[code].better)
            for code, found in shown.items()
            if found is not None and found.earlier is not None
        }
    )
    return tuple(
        _figure(code, found, words.get(code), minimum=minimum, limits=limits, targets=targets)
        for code, found in shown.items()
    )


def _figure(
    code: str,
    found: Shown | None,
    verdict: Verdict | None,
    *,
    minimum: int,
    limits: Mapping[str, float],
    targets: Mapping[str, float],
) -> Figure:
    now = None if found is None else measured(found.share)
    earlier = None if found is None else found.earlier
    return Figure(
        indicator=code,
        window=None if found is None else found.window,
        now=now,
        before=None if earlier is None else measured(earlier),
        verdict=verdict,
        aims=_aims(code, now, limits=limits, targets=targets),
        unscored=None if found is None else _unscored(found.now, minimum=minimum),
    )


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


def _unscored(cell: Cell, *, minimum: int) -> Unscored | None:
    return None if cell.unscored < minimum else Unscored(cell.unscored, cell.unscored + cell.n)


def branch_rows(
    indicator: str, shown: Mapping[str, Shown], *, names: Mapping[str, str], judged: Window | None
) -> tuple[BranchRow, ...]:
    """One row a branch in the order of their names, never of their values; without a `Shown` it is hidden.

    Rows of the window `judged` get a verdict; they form one family.
    """
    better = CATALOGUE[indicator].better
    words = verdicts(
        {
            code: Comparison(found.share, found.earlier, better)
            for code, found in sorted(shown.items())
            if found.earlier is not None and found.window == judged
        }
    )
    known = dict.fromkeys((*names, *shown))
    rows = [_row(code, names.get(code, code), shown.get(code), words.get(code)) for code in known]
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.code)))


def _row(code: str, name: str, found: Shown | None, verdict: Verdict | None) -> BranchRow:
    if found is None:
        return BranchRow(code, name, hidden=True)
    before = None if found.earlier is None else measured(found.earlier)
    return BranchRow(
        code=code,
        name=name,
        hidden=False,
        window=found.window,
        now=measured(found.share),
        before=before,
        verdict=verdict,
    )
