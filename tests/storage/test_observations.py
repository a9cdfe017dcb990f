from __future__ import annotations

from collections.abc import Sequence

import pytest

from spm_bot.analytics.indicators import Observed
from spm_bot.storage import observations, responses
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.storage.tables import observations as table
from tests.seed import names_of, rows_of
from tests.storage.test_responses import answered

SAID = (Observed("DST1", 1.0), Observed("DST5", None))


def add(connection: Connection, response: int, said: Sequence[Observed]) -> None:
    observations.add(connection, response, said, week="2026-W48", origin="standing")


def recorded(connection: Connection) -> int:
    return responses.record(connection, answered(connection))


async def test_a_row_for_each_indicator_that_a_response_speaks_about(store: Store) -> None:
    response = await store.write(recorded)
    await store.write(lambda c: add(c, response, SAID))
    await store.write(lambda c: add(c, response, ()))
    columns = names_of(table)
    assert columns == ["response_id", "week", "origin", "indicator", "value"]
    assert await store.read(lambda c: rows_of(c, table, *columns)) == [
        (response, "2026-W48", "standing", "DST1", 1.0),
        (response, "2026-W48", "standing", "DST5", None),
    ]


async def test_indicator_twice_in_a_response_is_a_conflict(store: Store) -> None:
    response = await store.write(recorded)
    await store.write(lambda c: add(c, response, SAID))
    with pytest.raises(Conflict):
        await store.write(lambda c: add(c, response, SAID[:1]))


async def test_what_is_held_comes_back_by_response_until_it_is_dropped(store: Store) -> None:
    response = await store.write(recorded)
    await store.write(lambda c: add(c, response, SAID))
    held = {("2026-W48", "standing", said) for said in SAID}
    assert await store.read(lambda c: observations.held(c, [response, 99])) == {response: held}
    await store.write(lambda c: observations.drop(c, [response, 99]))
    assert await store.read(lambda c: observations.held(c, [response])) == {}
