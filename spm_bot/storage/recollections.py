"""What standing rounds heard over some weeks, as columns; numpy comes with it, so only digests load it.

The database strings together the numbers of the responses that say the same: a few long texts come instead of
a million rows, and numpy reads each at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter

import numpy as np
from sqlalchemy import Connection, String, cast, func, select

from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.readings import Column, Flags, Floats, Ints, Readings, ordinal
from spm_bot.storage.tables import observations, responses

_STANDING = "standing"
# Once the link to a client is cut, the response stands for its person.
_PERSON = func.coalesce(responses.c.client_id, -responses.c.id)
_COLUMNS = (
    responses.c.id,
    _PERSON,
    responses.c.week,
    responses.c.survey,
    *(responses.c[d] for d in Dimension),
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said about an indicator: numbers of responses, and the value of each, NaN without a score."""

    responses: Ints
    values: Floats


def read(connection: Connection, first_week: str, last_week: str) -> Readings:
    """The responses to standing rounds, of these weeks and those between, that say something about an
    indicator, in the order of their numbers.
    """
    said = _said(connection, first_week, last_week)
    numbers, people, weeks, surveys, *segments = _speakers(connection, first_week, last_week, said)
    places = np.array(numbers, np.int64)
    ordinals = {week: ordinal(week) for week in set(weeks)}
    values, unscored = _placed(said, places)
    return Readings(
        people=np.array(people, np.int64),
        weeks=np.array([ordinals[week] for week in weeks], np.int64),
        surveys=_column(surveys),
        segments={name: _column(codes) for name, codes in zip(Dimension, segments, strict=True)},
        values=values,
        unscored=unscored,
    )


def _said(connection: Connection, first_week: str, last_week: str) -> dict[str, _Said]:
    kept = observations.c
    # Grouped by week too, as the index is: so nothing has to be sorted.
    query = (
        select(kept.indicator, kept.value, func.aggregate_strings(cast(kept.response_id, String), ","))
        .where(kept.origin == _STANDING, kept.week >= first_week, kept.week <= last_week)
        .group_by(kept.week, kept.indicator, kept.value)
    )
    found: dict[str, list[tuple[Ints, Floats]]] = {}
    for indicator, value, together in connection.execute(query):
        numbers = np.fromstring(together, np.int64, sep=",")
        same = np.full(len(numbers), np.nan if value is None else value)
        found.setdefault(indicator, []).append((numbers, same))
    return {
        indicator: _Said(*(np.concatenate(parts) for parts in zip(*groups, strict=True)))
        for indicator, groups in sorted(found.items())
    }


def _speakers(
    connection: Connection, first_week: str, last_week: str, said: Mapping[str, _Said]
) -> Sequence[Sequence[str]]:
    """The columns of the responses that say something, in the order of their numbers."""
    kept = responses.c
    query = select(*_COLUMNS).where(kept.week >= first_week, kept.week <= last_week, kept.origin == _STANDING)
    rows = sorted(connection.execute(query), key=itemgetter(0))
    heard = np.array([row[0] for row in rows], np.int64)
    speak = np.zeros(len(rows), np.bool_)
    for each in said.values():
        speak |= np.isin(heard, each.responses)
    return tuple(zip(*compress(rows, speak), strict=True)) or ((),) * len(_COLUMNS)


def _placed(said: Mapping[str, _Said], numbers: Ints) -> tuple[dict[str, Floats], dict[str, Flags]]:
    """What is said, at the places where the `numbers` of the responses stand."""
    values = {indicator: np.full(len(numbers), np.nan) for indicator in said}
    unscored = {indicator: np.zeros(len(numbers), np.bool_) for indicator in said}
    for indicator, each in said.items():
        # A response that came or went between two looks at the database has no place.
        known = np.isin(each.responses, numbers)
        places = np.searchsorted(numbers, each.responses[known])
        values[indicator][places] = each.values[known]
        unscored[indicator][places] = np.isnan(each.values[known])
    return values, unscored


def _column(codes: Sequence[str]) -> Column:
    names = tuple(sorted(set(codes)))
    places = {name: place for place, name in enumerate(names)}
    return Column(names, np.fromiter(map(places.__getitem__, codes), np.int64, len(codes)))
