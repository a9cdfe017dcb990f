"""One-way tables: an indicator by branch, product or another dimension, one row a code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.measures import Measure
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.windows import Window


class Beyond(StrEnum):
    """On which side of the funnel a branch lies, and how far out (chances of 5 and of 0.2 in 100)."""

    BELOW = "below"
    FAR_BELOW = "far below"
    ABOVE = "above"
    FAR_ABOVE = "far above"


@dataclass(frozen=True, slots=True)
class Row:
    """One branch, product or group in its window of 13 weeks, and in 13 earlier weeks (`earlier`).

    A hidden row carries its name and nothing else, whatever it hides for. `shrunk` is the value drawn
    towards that of all (for colours, never for a ranking), `beyond` whether it lies outside the funnel;
    both only for branches, and only where there are eight or more.
    """

    code: str
    name: str
    hidden: bool
    window: Window | None = None
    now: Measure | None = None
    before: Measure | None = None
    earlier: Window | None = None
    verdict: Verdict | None = None
    shrunk: float | None = None
    beyond: Beyond | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`indicator` by `dimension`, in the order of names, never of values.

    `replaced`: nothing of it may be shown but the total; `rows` is empty then.
    """

    dimension: Dimension
    indicator: str
    rows: tuple[Row, ...]
    replaced: bool = False
