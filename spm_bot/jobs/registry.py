"""What can run and when: a job is a name, a schedule, a grace and the work for one due instant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from spm_bot.times import Schedule, due_slots


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again at this distance, counted from the epoch."""

    span: timedelta


Run = Callable[[datetime, datetime], Awaitable[object]]


async def _never(_slot: datetime) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Job:
    """`run` gets the slot it is for, and the moment at which it is worked; `grace` is how late a missed
    slot is still made up. A slot that is `held` is left alone, as if nobody looked.
    """

    name: str
    schedule: Schedule | Every
    zone: ZoneInfo
    grace: timedelta
    run: Run
    held: Callable[[datetime], Awaitable[bool]] = _never


def by_slot(work: Callable[[datetime], Awaitable[object]]) -> Run:
    """The `run` of a job to whose work only the slot matters."""

    async def run(slot: datetime, _now: datetime) -> object:
        return await work(slot)

    return run


def missed(job: Job, *, last_known: datetime, now: datetime) -> tuple[datetime, ...]:
    """The slots after `last_known` whose grace is over at `now`; what runs again and again misses none."""
    if isinstance(job.schedule, Every):
        return ()
    return _slots(job, after=last_known, until=now - job.grace)


def due(
    job: Job, *, last_done: datetime, unfinished: Iterable[datetime], now: datetime
) -> tuple[datetime, ...]:
    """The slots to be worked at `now`: missed ones within the grace, and those left unfinished."""
    after = max(last_done, now - job.grace)
    fresh = _slots(job, after=after, until=now)
    left = [slot for slot in unfinished if slot >= now - job.grace]
    return tuple(sorted({*fresh, *left}))


def _slots(job: Job, *, after: datetime, until: datetime) -> tuple[datetime, ...]:
    match job.schedule:
        case Every(span=span):
            epoch = datetime.fromtimestamp(0, tz=UTC)
            newest = epoch + (until - epoch) // span * span
            return (newest,) if newest > after else ()
        case schedule:
            return due_slots(schedule, zone=job.zone, after=after, until=until)
