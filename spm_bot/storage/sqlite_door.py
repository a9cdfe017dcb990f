"""The SQLite side of the store: writes through one thread, reads on threads of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import Connection, event

from spm_bot.storage.batches import equip, raisable
from spm_bot.storage.failures import Unavailable, refused
from spm_bot.storage.sqlite_file import engine_on, make_private, prepare_reader
from spm_bot.storage.sqlite_writer import Writer
from spm_bot.storage.vault import Vault

T = TypeVar("T")


class SqliteDoor:
    """One database file. Readers see the last commit and never wait for the writer."""

    def __init__(self, path: Path, *, vault: Vault, durability: str, readers: int) -> None:
        self._path = path
        self._closed = False
        self._writer = Writer(path, vault=vault, durability=durability)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="sqlite-reader")
        self._engine = engine_on(path, connections=readers)
        equip(self._engine, vault)
        event.listen(self._engine, "connect", lambda driver, _: prepare_reader(driver, path))

    async def open(self) -> None:
        make_private(self._path)
        await self._writer.start()

    async def write(self, work: Callable[[Connection], T], lane: str | None) -> T:
        self._check_open()
        result: T = await self._writer.submit(work)
        return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        self._check_open()
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def checkpoint(self) -> bool:
        self._check_open()
        return await self._writer.checkpoint()

    @asynccontextmanager
    async def sole(self) -> AsyncIterator[None]:
        # Without flock the library would fall back to a file that a killed process leaves behind.
        lock = FileLock(f"{self._path}.lock", blocking=False, thread_local=False, fallback_to_soft=False)
        try:
            lock.acquire()
        except Timeout:
            raise Unavailable(
                f"another spm-bot already runs on this database: {self._path}; stop it first"
            ) from None
        except OSError as error:
            raise refused(error, str(self._path)) from error
        try:
            yield
        finally:
            lock.release()

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await self._writer.stop()
            await asyncio.to_thread(self._readers.shutdown)
            self._engine.dispose()

    def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                return work(connection)
        except BaseException as error:
            known = raisable(error, str(self._path))
            if known is error:
                raise
            raise known from None

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable(f"the store on {self._path} is closed: start the program again")
