from __future__ import annotations

import json
from dataclasses import astuple, replace

import pytest
from sqlalchemy import update

from spm_bot.analytics.dimensions import Dimension, Segments
from spm_bot.analytics.indicators import Observed
from spm_bot.storage import observations, responses
from spm_bot.storage.responses import Judged, Response
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.storage.tables import observations as observed
from spm_bot.storage.tables import responses as table
from tests.seed import AT, DAY, HOUR, enrol, names_of, row, rows_of
from tests.storage.test_sessions import begin

SEGMENTS = Segments(
    branch="BUN",
    product="business_loan",
    loan_method="individual",
    gender="female",
    tenure="over_3",
    cycle="first",
    arrears="to_30",
    language="en",
    channel="test",
    area="rural",
)
COLUMNS = ("session_id", "client_id", "partial", "late", "ended_at", "week")


def answered(connection: Connection) -> Response:
    [client] = enrol(connection, row())
    return Response(
        session=begin(connection, client=client).id,
        client=client,
        survey="debt_stress",
        origin="standing",
        partial=True,
        late=False,
        started_at=AT,
        ended_at=AT + HOUR,
        week="2026-W48",
        scored={"scores": {"dsi": 40.5}, "bands": {"dsi": "high"}, "flags": []},
        segments=SEGMENTS,
    )


def observe(connection: Connection, response: int) -> None:
    observations.add(connection, response, [Observed("DST1", 1.0)], week="2026-W48", origin="standing")


async def test_response_is_stored_as_it_is(store: Store) -> None:
    response = await store.write(answered)
    await store.write(lambda c: responses.record(c, response))
    kept = await store.read(lambda c: rows_of(c, table, *COLUMNS, "survey", "origin", *Dimension))
    client = response.client
    assert kept == [
        (
            *(response.session, client, True, False, AT + HOUR, "2026-W48"),
            *("debt_stress", "standing", *astuple(SEGMENTS)),
        )
    ]
    [(scored,)] = await store.read(lambda c: rows_of(c, table, "scored"))
    assert json.loads(scored) == response.scored


async def test_later_response_of_a_session_replaces_the_earlier_with_its_observations(store: Store) -> None:
    response = await store.write(answered)
    first = await store.write(lambda c: responses.record(c, response))
    await store.write(lambda c: observe(c, first))
    late = replace(response, partial=False, late=True, ended_at=AT + 8 * DAY, week="2026-W49")
    assert await store.write(lambda c: responses.record(c, late)) == first
    kept = await store.read(lambda c: rows_of(c, table, *COLUMNS))
    assert kept == [(response.session, response.client, False, True, AT + 8 * DAY, "2026-W49")]
    assert await store.read(lambda c: rows_of(c, observed, "id")) == []


async def test_second_row_for_a_session_is_a_conflict(store: Store) -> None:
    response = await store.write(answered)
    await store.write(lambda c: responses.record(c, response))
    names = names_of(table)
    [same] = await store.read(lambda c: rows_of(c, table, *names))
    with pytest.raises(Conflict):
        await store.write(lambda c: c.execute(table.insert(), dict(zip(names, same, strict=True))).rowcount)


async def test_responses_that_still_have_their_session_are_read_one_chunk_after_another(store: Store) -> None:
    response = await store.write(answered)
    first = await store.write(lambda c: responses.record(c, response))
    judged = Judged(
        first, response.session, "debt_stress", "standing", "2026-W48", {"dsi": 40.5}, {"dsi": "high"}
    )
    assert await store.read(lambda c: responses.judged_after(c, 0, limit=2)) == [judged]
    assert await store.read(lambda c: responses.judged_after(c, first, limit=2)) == []
    assert await store.read(responses.count) == 1
    await store.write(lambda c: c.execute(update(table).values(session_id=None)).rowcount)
    assert await store.read(lambda c: responses.judged_after(c, 0, limit=2)) == []
    assert await store.read(responses.count) == 0
