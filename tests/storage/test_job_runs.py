from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial

from spm_bot.storage import job_runs
from spm_bot.storage.store import Conflict, Store
from spm_bot.storage.tables import job_runs as table
from tests.seed import AT, DAY, HOUR, rows_of

LEASE = timedelta(minutes=2)


async def take(store: Store, at_minute: float = 0.0, *, job: str = "digest") -> bool:
    now = AT + timedelta(minutes=at_minute)
    return await store.write(lambda c: job_runs.take(c, job, AT, now=now, lease=LEASE))


async def test_slot_is_held_until_the_lease_is_over(store: Store) -> None:
    assert await take(store) is True
    assert await take(store, 1.9) is False
    assert await take(store, job="other") is True
    assert await take(store, 2.0) is True
    assert await take(store, 3.0) is False
    kept = await store.read(lambda c: rows_of(c, table, "job", "slot", "lease_until", "done_at", "attempts"))
    assert sorted(kept) == [
        ("digest", AT, AT + 2 * LEASE, None, 2),
        ("other", AT, AT + LEASE, None, 1),
    ]


async def test_done_slot_is_never_taken_again(store: Store) -> None:
    await take(store)
    await store.write(lambda c: job_runs.done(c, "digest", AT, at=AT + HOUR))
    assert await take(store, 10_000) is False
    await store.write(lambda c: job_runs.hold_until(c, "digest", AT, at=AT + 9 * DAY))
    kept = await store.read(lambda c: rows_of(c, table, "lease_until", "done_at"))
    assert kept == [(AT + LEASE, AT + HOUR)]


async def test_lease_can_be_moved_while_the_work_goes_on(store: Store) -> None:
    await take(store)
    await store.write(lambda c: job_runs.hold_until(c, "digest", AT, at=AT + HOUR))
    assert await take(store, 59) is False
    assert await take(store, 60) is True


async def test_of_two_that_take_a_slot_at_once_one_gets_it(store: Store) -> None:
    taken = await asyncio.gather(*(take(store) for _ in range(8)), return_exceptions=True)
    assert taken.count(True) == 1
    assert all(result is False or isinstance(result, Conflict) for result in taken if result is not True)


async def test_slots_before_a_job_started_count_as_done(store: Store) -> None:
    assert await store.read(lambda c: job_runs.last_done(c, "digest")) is None
    await store.write(lambda c: job_runs.start(c, "digest", at=AT))
    assert await store.read(lambda c: job_runs.last_done(c, "digest")) == AT
    assert await store.read(lambda c: job_runs.unfinished(c, "digest", since=AT - DAY)) == []


async def test_last_done_is_the_newest_slot_that_is_done(store: Store) -> None:
    for days in (0, 2, 1, 3):
        slot = AT + days * DAY
        await store.write(partial(job_runs.take, job="digest", slot=slot, now=AT, lease=LEASE))
    for days in (0, 2, 1):
        slot = AT + days * DAY
        await store.write(partial(job_runs.done, job="digest", slot=slot, at=AT))
    assert await store.read(lambda c: job_runs.last_done(c, "digest")) == AT + 2 * DAY
    assert await store.read(lambda c: job_runs.last_done(c, "other")) is None


async def test_unfinished_slots_come_oldest_first(store: Store) -> None:
    for days in (3, 1, 2, 0):
        slot = AT + days * DAY
        await store.write(partial(job_runs.take, job="digest", slot=slot, now=AT, lease=LEASE))
    await store.write(lambda c: job_runs.done(c, "digest", AT + 2 * DAY, at=AT))
    left = await store.read(lambda c: job_runs.unfinished(c, "digest", since=AT + DAY))
    assert left == [AT + DAY, AT + 3 * DAY]


async def test_old_slots_are_forgotten_but_never_the_newest_of_a_job(store: Store) -> None:
    """Without it the job would look new, and make up nothing."""
    for job, days in (("a", 0), ("a", 1), ("b", 0), ("a", 9)):
        slot = AT + days * DAY
        await store.write(partial(job_runs.take, job=job, slot=slot, now=AT, lease=LEASE))
    for job, days in (("a", 0), ("a", 1), ("b", 0)):
        slot = AT + days * DAY
        await store.write(partial(job_runs.done, job=job, slot=slot, at=slot))
    await store.write(lambda c: job_runs.forget_before(c, AT + 8 * DAY))
    kept = await store.read(lambda c: rows_of(c, table, "job", "slot"))
    assert sorted(kept) == [("a", AT + DAY), ("a", AT + 9 * DAY), ("b", AT)]
