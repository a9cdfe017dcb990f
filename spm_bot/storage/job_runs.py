"""One row a job and due instant: taken before the work, done after it, taken again if the lease ran out."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, tuple_, update

from spm_bot.storage.tables import job_runs

# Built once: every job asks for both whenever the clock ticks.
_LAST_DONE = select(func.max(job_runs.c.slot)).where(
    job_runs.c.job == bindparam("name"), job_runs.c.done_at.is_not(None)
)
_NEWEST = select(func.max(job_runs.c.slot)).where(job_runs.c.job == bindparam("name"))
_UNFINISHED = (
    select(job_runs.c.slot)
    .where(
        job_runs.c.job == bindparam("name"),
        job_runs.c.done_at.is_(None),
        job_runs.c.attempts > 0,
        job_runs.c.slot >= bindparam("since"),
    )
    .order_by(job_runs.c.slot)
)


def take(connection: Connection, job: str, slot: datetime, *, now: datetime, lease: timedelta) -> bool:
    """Whether this process may do the work of `slot` now.

    False when it is done, or when another process holds a lease that has not run out.
    """
    mine = (job_runs.c.job == job, job_runs.c.slot == slot)
    row = connection.execute(select(job_runs).where(*mine)).first()
    if row is None:
        fresh = {"job": job, "slot": slot, "lease_until": now + lease, "attempts": 1}
        connection.execute(insert(job_runs), fresh)
        return True
    free = (*mine, job_runs.c.done_at.is_(None), job_runs.c.lease_until <= now)
    again = {"lease_until": now + lease, "attempts": row.attempts + 1}
    return connection.execute(update(job_runs).where(*free).values(again)).rowcount == 1


def done(connection: Connection, job: str, slot: datetime, *, at: datetime) -> None:
    """The work of `slot` is finished for ever."""
    mine = (job_runs.c.job == job, job_runs.c.slot == slot)
    connection.execute(update(job_runs).where(*mine).values(done_at=at))


def hold_until(connection: Connection, job: str, slot: datetime, *, at: datetime) -> None:
    """Moves the end of a lease: later while the work goes on, to a next try after it failed."""
    mine = (job_runs.c.job == job, job_runs.c.slot == slot, job_runs.c.done_at.is_(None))
    connection.execute(update(job_runs).where(*mine).values(lease_until=at))


def start(connection: Connection, job: str, *, at: datetime) -> None:
    """The job exists from `at` on: slots before it are not made up."""
    row = {"job": job, "slot": at, "lease_until": at, "done_at": at, "attempts": 0}
    connection.execute(insert(job_runs), row)


def give_up(connection: Connection, job: str, slot: datetime, *, at: datetime) -> None:
    """Nobody took `slot` in its grace: it is known, and never done."""
    row = {"job": job, "slot": slot, "lease_until": at, "attempts": 0}
    connection.execute(insert(job_runs), row)


def newest(connection: Connection, job: str) -> datetime | None:
    """The newest slot of `job` that is known, whatever became of it."""
    return connection.execute(_NEWEST, {"name": job}).scalar()


def forget_before(connection: Connection, instant: datetime) -> None:
    """Drops slots done before `instant`, but never the newest of a job."""
    newest = (
        select(job_runs.c.job, func.max(job_runs.c.slot))
        .where(job_runs.c.done_at.is_not(None))
        .group_by(job_runs.c.job)
    )
    old = (job_runs.c.done_at < instant, tuple_(job_runs.c.job, job_runs.c.slot).not_in(newest))
    connection.execute(delete(job_runs).where(*old))


def last_done(connection: Connection, job: str) -> datetime | None:
    """The newest slot of `job` that is done."""
    return connection.execute(_LAST_DONE, {"name": job}).scalar()


def unfinished(connection: Connection, job: str, *, since: datetime) -> list[datetime]:
    """Slots of `job` from `since` on that were taken and never done, oldest first."""
    return list(connection.execute(_UNFINISHED, {"name": job, "since": since}).scalars())
