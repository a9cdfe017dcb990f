from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import update

from spm_bot.storage import observations, responses
from spm_bot.storage.observations import Observation
from spm_bot.storage.responses import Response
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.storage.tables import observations as table
from spm_bot.storage.tables import responses as responses_table
from tests.seed import names_of, rows_of
from tests.storage.test_responses import SEGMENTS, answered


def add(
    connection: Connection,
    response: int,
    values: list[tuple[str, float | None]],
    *,
    week: str = "2026-W48",
    origin: str = "standing",
) -> None:
    observations.add(
        connection,
        response,
        values,
        week=week,
        survey="debt_stress",
        origin=origin,
        partial=True,
        segments=SEGMENTS,
    )


def recorded(connection: Connection) -> tuple[int, Response]:
    response = answered(connection)
    return responses.record(connection, response), response


async def test_rows_carry_the_segments_of_that_day(store: Store) -> None:
    response, _ = await store.write(recorded)
    await store.write(lambda c: add(c, response, [("DST1", 1.0), ("DST5", None)]))
    await store.write(lambda c: add(c, response, []))
    columns = names_of(table)
    common = ("partial", "origin", "branch", "product", "loan_method", "gender", "in_arrears")
    assert columns == [
        *("response_id", "week", "survey", "indicator", "value"),
        *common,
        *("language", "channel"),
    ]
    segments = (True, "standing", "BUN", "business_loan", "individual", "female", True, "en", "t")
    assert await store.read(lambda c: rows_of(c, table, *columns)) == [
        (response, "2026-W48", "debt_stress", "DST1", 1.0, *segments),
        (response, "2026-W48", "debt_stress", "DST5", None, *segments),
    ]


async def test_indicator_twice_in_a_response_is_a_conflict(store: Store) -> None:
    response, _ = await store.write(recorded)
    await store.write(lambda c: add(c, response, [("DST1", 1.0)]))
    with pytest.raises(Conflict):
        await store.write(lambda c: add(c, response, [("DST1", 0.0)]))


async def test_weeks_are_read_with_both_ends_and_only_standing_rounds(store: Store) -> None:
    response, known = await store.write(recorded)
    for week, indicator in (("2025-W52", "A"), ("2026-W01", "B"), ("2026-W13", "C"), ("2026-W14", "D")):
        await store.write(partial(add, response=response, values=[(indicator, 1.0)], week=week))
    for origin in ("adhoc", "practice"):
        await store.write(
            partial(add, response=response, values=[(origin, 1.0)], week="2026-W02", origin=origin)
        )
    found = await store.read(lambda c: observations.between(c, "2026-W01", "2026-W13"))
    first = Observation("2026-W01", "debt_stress", "B", 1.0, "BUN", known.client)
    assert found == [first, replace(first, week="2026-W13", indicator="C")]


async def test_response_without_its_client_still_counts_as_one_person(store: Store) -> None:
    response, _ = await store.write(recorded)
    await store.write(lambda c: add(c, response, [("DST1", 1.0), ("DST2", 0.0)]))
    await store.write(lambda c: c.execute(update(responses_table).values(client_id=None)).rowcount)
    found = await store.read(lambda c: observations.between(c, "2026-W48", "2026-W48"))
    assert [(each.indicator, each.respondent) for each in found] == [("DST1", -response), ("DST2", -response)]
