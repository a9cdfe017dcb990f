"""Takes due slots under a lease, works them, and marks them done: never twice, never forgotten.

A run that was killed is taken up again when its lease is over; every effect of a job has a unique
key of its own, so running again is harmless.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from spm_bot.jobs.registry import Job, due, missed
from spm_bot.log import event
from spm_bot.storage import audits, job_runs
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.times import Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LEASE = timedelta(minutes=2)
RETRY = timedelta(minutes=5)
TICK_SECONDS = 15

_log = logging.getLogger("spm_bot.jobs")


def schedule(jobs: Sequence[Job], *, store: Store, clock: Clock) -> AsyncIOScheduler:
    """A scheduler that looks for due slots every few seconds; start it inside the event loop."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(
        _tick_until_stopped,
        "interval",
        seconds=TICK_SECONDS,
        next_run_time=clock.now(),
        kwargs={"jobs": jobs, "store": store, "clock": clock},
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    return scheduler


async def _tick_until_stopped(jobs: Sequence[Job], *, store: Store, clock: Clock) -> None:
    # The program stops in mid-work: whoever starts next goes on when the lease is over.
    with suppress(asyncio.CancelledError):
        await tick(jobs, store=store, clock=clock)


async def tick(jobs: Sequence[Job], *, store: Store, clock: Clock) -> int:
    """Works everything that is due now, job by job; says how many slots were done."""
    finished = 0
    for job in jobs:
        for slot in await _slots_of(job, store=store, clock=clock):
            finished += await _work(job, slot, store=store, clock=clock)
    return finished


async def _slots_of(job: Job, *, store: Store, clock: Clock) -> tuple[datetime, ...]:
    try:
        slots, gone = await store.write(partial(_due, job=job, now=clock.now()))
    except Conflict:
        return ()  # another process saw this job for the first time, too
    for slot in gone:
        event(_log, "slot_missed", severity=logging.WARNING, job=job.name, slot=slot)
    return tuple([slot for slot in slots if not await job.held(slot)])


def _due(connection: Connection, *, job: Job, now: datetime) -> tuple[Sequence[datetime], Sequence[datetime]]:
    """The job's due slots, and those that are given up now and told of once; a job seen for the first time
    starts now and makes nothing up.
    """
    last = job_runs.last_done(connection, job.name)
    if last is None:
        last = now
        job_runs.start(connection, job.name, at=now)
    gone = missed(job, last_known=job_runs.newest(connection, job.name) or last, now=now)
    for slot in gone:
        job_runs.give_up(connection, job.name, slot, at=now)
        audits.write_down(
            connection, at=now, actor="system", event="slot_missed", job=job.name, slot=slot.isoformat()
        )
    left = job_runs.unfinished(connection, job.name, since=now - job.grace)
    return due(job, last_done=last, unfinished=left, now=now), gone


async def _work(job: Job, slot: datetime, *, store: Store, clock: Clock) -> bool:
    taking = partial(job_runs.take, job=job.name, slot=slot, now=clock.now(), lease=LEASE)
    try:
        if not await store.write(taking):
            return False
    except Conflict:
        return False  # another process took it first
    try:
        async with _holding(job, slot, store=store, clock=clock):
            await job.run(slot, clock.now())
    except Exception as error:
        event(_log, "job_failed", severity=logging.ERROR, job=job.name, slot=slot, error=type(error).__name__)
        await store.write(partial(job_runs.hold_until, job=job.name, slot=slot, at=clock.now() + RETRY))
        return False
    await store.write(partial(job_runs.done, job=job.name, slot=slot, at=clock.now()))
    event(_log, "job_done", job=job.name, slot=slot)
    return True


@asynccontextmanager
async def _holding(job: Job, slot: datetime, *, store: Store, clock: Clock) -> AsyncIterator[None]:
    """Renews the lease as long as the work goes on."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            await store.write(partial(job_runs.hold_until, job=job.name, slot=slot, at=clock.now() + LEASE))

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
