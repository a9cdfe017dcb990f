"""The one value every output of a week is drawn from.

It is already suppressed: a renderer, a file or a stored digest cannot show what the value does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Literal

from pydantic import TypeAdapter

from spm_bot.analytics.actions import Action
from spm_bot.analytics.breakdowns import Breakdown, Row
from spm_bot.analytics.commitments import Commitments
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.heard import Heard
from spm_bot.analytics.objectives import Objective
from spm_bot.analytics.portfolio import Book
from spm_bot.analytics.quadrants import Scatter
from spm_bot.analytics.quality import Quality
from spm_bot.analytics.themes import Themes
from spm_bot.analytics.windows import Window
from spm_bot.analytics.workloads import Workload

LEAST_MINIMUM = 5
# In the order in which the card says them; the first one leads and is shown by branch.
LEADING = ("DST5", "SAT3", "SAT5")

METHOD = "2"
"""The version of the method, at the foot of every page: raised when figures would come out otherwise."""


class Remark(StrEnum):
    """What every reader of this digest must be told beside its figures."""

    SMALL_INSTITUTION = "small institution"
    STALE_PORTFOLIO = "stale portfolio"
    NO_PORTFOLIO = "no portfolio"
    STRESS_BRAKED = "stress braked"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the institution decides: names by code, limits and targets by indicator, in its unit.

    Codes that are no branch and no product are worded by whoever renders. Raises ValueError for a minimum
    cell under 5.
    """

    institution: str
    branches: Mapping[str, str]
    currency: str
    products: Mapping[str, str] = field(default_factory=dict)
    minimum_cell: int = 10
    limits: Mapping[str, float] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.minimum_cell < LEAST_MINIMUM:
            raise ValueError(f"the minimum cell is never below {LEAST_MINIMUM}, not {self.minimum_cell}")


@dataclass(frozen=True, slots=True)
class Digest:
    """One week's digest for one scope: all branches, or the one whose code is `scope`.

    `first_of_month`: it is a month's first, whose tables are new and judged. `breakdowns` and all counts of a
    branch move on with it; the last one closed `branch_window`. What is None or empty had no data.
    """

    institution: str
    currency: str
    week: str
    scope: str | None
    scope_name: str | None
    first_of_month: bool
    minimum_cell: int
    action: Action
    figures: tuple[Figure, ...]
    branch_window: Window
    branch_limit: float | None
    breakdowns: tuple[Breakdown, ...]
    heard: Heard
    books: tuple[Book, ...]
    scatter: Scatter | None
    workloads: tuple[Workload, ...]
    objectives: tuple[Objective, ...]
    quality: Quality
    themes: Themes
    commitments: Commitments
    remarks: tuple[Remark, ...] = ()
    method: str = METHOD
    layout: Literal[2] = 2

    @property
    def branch_indicator(self) -> str:
        """The indicator that leads, and is drawn by branch."""
        return LEADING[0]

    @property
    def branches(self) -> tuple[Row, ...]:
        """The leading indicator by branch."""
        return self.rows(Dimension.BRANCH, LEADING[0])

    def rows(self, dimension: Dimension, indicator: str) -> tuple[Row, ...]:
        """A table's rows, none where there is no such table."""
        return next(
            (
                each.rows
                for each in self.breakdowns
                if (each.dimension, each.indicator) == (dimension, indicator)
            ),
            (),
        )

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


def readable(text: str | None) -> Digest | None:
    """A stored digest; None where there is none, or an older version made it in another layout."""
    try:
        return None if text is None else from_json(text)
    except ValueError:
        return None
