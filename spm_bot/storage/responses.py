"""What came of a survey: one response a session, rewritten when a late answer changes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from spm_bot.analytics.dimensions import Segments
from spm_bot.storage import observations
from spm_bot.storage.tables import responses


@dataclass(frozen=True, slots=True)
class Response:
    """One ended survey. `week` is the ISO week, in the institution's zone, in which it ended."""

    session: int
    client: int
    survey: str
    origin: str
    partial: bool
    late: bool
    started_at: datetime
    ended_at: datetime
    week: str
    scored: dict[str, object]
    segments: Segments


@dataclass(frozen=True, slots=True)
class Judged:
    """How a response that still has its session was judged when it ended."""

    id: int
    session: int
    survey: str
    origin: str
    week: str
    scores: Mapping[str, float | None]
    bands: Mapping[str, str | None]


def record(connection: Connection, response: Response) -> int:
    """Stores a response in place of an earlier one of the same session; returns its id."""
    row = {
        "session_id": response.session,
        "client_id": response.client,
        "survey": response.survey,
        "origin": response.origin,
        "partial": response.partial,
        "late": response.late,
        "started_at": response.started_at,
        "ended_at": response.ended_at,
        "week": response.week,
        "scored": json.dumps(response.scored, sort_keys=True),
        **asdict(response.segments),
    }
    same = responses.c.session_id == response.session
    known: int | None = connection.execute(select(responses.c.id).where(same)).scalar()
    if known is None:
        fresh: int = connection.execute(insert(responses).returning(responses.c.id), row).scalar_one()
        return fresh
    connection.execute(update(responses).where(same).values(row))
    observations.drop(connection, [known])
    return known


def count(connection: Connection) -> int:
    """How many responses still have their session."""
    there = select(func.count()).where(responses.c.session_id.is_not(None))
    return connection.execute(there).scalar_one()


def judged_after(connection: Connection, response: int, *, limit: int) -> list[Judged]:
    """The next responses behind this one that still have their session, in the order of their ids."""
    kept = responses.c
    query = (
        select(kept.id, kept.session_id, kept.survey, kept.origin, kept.week, kept.scored)
        .where(kept.id > response, kept.session_id.is_not(None))
        .order_by(kept.id)
        .limit(limit)
    )
    return [_judged(row) for row in connection.execute(query)]


def _judged(row: Row[*tuple[Any, ...]]) -> Judged:
    scored = json.loads(row.scored)
    return Judged(
        id=row.id,
        session=row.session_id,
        survey=row.survey,
        origin=row.origin,
        week=row.week,
        scores=scored["scores"],
        bands=scored["bands"],
    )
