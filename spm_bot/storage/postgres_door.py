"""The PostgreSQL side of the store: a few lanes of writes, and a pool of read-only connections."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy import URL, Connection

from spm_bot.storage.batches import NotCommitted, equip, raisable
from spm_bot.storage.failures import Unavailable, refused
from spm_bot.storage.postgres_lane import Lane, engine_for, reached
from spm_bot.storage.vault import Vault

T = TypeVar("T")


class PostgresDoor:
    """One database on a server, which other processes may share."""

    def __init__(self, url: URL, *, vault: Vault, durability: str, lanes: int) -> None:
        self._place = url.render_as_string(hide_password=True)
        self._closed = False
        settings = {"synchronous_commit": "off"} if durability == "off" else {}
        self._writes = engine_for(
            url, pool_size=lanes, max_overflow=0, connect_args={"server_settings": settings}
        )
        # As on SQLite, all statements of a read see one snapshot, and none of them can write.
        self._reads = engine_for(
            url,
            pool_size=lanes,
            max_overflow=lanes,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
        equip(self._writes.sync_engine, vault)
        equip(self._reads.sync_engine, vault)
        self._lanes = tuple(Lane(self._writes, place=self._place) for _ in range(lanes))

    async def open(self) -> None:
        try:
            await self.write(lambda connection: connection.exec_driver_sql("SELECT 1"), None)
        except BaseException:
            await self.close()
            raise

    async def write(self, work: Callable[[Connection], T], lane: str | None) -> T:
        self._check_open()
        if lane is None:
            chosen = min(self._lanes, key=Lane.load)
        else:
            chosen = self._lanes[zlib.crc32(lane.encode()) % len(self._lanes)]
        result: T = await chosen.submit(work)
        return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        self._check_open()
        try:
            async with reached(self._reads) as connection:
                return await connection.run_sync(work)
        except NotCommitted as error:
            raise refused(error.reason, self._place) from None
        except Exception as error:
            known = raisable(error, self._place)
            if known is error:
                raise
            raise known from None

    async def checkpoint(self) -> bool:
        return True

    @asynccontextmanager
    async def sole(self) -> AsyncIterator[None]:
        yield

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await asyncio.gather(*(lane.stop() for lane in self._lanes))
            await self._writes.dispose()
            await self._reads.dispose()

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable(f"the store on {self._place} is closed: start the program again")
