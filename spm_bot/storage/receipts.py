"""Which events of a chat were already handled, so that a repeated one has no second effect."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from spm_bot.storage.tables import receipts

# Built once: every event asks and adds, and building a statement costs more than SQLite needs to run it.
_KNOWN = select(receipts.c.key).where(receipts.c.key == bindparam("wanted"))
_ADD = insert(receipts)


def first_time(connection: Connection, key: str, *, at: datetime) -> bool:
    """Whether `key` is new; from now on it is not."""
    if connection.execute(_KNOWN, {"wanted": key}).first() is not None:
        return False
    connection.execute(_ADD, {"key": key, "at": at})
    return True


def forget_before(connection: Connection, instant: datetime) -> int:
    """Drops receipts older than `instant` and says how many."""
    return connection.execute(delete(receipts).where(receipts.c.at < instant)).rowcount
