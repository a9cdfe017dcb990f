"""What came of a survey: one response a session, rewritten when a late answer changes it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from spm_bot.storage.tables import observations, responses


@dataclass(frozen=True, slots=True)
class Response:
    """One ended survey. `week` is the ISO week, in the institution's zone, in which it ended."""

    session: int
    client: int
    survey: str
    origin: str
    partial: bool
    late: bool
    language: str
    channel: str
    started_at: datetime
    ended_at: datetime
    week: str
    scored: dict[str, object]


def record(connection: Connection, response: Response) -> int:
    """Stores a response in place of an earlier one of the same session; returns its id."""
    row = {
        "session_id": response.session,
        "client_id": response.client,
        "survey": response.survey,
        "origin": response.origin,
        "partial": response.partial,
        "late": response.late,
        "language": response.language,
        "channel": response.channel,
        "started_at": response.started_at,
        "ended_at": response.ended_at,
        "week": response.week,
        "scored": json.dumps(response.scored, sort_keys=True),
    }
    same = responses.c.session_id == response.session
    known: int | None = connection.execute(select(responses.c.id).where(same)).scalar()
    if known is None:
        fresh: int = connection.execute(insert(responses).returning(responses.c.id), row).scalar_one()
        return fresh
    connection.execute(update(responses).where(same).values(row))
    connection.execute(delete(observations).where(observations.c.response_id == known))
    return known
