from __future__ import annotations

from functools import partial

import pytest

from spm_bot.storage import receipts
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.storage.tables import receipts as table
from tests.seed import AT, HOUR, rows_of


async def test_key_is_new_once(store: Store) -> None:
    assert await store.write(lambda c: receipts.first_time(c, "tg:1:5", at=AT)) is True
    assert await store.write(lambda c: receipts.first_time(c, "tg:1:5", at=AT + HOUR)) is False
    assert await store.write(lambda c: receipts.first_time(c, "tg:2:5", at=AT)) is True


async def test_receipt_written_meanwhile_is_a_conflict(store: Store) -> None:
    await store.write(lambda c: receipts.first_time(c, "tg:1:5", at=AT))
    with pytest.raises(Conflict):
        await store.write(lambda c: c.execute(table.insert(), {"key": "tg:1:5", "at": AT}).rowcount)


async def test_receipt_of_undone_work_is_undone_too(store: Store) -> None:
    """Else an event that failed would never be handled."""

    def fails(connection: Connection) -> None:
        receipts.first_time(connection, "tg:1:5", at=AT)
        raise RuntimeError("the rest of the work")

    with pytest.raises(RuntimeError):
        await store.write(fails)
    assert await store.write(lambda c: receipts.first_time(c, "tg:1:5", at=AT)) is True


async def test_old_receipts_are_dropped_and_counted(store: Store) -> None:
    for number in range(3):
        await store.write(partial(receipts.first_time, key=f"k{number}", at=AT + number * HOUR))
    assert await store.write(lambda c: receipts.forget_before(c, AT + 2 * HOUR)) == 2
    assert await store.read(lambda c: rows_of(c, table, "key", "at")) == [("k2", AT + 2 * HOUR)]
