"""The figures of the whole institution: what each indicator came to, and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spm_bot.analytics.measures import Exact, Measure
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.windows import Window


class AimKind(StrEnum):
    LIMIT = "limit"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Aim:
    """A limit or a target of the board, in the indicator's unit, and where the figure stands against it."""

    kind: AimKind
    value: float
    standing: Standing


@dataclass(frozen=True, slots=True)
class Unscored:
    """`count` of `of` respondents answered too little for a score."""

    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Point:
    """A figure as the digest of `week` showed it: one point of the line over the weeks."""

    week: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of the whole institution in its window of 13 weeks, and in 13 earlier weeks.

    `earlier` is the window of `before`. `now` is None where too few answered, or too few to tell the window
    from those shown before; `rare` says that fewer than five gave (or did not give) a sensitive answer.
    `last_year` is the same season a year earlier; `echo` that the change repeats it. `early`: what the chart
    of single weeks says, where it signals before the word does. `weighted`: answers were weighed to the
    client list; `uneven` that the weights were too uneven to use. `line` are the figures of the last weeks,
    oldest first.
    """

    indicator: str
    window: Window | None
    now: Measure | None
    before: Measure | None
    verdict: Verdict | None
    aims: tuple[Aim, ...] = ()
    unscored: Unscored | None = None
    earlier: Window | None = None
    rare: bool = False
    last_year: Measure | None = None
    echo: bool = False
    early: Verdict | None = None
    weighted: bool = False
    uneven: bool = False
    line: tuple[Point, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether enough answered to be looked at: beside earlier weeks, or beside a limit or a target."""
        enough = isinstance(self.now, Exact) and not self.now.few
        return self.verdict is not None or (enough and bool(self.aims))

    @property
    def breached(self) -> bool:
        """Whether it lies clearly on the wrong side of a limit."""
        return any(aim.kind is AimKind.LIMIT and aim.standing is Standing.NOT_MET for aim in self.aims)
