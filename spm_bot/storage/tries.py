"""How often somebody failed to prove who they are, and who may not try for now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, select, update

from spm_bot.storage.tables import tries

FADES = timedelta(days=30)
"""After so long without a failure earlier ones count no more; a card is good no longer than this."""


def miss(connection: Connection, key: str, *, most: int, at: datetime, lasts: timedelta) -> bool:
    """Counts a failure for `key`; every `most`-th locks it, for `lasts` the first time and twice as long
    each time after. Says whether it locked just now.

    Raises Conflict when another first failure of the same key was quicker.
    """
    locked_now, faded = tries.c.locked_until > at, tries.c.last_at < at - FADES
    count = case((locked_now, tries.c.misses), (faded, 1), else_=tries.c.misses + 1)
    again = update(tries).where(tries.c.key == key).values(misses=count, last_at=at).returning(tries.c.misses)
    misses = connection.execute(again).scalar()
    if misses is None:
        misses = 1
        connection.execute(tries.insert(), {"key": key, "misses": misses, "last_at": at})
    times, rest = divmod(misses, most)
    if rest:
        return False
    until = at + lasts * 2 ** (times - 1)
    free = tries.c.locked_until.is_(None) | (tries.c.locked_until <= at)
    lock = update(tries).where(tries.c.key == key, free).values(locked_until=until)
    return connection.execute(lock).rowcount == 1


def locked(connection: Connection, keys: Collection[str], *, now: datetime) -> bool:
    """Whether one of `keys` may not try now."""
    held = select(tries.c.key).where(tries.c.key.in_(list(keys)), tries.c.locked_until > now)
    return connection.execute(held.limit(1)).first() is not None


def clear(connection: Connection, keys: Collection[str]) -> None:
    """Forgets the failures of `keys`."""
    connection.execute(delete(tries).where(tries.c.key.in_(list(keys))))
