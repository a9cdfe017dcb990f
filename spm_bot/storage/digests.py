"""The digests as they were sent: one value a week and scope, never computed twice in two ways."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from spm_bot.storage.tables import digests


@dataclass(frozen=True, slots=True)
class Stored:
    """A digest's JSON, its card, and its picture's file; `scope` is a branch, '' is the institution."""

    week: str
    scope: str
    body: str
    card: str
    picture: str | None


def keep(connection: Connection, stored: Stored) -> None:
    """Stores a digest in place of an earlier one of its week and scope."""
    same = (digests.c.week == stored.week, digests.c.scope == stored.scope)
    connection.execute(delete(digests).where(*same))
    row = {
        "week": stored.week,
        "scope": stored.scope,
        "body": stored.body,
        "card": stored.card,
        "picture": stored.picture,
    }
    connection.execute(insert(digests), row)


def find(connection: Connection, week: str, scope: str) -> Stored | None:
    query = select(digests).where(digests.c.week == week, digests.c.scope == scope)
    row = connection.execute(query).first()
    return None if row is None else Stored(row.week, row.scope, row.body, row.card, row.picture)


def newest(connection: Connection) -> str | None:
    """The last week that has a digest."""
    return connection.execute(select(func.max(digests.c.week))).scalar()
