"""Which events of a chat were already handled, so that a repeated one has no second effect."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from spm_bot.storage.tables import receipts


def first_time(connection: Connection, key: str, *, at: datetime) -> bool:
    """Whether `key` is new; from now on it is not."""
    if connection.execute(select(receipts.c.key).where(receipts.c.key == key)).first() is not None:
        return False
    connection.execute(receipts.insert(), {"key": key, "at": at})
    return True


def forget_before(connection: Connection, instant: datetime) -> int:
    """Drops receipts older than `instant` and says how many."""
    return connection.execute(delete(receipts).where(receipts.c.at < instant)).rowcount
