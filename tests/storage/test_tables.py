from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from spm_bot.storage.store import Store
from spm_bot.storage.tables import UTCDateTime, metadata, receipts
from tests.seed import AT


async def test_instant_comes_back_as_utc(store: Store) -> None:
    nairobi = AT.astimezone(timezone(timedelta(hours=3)))
    await store.write(lambda c: c.execute(receipts.insert(), {"key": "k", "at": nairobi}).rowcount)
    found = await store.read(lambda c: c.execute(select(receipts.c.at)).scalar_one())
    assert (found, found.utcoffset()) == (AT, timedelta(0))


async def test_instant_without_a_zone_is_refused(store: Store) -> None:
    naive = datetime(2026, 11, 24)  # noqa: DTZ001  # what must not come in
    with pytest.raises(StatementError, match="without a time zone"):
        await store.write(lambda c: c.execute(receipts.insert(), {"key": "k", "at": naive}).rowcount)


def test_every_instant_is_kept_in_utc() -> None:
    naive = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if "DATETIME" in str(column.type).upper() and not isinstance(column.type, UTCDateTime)
    ]
    assert naive == []
