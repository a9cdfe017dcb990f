"""One row for each indicator that a response says something about, with its week and origin."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, insert, select

from spm_bot.analytics.indicators import Observed
from spm_bot.storage.tables import observations

Rows = frozenset[tuple[str, str, Observed]]
"""What is held of one response: week, origin, what it says."""


def add(
    connection: Connection, response: int, observed: Iterable[Observed], *, week: str, origin: str
) -> None:
    """Stores what a response says. Raises Conflict for an indicator it spoke about already."""
    common = {"response_id": response, "week": week, "origin": origin}
    rows = [{**common, "indicator": each.indicator, "value": each.value} for each in observed]
    if rows:
        connection.execute(insert(observations), rows)


def drop(connection: Connection, responses: Collection[int]) -> None:
    """What these responses say is no longer held."""
    connection.execute(delete(observations).where(observations.c.response_id.in_(list(responses))))


def held(connection: Connection, responses: Collection[int]) -> dict[int, Rows]:
    """What is held of each of these responses, without those of which nothing is."""
    kept = observations.c
    query = select(kept.response_id, kept.week, kept.origin, kept.indicator, kept.value)
    found: dict[int, set[tuple[str, str, Observed]]] = {}
    for response, week, origin, indicator, value in connection.execute(
        query.where(kept.response_id.in_(list(responses)))
    ):
        found.setdefault(response, set()).add((week, origin, Observed(indicator, value)))
    return {response: frozenset(rows) for response, rows in found.items()}
