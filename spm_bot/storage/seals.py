"""The seal of a database: one row by which a key that does not belong to it is noticed at the door.

It is set once, with the key in use when the database is first opened. A rotated list of keys opens it
as long as the key that set it is listed.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, inspect, select

from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import seals
from spm_bot.storage.vault import Undecipherable

SEAL: Final = "seals.mark"
_MARK: Final = "spm-bot"
_ONLY: Final = 1
"""The id of the one row: of two processes that seal at once the second meets a Conflict."""


def sealed(connection: Connection) -> bool:
    """Whether a key has been in use here; the tables need not be there yet."""
    return inspect(connection).has_table(seals.name) and _mark(connection) is not None


def fits(connection: Connection) -> bool | None:
    """Whether the keys of this store open the seal; None while there is none."""
    mark = _mark(connection)
    if mark is None:
        return None
    try:
        return vault_of(connection).decrypt(mark, associated=SEAL) == _MARK
    except Undecipherable:
        return False


def put_on(connection: Connection) -> None:
    """Seals the database with the key in use. Raises Conflict if it is sealed."""
    row = {"id": _ONLY, "mark": vault_of(connection).encrypt(_MARK, associated=SEAL)}
    connection.execute(seals.insert(), row)


def _mark(connection: Connection) -> bytes | None:
    found: bytes | None = connection.execute(select(seals.c.mark)).scalar()
    return found
