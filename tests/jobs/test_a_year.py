"""A year of schedules in six time zones, worked by two runners at once, on both databases.

The clock is looked at every ten minutes around each change of clocks, and once in some days in between: what
was missed is made up within its grace.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from spm_bot.jobs.registry import Job
from spm_bot.jobs.runner import tick
from spm_bot.storage import job_runs
from spm_bot.storage.store import Store
from spm_bot.times import DAY, WEEK, Cron, Daily, Schedule, Weekday, Weekly, at_wall
from tests.stage.clock import FakeClock

HOUR = timedelta(hours=1)
LOOK = timedelta(minutes=10)
GRACE = 9 * DAY
YEAR = [date(2026, 1, 1) + number * DAY for number in range(365)]
CHANGES = {
    "Africa/Nairobi": (),
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Africa/Casablanca": ("2026-02-15", "2026-03-22"),
    "Africa/Cairo": ("2026-04-24", "2026-10-30"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
}
"""The days on which clocks change there, all of them on a Sunday or, in Cairo, in the night to a Friday."""

SCHEDULES: dict[str, Schedule] = {
    "panel": Weekly(Weekday.WEDNESDAY, time(10)),
    "night": Weekly(Weekday.SUNDAY, time(2, 15)),
    "friday": Weekly(Weekday.FRIDAY, time(0, 15)),
    "daily": Daily(time(1, 30)),
    "late": Daily(time(23, 30)),
    "quarter": Cron("0 10 1-7 jan,apr,jul,oct mon"),
    "sundays": Cron("30 0 * * sun"),
}


@dataclass(slots=True)
class Worked:
    """How often each slot of each job was worked."""

    slots: dict[str, Counter[datetime]] = field(default_factory=dict)

    def job(self, name: str, schedule: Schedule, *, zone: ZoneInfo) -> Job:
        counted = self.slots.setdefault(name, Counter())

        async def work(slot: datetime, now: datetime) -> None:
            counted[slot] += 1

        return Job(name, schedule, zone, GRACE, work)


def looks(name: str, zone: ZoneInfo) -> Iterator[datetime]:
    """When somebody looks at the clock, from the first to the last instant of the year."""
    start, end = (at_wall(day, time(0), zone=zone) for day in (YEAR[0], YEAR[-1] + DAY))
    changes = [at_wall(date.fromisoformat(day), time(0), zone=zone) for day in CHANGES[name]]
    instant = start
    while instant < end:
        yield instant
        near = any(change - 3 * HOUR <= instant < change + 6 * HOUR for change in changes)
        ahead = [change - 3 * HOUR for change in changes if change - 3 * HOUR > instant]
        instant = min([instant + (LOOK if near else WEEK + 5 * HOUR), *([] if near else ahead)])
    yield end - LOOK / 10


def falls_on(schedule: Schedule, day: date) -> bool:
    match schedule:
        case Weekly(weekday=weekday):
            return day.weekday() == weekday
        case Daily():
            return True
        case Cron(line=line) if line.endswith("sun"):
            return day.weekday() == Weekday.SUNDAY
        case Cron():
            return day.weekday() == Weekday.MONDAY and day.day <= 7 and day.month in {1, 4, 7, 10}


@pytest.mark.parametrize("name", CHANGES)
async def test_each_slot_of_a_year_is_worked_once_at_the_hour_on_the_wall(store: Store, name: str) -> None:
    zone, worked = ZoneInfo(name), Worked()
    jobs = [worked.job(code, schedule, zone=zone) for code, schedule in SCHEDULES.items()]
    clock = FakeClock(at_wall(YEAR[0], time(0), zone=zone) - LOOK)
    await tick(jobs, store=store, clock=clock)
    for instant in looks(name, zone):
        clock.instant = instant
        await asyncio.gather(*(tick(jobs, store=store, clock=clock) for _ in range(2)))
    for code, schedule in SCHEDULES.items():
        expected = [at_wall(day, schedule.at, zone=zone) for day in YEAR if falls_on(schedule, day)]
        assert worked.slots[code] == dict.fromkeys(expected, 1), code
        walls = [slot.astimezone(zone).time() for slot in expected]
        assert sum(wall != schedule.at for wall in walls) <= 1  # the one whose hour the clocks left out


async def test_two_runners_that_look_at_different_moments_share_the_work(store: Store) -> None:
    """One is slow and one is late: whoever takes a slot first works it."""
    zone, worked = ZoneInfo("Europe/Berlin"), Worked()
    jobs = [worked.job(code, SCHEDULES[code], zone=zone) for code in ("daily", "night")]
    day = date(2026, 3, 28)
    start = at_wall(day, time(0), zone=zone)
    for job in jobs:
        await store.write(partial(job_runs.start, job=job.name, at=start))
    first, second = FakeClock(start), FakeClock(start)
    for number in range(48 * 6):
        first.instant, second.instant = start + number * LOOK, start + number * LOOK * 0.9
        await asyncio.gather(tick(jobs, store=store, clock=second), tick(jobs, store=store, clock=first))
    assert worked.slots == {
        "daily": {at_wall(day + n * DAY, time(1, 30), zone=zone): 1 for n in range(2)},
        "night": {at_wall(day + DAY, time(2, 15), zone=zone): 1},
    }
