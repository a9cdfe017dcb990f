from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from spm_bot.storage import tries
from spm_bot.storage.store import Store
from spm_bot.storage.tables import tries as table
from tests.seed import AT, rows_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def miss(store: Store, key: str, *, at: datetime = AT) -> bool:
    return await store.write(partial(tries.miss, key=key, most=3, at=at, lasts=DAY))


async def locked(store: Store, *keys: str, now: datetime) -> bool:
    return await store.read(partial(tries.locked, keys=keys, now=now))


async def test_third_miss_locks_its_key_alone(store: Store) -> None:
    assert [await miss(store, "client:7") for _ in range(3)] == [False, False, True]
    assert await miss(store, "chat:9") is False
    assert await locked(store, "client:7", "chat:9", now=AT)
    assert not await locked(store, "chat:9", now=AT)
    assert not await locked(store, "client:7", now=AT + DAY)
    assert not await locked(store, now=AT)


async def test_miss_during_the_lock_changes_nothing(store: Store) -> None:
    for _ in range(3):
        await miss(store, "client:7")
    assert await miss(store, "client:7", at=AT + HOUR) is False
    assert await store.read(lambda c: rows_of(c, table, "key", "misses", "locked_until")) == [
        ("client:7", 3, AT + DAY)
    ]


async def test_each_lock_lasts_twice_as_long_as_the_one_before(store: Store) -> None:
    for at in (AT, AT + DAY, AT + 3 * DAY):
        assert [await miss(store, "client:7", at=at) for _ in range(3)] == [False, False, True]
    assert await locked(store, "client:7", now=AT + 7 * DAY - HOUR)
    assert not await locked(store, "client:7", now=AT + 7 * DAY)


async def test_misses_of_long_ago_count_no_more(store: Store) -> None:
    assert [await miss(store, "client:7") for _ in range(2)] == [False, False]
    assert await miss(store, "client:7", at=AT + 31 * DAY) is False


async def test_cleared_key_begins_anew(store: Store) -> None:
    for key in ("client:7", "chat:9", "chat:9"):
        await miss(store, key)
    await store.write(partial(tries.clear, keys=["client:7", "nobody"]))
    assert await store.read(lambda c: rows_of(c, table, "key", "misses")) == [("chat:9", 2)]
