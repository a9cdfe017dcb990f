"""How often somebody failed to prove who they are, and who may not try for now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, case, delete, select, update

from spm_bot.storage.tables import tries


def miss(connection: Connection, key: str, *, most: int, at: datetime, until: datetime) -> bool:
    """Counts a failure for `key`; the `most`-th locks it until then. Says whether it locked just now.

    Raises Conflict when another first failure of the same key was quicker.
    """
    locked_now, never = tries.c.locked_until > at, tries.c.locked_until.is_(None)
    # After a lock the count begins anew.
    count = case((locked_now, tries.c.misses), (never, tries.c.misses + 1), else_=1)
    again = update(tries).where(tries.c.key == key).values(misses=count, last_at=at).returning(tries.c.misses)
    misses = connection.execute(again).scalar()
    if misses is None:
        misses = 1
        row = {"key": key, "misses": misses, "last_at": at}
        connection.execute(tries.insert(), row)
    lock = until if misses >= most else None
    connection.execute(update(tries).where(tries.c.key == key).values(locked_until=lock))
    return lock is not None


def locked(connection: Connection, keys: Collection[str], *, now: datetime) -> bool:
    """Whether one of `keys` may not try now."""
    held = select(tries.c.key).where(tries.c.key.in_(list(keys)), tries.c.locked_until > now)
    return connection.execute(held.limit(1)).first() is not None


def clear(connection: Connection, keys: Collection[str]) -> None:
    """Forgets the failures of `keys`."""
    connection.execute(delete(tries).where(tries.c.key.in_(list(keys))))
