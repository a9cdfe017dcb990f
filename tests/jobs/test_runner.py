from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg  # type: ignore[import-untyped]
import pytest
from sqlalchemy import make_url

from spm_bot.jobs import runner
from spm_bot.jobs.registry import Every, Job
from spm_bot.jobs.runner import LEASE, RETRY, schedule, tick
from spm_bot.storage import audits, job_runs
from spm_bot.storage.store import Store
from spm_bot.storage.tables import job_runs as table
from spm_bot.storage.vault import Vault
from spm_bot.times import Daily
from tests.seed import DAY, HOUR, rows_of
from tests.stage.clock import FakeClock

NAIROBI = ZoneInfo("Africa/Nairobi")
SLOT = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)
PATIENCE = 5.0


@dataclass(slots=True)
class Work:
    """A job's work that remembers its slots; an entry of `script` is raised, or waited for."""

    script: list[Exception | asyncio.Event] = field(default_factory=list)
    slots: list[datetime] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, slot: datetime, now: datetime) -> None:
        self.slots.append(slot)
        self.moments.append(now)
        self.begun.set()
        match self.script.pop(0) if self.script else None:
            case Exception() as error:
                raise error
            case asyncio.Event() as event:
                await event.wait()


def daily(work: Work, name: str = "digest", *, grace: timedelta = 3 * DAY) -> Job:
    return Job(name, Daily(time(7, 30)), NAIROBI, grace, work)


async def known(store: Store, *names: str, at: datetime = SLOT - HOUR) -> None:
    """These jobs were seen before."""
    for name in names or ("digest",):
        await store.write(partial(job_runs.start, job=name, at=at))


async def runs(store: Store, *columns: str) -> list[tuple[Any, ...]]:
    return await store.read(lambda c: sorted(rows_of(c, table, *columns)))


async def test_job_seen_for_the_first_time_makes_nothing_up(store: Store) -> None:
    work, clock = Work(), FakeClock(SLOT + HOUR)
    assert await tick([daily(work)], store=store, clock=clock) == 0
    clock.instant = SLOT + DAY - HOUR
    assert await tick([daily(work)], store=store, clock=clock) == 0
    clock.instant = SLOT + DAY
    assert await tick([daily(work)], store=store, clock=clock) == 1
    assert work.slots == [SLOT + DAY]


async def test_slot_is_worked_once(store: Store) -> None:
    await known(store)
    work, clock = Work(), FakeClock(SLOT)
    assert [await tick([daily(work)], store=store, clock=clock) for _ in range(3)] == [1, 0, 0]
    clock.advance(10 * LEASE)
    assert await tick([daily(work)], store=store, clock=clock) == 0
    assert work.slots == [SLOT]


@pytest.mark.parametrize(
    ("late", "slots"), [(2 * DAY, [SLOT, SLOT + DAY, SLOT + 2 * DAY]), (3 * DAY + HOUR, [])]
)
async def test_missed_slots_are_made_up_within_their_grace(
    store: Store, late: timedelta, slots: list[datetime]
) -> None:
    await known(store)
    work = Work()
    await tick([daily(work)], store=store, clock=FakeClock(SLOT + late))
    newest = [SLOT + number * DAY for number in (1, 2, 3)]
    assert work.slots == (slots or newest)


async def test_killed_run_is_taken_up_when_its_lease_is_over(store: Store) -> None:
    await known(store)
    await store.write(lambda c: job_runs.take(c, "digest", SLOT, now=SLOT, lease=LEASE))
    work, clock = Work(), FakeClock(SLOT + LEASE - HOUR / 3600)
    assert await tick([daily(work)], store=store, clock=clock) == 0
    clock.instant = SLOT + LEASE
    assert await tick([daily(work)], store=store, clock=clock) == 1
    assert work.slots == [SLOT]
    assert (await runs(store, "attempts", "done_at"))[-1] == (2, SLOT + LEASE)


async def test_slot_left_behind_is_worked_although_a_later_one_is_done(store: Store) -> None:
    await known(store)
    await store.write(lambda c: job_runs.take(c, "digest", SLOT, now=SLOT, lease=LEASE))
    await store.write(lambda c: job_runs.take(c, "digest", SLOT + DAY, now=SLOT + DAY, lease=LEASE))
    await store.write(lambda c: job_runs.done(c, "digest", SLOT + DAY, at=SLOT + DAY))
    work = Work()
    await tick([daily(work)], store=store, clock=FakeClock(SLOT + DAY + HOUR))
    assert work.slots == [SLOT]


async def test_held_slots_are_left_alone_and_made_up_within_their_grace(store: Store) -> None:
    await known(store)
    work, clock, asked = Work(), FakeClock(SLOT), list[datetime]()

    async def held(slot: datetime) -> bool:
        asked.append(slot)
        return clock.now() < SLOT + 4 * DAY

    job = replace(daily(work), held=held)
    for days in (0, 1, 4):
        clock.instant = SLOT + days * DAY
        await tick([job], store=store, clock=clock)
    # The first slot is past its grace of three days by then.
    assert work.slots == [SLOT + days * DAY for days in (2, 3, 4)]
    assert asked[:3] == [SLOT, SLOT, SLOT + DAY]
    assert await tick([job], store=store, clock=clock) == 0
    assert len(asked) == 6


async def test_second_runner_leaves_a_running_job_alone(store: Store) -> None:
    await known(store)
    release = asyncio.Event()
    first, second, clock = Work([release]), Work(), FakeClock(SLOT)
    running = asyncio.create_task(tick([daily(first)], store=store, clock=clock))
    await asyncio.wait_for(first.begun.wait(), PATIENCE)
    assert await tick([daily(second)], store=store, clock=clock) == 0
    release.set()
    assert await asyncio.wait_for(running, PATIENCE) == 1
    assert (first.slots, second.slots) == ([SLOT], [])


