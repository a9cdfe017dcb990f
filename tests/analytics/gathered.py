"""Readings made from plain responses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.readings import Column, Readings, ordinal
from spm_bot.times import Week

_PEOPLE = count(1)


@dataclass(frozen=True, slots=True)
class Response:
    """One response; an indicator whose value is None could not be scored."""

    week: Week
    branch: str = "a"
    values: Mapping[str, float | None] = field(default_factory=lambda: {"DST5": 0.0})
    person: int = field(default_factory=lambda: next(_PEOPLE))
    survey: str = "debt_stress"
    segments: Mapping[Dimension, str] = field(default_factory=dict)


def responses(
    branch: str, hits: int, n: int, *, week: Week, indicator: str = "DST5", silent: int = 0
) -> list[Response]:
    """`n` answers of people nobody else is, `hits` of them 1, and `silent` responses without an answer."""
    found = [Response(week, branch, {indicator: float(place < hits)}) for place in range(n)]
    return [*found, *(Response(week, branch, {}) for _ in range(silent))]


def gathered(found: Iterable[Response]) -> Readings:
    rows = list(found)
    indicators = sorted({code for row in rows for code in row.values})
    values = {code: [row.values.get(code) for row in rows] for code in indicators}
    return Readings(
        people=np.array([row.person for row in rows], dtype=np.int64),
        weeks=np.array([ordinal(str(row.week)) for row in rows], dtype=np.int64),
        surveys=column(row.survey for row in rows),
        segments={
            dimension: column(
                row.branch if dimension is Dimension.BRANCH else row.segments.get(dimension, "")
                for row in rows
            )
            for dimension in Dimension
        },
        values={
            code: np.array([np.nan if value is None else value for value in found])
            for code, found in values.items()
        },
        unscored={
            code: np.array([code in row.values and row.values[code] is None for row in rows])
            for code in indicators
        },
    )


def column(codes: Iterable[str]) -> Column:
    found = list(codes)
    known = sorted(set(found))
    return Column(tuple(known), np.array([known.index(code) for code in found], dtype=np.int64))
