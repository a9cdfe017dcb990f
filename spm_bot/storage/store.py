"""The one door to the database: `write` for everything that changes it, `read` for everything else.

A work is a plain function on a connection. It may run more than once, in another thread, together
with works of other callers: it touches nothing but its connection and its arguments, reads no
clock, and what it returns counts only once `write` has returned it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol, TypeVar, cast

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from spm_bot.storage.failures import Conflict, Corrupt, Unavailable
from spm_bot.storage.vault import Vault

__all__ = [
    "Conflict",
    "Connection",
    "Corrupt",
    "Durability",
    "Store",
    "Unavailable",
    "address_of",
    "vault_of",
]

T = TypeVar("T")
Durability = Literal["full", "off"]


class _Door(Protocol):
    async def open(self) -> None: ...

    async def write(self, work: Callable[[Connection], T], lane: str | None) -> T: ...

    async def read(self, work: Callable[[Connection], T]) -> T: ...

    async def checkpoint(self) -> bool: ...

    def sole(self) -> AbstractAsyncContextManager[None]: ...

    async def close(self) -> None: ...


class Store:
    """An open database. It belongs to the event loop that opened it."""

    def __init__(self, door: _Door) -> None:
        self._door = door

    @classmethod
    async def open(cls, url: str, *, vault: Vault, durability: Durability = "full", lanes: int = 4) -> Store:
        """Opens the database at a SQLAlchemy URL; a missing SQLite file is created, empty.

        With durability "off" a power cut may take the last commits: for data that can be made again.
        `lanes` is the number of reader threads on SQLite, of writing connections on PostgreSQL.
        Raises Unavailable or Corrupt.
        """
        door = _door(url, vault=vault, durability=durability, lanes=lanes)
        await door.open()
        return cls(door)

    async def write(self, work: Callable[[Connection], T], *, lane: str | None = None) -> T:
        """What `work` returned, once it is committed. Works of one `lane` run in the order of the calls.

        Raises what the work raised, Conflict for a broken unique or foreign key, Unavailable or
        Corrupt; then the work has had no effect. A caller that is cancelled does not know.
        """
        return await self._door.write(work, lane)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What `work` returned. Its statements see one committed snapshot and cannot write.

        Raises what the work raised, Unavailable or Corrupt.
        """
        return await self._door.read(work)

    async def checkpoint(self) -> bool:
        """Empties SQLite's write-ahead log, so that deleted rows are gone from it, too.

        False while a reader still needs the log: try again later.
        """
        return await self._door.checkpoint()

    def sole(self) -> AbstractAsyncContextManager[None]:
        """A SQLite file serves one running bot: entering raises Unavailable while another is inside."""
        return self._door.sole()

    async def close(self) -> None:
        """Commits what is queued, then lets go of the database. Calling it again does nothing."""
        await self._door.close()


def vault_of(connection: Connection) -> Vault:
    """The vault of the store that handed out this connection."""
    return cast("Vault", connection.info["vault"])


def address_of(url: str) -> URL:
    """A database address, taken apart. Raises Unavailable when it is none that we can use."""
    try:
        address = make_url(url)
    except ArgumentError:
        address = URL.create("nothing")
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise Unavailable(
            "SPM_DATABASE_URL is no address of a database we can use: it looks like"
            " sqlite+aiosqlite:///spm.db or postgresql+asyncpg://user:password@host/name"
        )
    return address


def _door(url: str, *, vault: Vault, durability: Durability, lanes: int) -> _Door:
    # Imported here because a bot on SQLite never needs asyncio engines, nor one on PostgreSQL the other.
    address = address_of(url)
    if address.get_backend_name() == "sqlite":
        from spm_bot.storage.sqlite_door import SqliteDoor  # noqa: PLC0415
        from spm_bot.storage.sqlite_file import path_of  # noqa: PLC0415

        return SqliteDoor(path_of(address), vault=vault, durability=durability, readers=lanes)
    from spm_bot.storage.postgres_door import PostgresDoor  # noqa: PLC0415

    return PostgresDoor(address, vault=vault, durability=durability, lanes=lanes)
