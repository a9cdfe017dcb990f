"""The one thread that writes to a SQLite file, with group commit: the busier, the larger the batches."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

from sqlalchemy import Connection, event

from spm_bot.storage.batches import LIMIT, Failed, Job, NotCommitted, apart, deliver, equip, together
from spm_bot.storage.failures import refused
from spm_bot.storage.sqlite_file import BUSY_MS, driver_of, engine_on, prepare_writer
from spm_bot.storage.vault import Vault

_CHECKPOINT_MS: Final = 1_000


class Writer:
    """Takes whatever is queued, runs it in one transaction, commits once and then wakes all callers."""

    def __init__(self, path: Path, *, vault: Vault, durability: str) -> None:
        self._place = str(path)
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.create_future()
        self._ended = self._loop.create_future()
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._checkpoints: deque[asyncio.Future[bool]] = deque()
        self._stopping = False
        self._thread = Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._engine = engine_on(path, connections=1)
        equip(self._engine, vault)
        event.listen(self._engine, "connect", lambda driver, _: prepare_writer(driver, path, durability))

    async def start(self) -> None:
        """Raises Unavailable or Corrupt."""
        self._thread.start()
        await self._started

    def submit(self, work: Callable[[Connection], Any]) -> asyncio.Future[Any]:
        future = self._loop.create_future()
        self._queue.put(Job(work, future))
        return future

    def checkpoint(self) -> asyncio.Future[bool]:
        """Whether the write-ahead log could be emptied, once everything queued so far is committed."""
        future: asyncio.Future[bool] = self._loop.create_future()
        self._checkpoints.append(future)
        self.submit(lambda _: None)
        return future

    async def stop(self) -> None:
        """Ends the thread when everything queued is committed."""
        self._queue.put(None)
        await self._ended
        self._thread.join()

    def _serve(self) -> None:
        try:
            with self._engine.connect():
                self._tell(self._started.set_result, None)
            while jobs := self._take():
                self._tell(deliver, jobs, self._settle(jobs), self._place)
                while self._checkpoints:
                    self._tell(_resolve, self._checkpoints.popleft(), self._truncate())
        except Exception as error:
            self._tell(self._started.set_exception, refused(error, self._place))
        finally:
            self._engine.dispose()
            self._tell(self._ended.set_result, None)

    def _take(self) -> list[Job]:
        """The next batch, waiting for its first job; empty when the thread is to end."""
        jobs: list[Job] = []
        with suppress(Empty):
            while len(jobs) < LIMIT and not self._stopping:
                job = self._queue.get(block=not jobs)
                if job is None:
                    self._stopping = True
                else:
                    jobs.append(job)
        return jobs

    def _settle(self, jobs: Sequence[Job]) -> list[Any]:
        outcomes: list[Any] = []
        for run in (together, apart):
            try:
                return self._commit(jobs, run)
            except NotCommitted as error:
                return [Failed(refused(error.reason, self._place)) for _ in jobs]
            except BaseException as error:
                outcomes = [Failed(error) for _ in jobs]
                if len(jobs) == 1:
                    break
        return outcomes

    def _commit(
        self, jobs: Sequence[Job], run: Callable[[Connection, Sequence[Job]], list[Any]]
    ) -> list[Any]:
        with self._engine.connect() as connection:
            driver = driver_of(connection)
            try:
                _execute(driver, "BEGIN IMMEDIATE")
                outcomes = run(connection, jobs)
                _execute(driver, "COMMIT")
            finally:
                # SQLite itself has rolled back already after some errors (disk full, for one).
                if driver.in_transaction:
                    driver.execute("ROLLBACK")
        return outcomes

    def _truncate(self) -> bool:
        # It waits for readers and holds up writers meanwhile, hence not for long.
        try:
            with self._engine.connect() as connection:
                driver = driver_of(connection)
                driver.execute(f"PRAGMA busy_timeout={_CHECKPOINT_MS}")
                try:
                    busy: int = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                finally:
                    driver.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        except sqlite3.Error:
            return False
        return busy == 0

    def _tell(self, callback: Callable[..., object], *args: object) -> None:
        # A loop that was closed before the store has nobody left to tell.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(callback, *args)


def _execute(driver: sqlite3.Connection, statement: str) -> None:
    try:
        driver.execute(statement)
    except sqlite3.Error as error:
        raise NotCommitted(error) from error


def _resolve(future: asyncio.Future[bool], value: bool) -> None:  # noqa: FBT001
    if not future.done():
        future.set_result(value)
