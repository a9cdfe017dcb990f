"""Comments that a named person looked at: released, perhaps in other words, or dropped. Words are sealed.

A quote goes with the comment it was made of: the database itself deletes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import quotes

WORDS = "quotes.words"


@dataclass(frozen=True, slots=True)
class Released:
    """Words as they may be read; `branch` is where the client is, and not yet to be shown."""

    text: str
    theme: str
    branch: str


def settle(
    connection: Connection,
    comment: int,
    *,
    week: str,
    branch: str,
    theme: str,
    words: str | None,
    by: str,
    at: datetime,
) -> None:
    """Releases a comment in `words` in this week, or drops it where they are None. Raises Conflict for one
    that was settled before.
    """
    row = {
        "comment_id": comment,
        "week": week,
        "branch": branch,
        "theme": theme,
        "words": None if words is None else vault_of(connection).encrypt(words, associated=WORDS),
        "released": words is not None,
        "decided_by": by,
        "decided_at": at,
    }
    connection.execute(insert(quotes), row)


def settled(connection: Connection) -> frozenset[int]:
    """The comments that somebody has looked at."""
    return frozenset(connection.execute(select(quotes.c.comment_id)).scalars())


def released(connection: Connection, *, first: str, last: str) -> list[Released]:
    """What was released in these weeks, the newest first."""
    query = select(quotes).where(quotes.c.released, quotes.c.week >= first, quotes.c.week <= last)
    return [
        Released(vault_of(connection).decrypt(row.words, associated=WORDS), row.theme, row.branch)
        for row in connection.execute(query.order_by(quotes.c.decided_at.desc(), quotes.c.id.desc()))
    ]
