from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, delete, update

from spm_bot.storage import audits
from spm_bot.storage.audits import Audit, Chain
from spm_bot.storage.store import Store
from spm_bot.storage.tables import audits as table
from tests.seed import AT, HOUR


async def write(store: Store, count: int) -> None:
    for number in range(count):
        line = partial(audits.write_down, at=AT + number * HOUR, actor="cli:root", event="e", count=number)
        await store.write(line)


async def walked(store: Store, *, expected: str | None = None) -> Chain:
    return await store.read(partial(audits.walk, expected=expected))


async def test_newest_lines_come_oldest_first(store: Store) -> None:
    await write(store, 4)
    kept = await store.read(lambda c: audits.lines(c, limit=2))
    assert kept == [Audit(AT + n * HOUR, "cli:root", "e", {"count": n}) for n in (2, 3)]


async def test_lines_of_an_actor_an_event_or_a_time(store: Store) -> None:
    await write(store, 3)
    await store.write(partial(audits.write_down, at=AT, actor="system", event="other"))
    mine = await store.read(lambda c: audits.lines(c, limit=9, actor="system"))
    assert mine == await store.read(lambda c: audits.lines(c, limit=9, event="other"))
    assert mine == [Audit(AT, "system", "other", {})]
    late = await store.read(lambda c: audits.lines(c, limit=9, since=AT + HOUR))
    assert [line.detail["count"] for line in late] == [1, 2]


async def test_detail_comes_back_as_it_was(store: Store) -> None:
    await store.write(
        lambda c: audits.write_down(c, at=AT, actor="system", event="e", branch="Nyeri – haut", role=None)
    )
    [line] = await store.read(lambda c: audits.lines(c, limit=10))
    assert line.detail == {"branch": "Nyeri – haut", "role": None}
    assert await store.read(lambda c: audits.lines(c, limit=0)) == []


async def test_chain_of_an_empty_log_holds(store: Store) -> None:
    assert await walked(store) == Chain(0, 0, "", None, None)


async def test_chain_holds(store: Store) -> None:
    await write(store, 5)
    found = await walked(store)
    assert (found.lines, found.broken_at, len(found.newest)) == (5, None, 64)


async def test_noted_hash_is_met_again(store: Store) -> None:
    await write(store, 2)
    noted = (await walked(store)).newest
    await write(store, 3)
    assert (await walked(store, expected=noted)).since_expected == 3
    assert (await walked(store, expected="0" * 64)).since_expected is None


async def test_changed_line_breaks_the_chain(store: Store) -> None:
    await write(store, 4)

    def forge(connection: Connection) -> None:
        connection.execute(update(table).where(table.c.id == 2).values(actor="cli:nobody"))

    await store.write(forge)
    found = await walked(store)
    assert (found.lines, found.broken_at) == (1, 2)


async def test_line_cut_out_of_the_middle_breaks_the_chain(store: Store) -> None:
    await write(store, 4)
    await store.write(lambda c: c.execute(delete(table).where(table.c.id == 3)).rowcount)
    assert (await walked(store)).broken_at == 4


async def test_newest_line_cut_off_breaks_the_chain(store: Store) -> None:
    await write(store, 3)
    await store.write(lambda c: c.execute(delete(table).where(table.c.id == 3)).rowcount)
    assert (await walked(store)).broken_at == 3


async def test_first_line_changed_breaks_the_chain(store: Store) -> None:
    await write(store, 2)
    await store.write(lambda c: c.execute(update(table).where(table.c.id == 1).values(event="x")).rowcount)
    assert (await walked(store)).broken_at == 1


async def test_retention_drops_the_oldest_and_the_rest_holds(store: Store) -> None:
    await write(store, 5)
    before = (await walked(store)).newest
    drop = partial(audits.drop_old, before=AT + timedelta(hours=2), limit=10)
    assert await store.write(drop) == 2
    assert await store.write(drop) == 0
    assert await walked(store) == Chain(3, 2, before, None, None)
    await write(store, 1)
    assert (await walked(store)).lines == 4


async def test_beginning_cut_off_by_hand_is_no_retention(store: Store) -> None:
    await write(store, 5)
    await store.write(lambda c: c.execute(delete(table).where(table.c.id <= 2)).rowcount)
    await store.write(lambda c: c.execute(update(table).where(table.c.id == 3).values(event="x")).rowcount)
    assert (await walked(store)).broken_at == 3


async def test_line_that_is_no_json_any_more_is_shown_as_it_stands(store: Store) -> None:
    await write(store, 1)
    await store.write(lambda c: c.execute(update(table).values(detail="{")).rowcount)
    [line] = await store.read(lambda c: audits.lines(c, limit=1))
    assert line.detail == {"unreadable": "{"}
