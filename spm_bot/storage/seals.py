"""The seals of a database: rows by which a key is noticed that does not belong to it, or comes too late.

The first is set once, with the key in use when the database is first opened; a list of keys opens the
database as long as that key is in it. The second is the serving bot's, by the first key of its list.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, delete, inspect, select

from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import seals
from spm_bot.storage.vault import Undecipherable

SEAL: Final = "seals.mark"
_MARK: Final = "spm-bot"
_DATABASE: Final = 1
"""The id of its one seal: of two processes that seal at once the second meets a Conflict."""
_BOT: Final = 2


def sealed(connection: Connection) -> bool:
    """Whether a key has been in use here; the tables need not be there yet."""
    return inspect(connection).has_table(seals.name) and _mark(connection, _DATABASE) is not None


def fits(connection: Connection) -> bool | None:
    """Whether the keys of this store open the seal; None while there is none."""
    mark = _mark(connection, _DATABASE)
    if mark is None:
        return None
    try:
        return vault_of(connection).decrypt(mark, associated=SEAL) == _MARK
    except Undecipherable:
        return False


def put_on(connection: Connection) -> None:
    """Seals the database with the key in use. Raises Conflict if it is sealed."""
    _put(connection, _DATABASE)


def bot_began(connection: Connection) -> None:
    """Notes with which key the bot seals that serves from now on."""
    bot_ended(connection)
    _put(connection, _BOT)


def bot_ended(connection: Connection) -> None:
    connection.execute(delete(seals).where(seals.c.id == _BOT))


def bot_is_behind(connection: Connection) -> bool:
    """Whether a bot serves that was started with another first key than that of this store."""
    mark = _mark(connection, _BOT)
    return mark is not None and not vault_of(connection).is_current(mark)


def _put(connection: Connection, identity: int) -> None:
    row = {"id": identity, "mark": vault_of(connection).encrypt(_MARK, associated=SEAL)}
    connection.execute(seals.insert(), row)


def _mark(connection: Connection, identity: int) -> bytes | None:
    found: bytes | None = connection.execute(select(seals.c.mark).where(seals.c.id == identity)).scalar()
    return found
