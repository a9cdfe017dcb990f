"""One lane of writes to PostgreSQL: a task that commits what is queued, batch by batch, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Final

from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from spm_bot.storage.batches import LIMIT, Failed, Job, NotCommitted, apart, deliver, together
from spm_bot.storage.failures import Unavailable, disconnected, raced, refused

_ATTEMPTS: Final = 8
_PAUSE_SECONDS: Final = 0.02

Run = Callable[[Connection, Sequence[Job]], list[Any]]


def engine_for(url: URL, **options: Any) -> AsyncEngine:
    """An engine on the one driver we use. Raises Unavailable when it is not installed."""
    try:
        return create_async_engine(url.set(drivername="postgresql+asyncpg"), hide_parameters=True, **options)
    except ImportError:
        raise Unavailable("PostgreSQL needs its driver: pip install 'spm-bot[postgres]'") from None


@asynccontextmanager
async def reached(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection for a while. Raises NotCommitted when the server gives none."""
    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(engine.connect())
        except Exception as error:
            raise NotCommitted(error) from error
        yield connection


class Lane:
    """Takes whatever is queued, runs it in one transaction, commits once and then wakes all callers."""

    def __init__(self, engine: AsyncEngine, *, place: str) -> None:
        self._engine = engine
        self._place = place
        self._queue: asyncio.Queue[Job | None] = asyncio.Queue()
        self._running = 0
        self._stopping = False
        self._task = asyncio.create_task(self._serve(), name="postgres-lane")

    def load(self) -> int:
        """Works waiting or running."""
        return self._queue.qsize() + self._running

    def submit(self, work: Callable[[Connection], Any]) -> asyncio.Future[Any]:
        future = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(Job(work, future))
        return future

    async def stop(self) -> None:
        """Ends the task when everything queued is committed."""
        self._queue.put_nowait(None)
        await self._task

    async def _serve(self) -> None:
        while jobs := await self._take():
            self._running = len(jobs)
            deliver(jobs, await self._settle(jobs), self._place)
            self._running = 0

    async def _take(self) -> list[Job]:
        """The next batch, waiting for its first job; empty when the task is to end."""
        jobs: list[Job] = []
        with suppress(asyncio.QueueEmpty):
            while len(jobs) < LIMIT and not self._stopping:
                job = self._queue.get_nowait() if jobs else await self._queue.get()
                if job is None:
                    self._stopping = True
                else:
                    jobs.append(job)
        return jobs

    async def _settle(self, jobs: Sequence[Job]) -> list[Any]:
        run: Run = together
        while True:
            try:
                return await self._commit(jobs, run)
            except NotCommitted as error:
                return [Failed(refused(error.reason, self._place)) for _ in jobs]
            except Exception as error:
                if raced(error):
                    return [await self._settle_alone(job) for job in jobs]
                # A server that was restarted has closed our idle connection: the works may run once more.
                if run is apart or (len(jobs) == 1 and not disconnected(error)):
                    return [Failed(error) for _ in jobs]
                run = apart

    async def _settle_alone(self, job: Job) -> Any:
        outcome: Any = None
        for attempt in range(_ATTEMPTS):
            await asyncio.sleep(_PAUSE_SECONDS * attempt)
            try:
                return (await self._commit([job], together))[0]
            except NotCommitted as error:
                return Failed(refused(error.reason, self._place))
            except Exception as error:
                outcome = Failed(error)
                if not raced(error):
                    break
        return outcome

    async def _commit(self, jobs: Sequence[Job], run: Run) -> list[Any]:
        async with reached(self._engine) as connection:
            outcomes = await connection.run_sync(run, jobs)
            try:
                await connection.commit()
            except Exception as error:
                if raced(error):
                    raise
                raise NotCommitted(error) from error
        return outcomes