async def test_of_many_runners_at_once_one_works(store: Store) -> None:
    await known(store)
    work = Work()
    done = await asyncio.gather(*(tick([daily(work)], store=store, clock=FakeClock(SLOT)) for _ in range(8)))
    assert (sum(done), work.slots) == (1, [SLOT])


async def test_runners_that_see_a_job_first_together_do_not_fail(store: Store) -> None:
    work = Work()
    done = await asyncio.gather(*(tick([daily(work)], store=store, clock=FakeClock(SLOT)) for _ in range(8)))
    assert (sum(done), await runs(store, "job", "slot")) == (0, [("digest", SLOT)])


@pytest.mark.parametrize("seen", [True, False], ids=["taking a slot", "seeing the job first"])
async def test_process_that_is_a_moment_late_leaves_the_slot(
    filled_postgres_url: str, vault: Vault, seen: bool
) -> None:
    """The other's row is written but not committed when we look, so we run into its unique key."""
    store = await Store.open(filled_postgres_url, vault=vault, durability="off", lanes=2)
    if seen:
        await known(store)
    url = make_url(filled_postgres_url).set(drivername="postgresql")
    other = await asyncpg.connect(url.render_as_string(hide_password=False))
    work, clock = Work(), FakeClock(SLOT)
    async with other.transaction():
        await other.execute("INSERT INTO job_runs VALUES ('digest', $1, $1, NULL, 1)", SLOT)
        ticking = asyncio.create_task(tick([daily(work)], store=store, clock=clock))
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        async with asyncio.timeout(PATIENCE):
            while not await other.fetchval(waiting):
                pass
    assert await asyncio.wait_for(ticking, PATIENCE) == 0
    assert work.slots == []
    await other.close()
    await store.close()


async def test_failing_job_is_tried_again_later_and_stops_no_other(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await known(store, "digest", "tidy")
    bad, good, clock = Work([ValueError("a name")]), Work(), FakeClock(SLOT)
    jobs = [daily(bad), daily(good, "tidy")]
    with caplog.at_level(logging.INFO, logger="spm_bot.jobs"):
        assert await tick(jobs, store=store, clock=clock) == 1
    assert [record.message for record in caplog.records] == ["job_failed", "job_done"]
    assert "a name" not in caplog.text
    clock.instant = SLOT + RETRY - HOUR / 3600
    assert await tick(jobs, store=store, clock=clock) == 0
    clock.instant = SLOT + RETRY
    assert await tick(jobs, store=store, clock=clock) == 1
    assert (bad.slots, good.slots) == ([SLOT, SLOT], [SLOT])


async def test_job_that_goes_on_failing_is_given_up_when_its_grace_is_over(store: Store) -> None:
    await known(store)
    work, clock = Work([ValueError() for _ in range(9)]), FakeClock(SLOT)
    job = daily(work, grace=timedelta(minutes=11))
    for _ in range(9):
        await tick([job], store=store, clock=clock)
        clock.advance(RETRY)
    assert work.slots == [SLOT] * 3


async def test_lease_is_renewed_while_the_work_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "LEASE", timedelta(seconds=0.08))
    await known(store)
    release = asyncio.Event()
    work, clock = Work([release]), FakeClock(SLOT)
    running = asyncio.create_task(tick([daily(work)], store=store, clock=clock))
    await asyncio.wait_for(work.begun.wait(), PATIENCE)
    clock.advance(HOUR)
    async with asyncio.timeout(PATIENCE):
        while (await runs(store, "lease_until"))[-1][0] < SLOT + HOUR:
            pass
    assert await tick([daily(Work())], store=store, clock=clock) == 0
    release.set()
    assert await asyncio.wait_for(running, PATIENCE) == 1


async def test_repeated_job_does_not_pile_up(store: Store) -> None:
    await known(store, "lapse", at=SLOT - DAY)
    work, clock, span = Work(), FakeClock(SLOT), timedelta(minutes=5)
    job = Job("lapse", Every(span), NAIROBI, span, work)
    for minutes in (0, 1, 5, 30):
        clock.instant = SLOT + timedelta(minutes=minutes)
        await tick([job], store=store, clock=clock)
    assert work.slots == [SLOT + timedelta(minutes=minutes) for minutes in (0, 5, 30)]


async def test_scheduler_looks_at_once(store: Store) -> None:
    await known(store, at=SLOT - HOUR)
    work = Work()
    scheduler = schedule([daily(work)], store=store, clock=FakeClock(SLOT))
    scheduler.start()
    await asyncio.wait_for(work.begun.wait(), PATIENCE)
    scheduler.shutdown(wait=False)
    assert work.slots == [SLOT]


async def test_slot_that_nobody_took_in_its_grace_is_told_once_and_not_done(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await known(store)
    work, clock = Work(), FakeClock(SLOT + 3 * DAY + HOUR)
    with caplog.at_level(logging.WARNING, logger="spm_bot.jobs"):
        for _ in range(2):
            await tick([daily(work)], store=store, clock=clock)
    assert [record.message for record in caplog.records] == ["slot_missed"]
    [line] = await store.read(partial(audits.lines, limit=9, event="slot_missed"))
    assert (line.actor, line.detail) == ("system", {"job": "digest", "slot": SLOT.isoformat()})
    assert SLOT not in work.slots
    assert (SLOT, None) in await runs(store, "slot", "done_at")


async def test_work_gets_the_moment_beside_the_slot(store: Store) -> None:
    await known(store)
    work = Work()
    await tick([daily(work)], store=store, clock=FakeClock(SLOT + HOUR))
    assert (work.slots, work.moments) == ([SLOT], [SLOT + HOUR])
