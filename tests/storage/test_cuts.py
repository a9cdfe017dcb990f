from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from spm_bot.storage.cuts import cut_responses
from spm_bot.storage.store import Store
from spm_bot.storage.tables import observations, responses
from tests.seed import AT, DAY, enter, row, rows_of

LOOK = {
    "survey": "debt_stress",
    "origin": "standing",
    "branch": "BUN",
    "product": "business_loan",
    "loan_method": "individual",
    "gender": "female",
    "tenure": "over_3",
    "cycle": "first",
    "arrears": "none",
    "language": "en",
    "channel": "test",
    "area": "rural",
}


def respond(connection: Connection, client: int | None, *, week: str = "2026-W48", **look: Any) -> int:
    """One response with two items, of somebody who looks like this."""
    looks = {**LOOK, **look}
    line = {
        **looks,
        "client_id": client,
        "week": week,
        "partial": False,
        "late": False,
        "started_at": AT,
        "ended_at": AT + DAY,
        "scored": '{"scores": {"dsi": 50}}',
    }
    made: int = connection.execute(insert(responses).returning(responses.c.id), line).scalar_one()
    items = [
        {"response_id": made, "week": week, "origin": looks["origin"], "indicator": name, "value": 1.0}
        for name in ("DST1", "DST2")
    ]
    connection.execute(insert(observations), items)
    return made


def crowd(connection: Connection, **others: Any) -> None:
    """Client C0 and two more who look like `others`, each with one response."""
    ids = enter(connection, *(row(f"C{number}") for number in range(3)))
    respond(connection, ids[0])
    for each in ids[1:]:
        respond(connection, each, **others)


async def left(store: Store, *, minimum_cell: int) -> tuple[int, int]:
    """How many responses and observations there are once C0 is cut from theirs."""
    await store.write(partial(cut_responses, client=1, minimum_cell=minimum_cell))
    kept = await store.read(lambda c: rows_of(c, responses, "client_id"))
    assert 1 not in [client for (client,) in kept]
    return len(kept), len(await store.read(lambda c: rows_of(c, observations, "id")))


async def test_response_stays_in_a_cell_that_is_large_enough(store: Store) -> None:
    await store.write(crowd)
    assert await left(store, minimum_cell=3) == (3, 6)
    monday = AT.replace(day=23, hour=0)
    cut = await store.read(
        lambda c: rows_of(c, responses, "client_id", "session_id", "scored", "started_at", "ended_at")
    )
    assert cut[0] == (None, None, "{}", monday, monday)


async def test_response_goes_from_a_small_cell(store: Store) -> None:
    await store.write(crowd)
    assert await left(store, minimum_cell=4) == (2, 4)


@pytest.mark.parametrize(
    "others",
    [
        {"branch": "BUS"},
        {"product": "group_loan"},
        {"loan_method": "group"},
        {"gender": "male"},
        {"tenure": "under_1"},
        {"cycle": "to_3"},
        {"arrears": "to_30"},
        {"area": "urban"},
        {"language": "fr"},
        {"channel": "telegram"},
        {"survey": "client_exit"},
        {"origin": "adhoc"},
        {"week": "2026-W41"},
        {"week": "2027-W02"},
    ],
)
async def test_others_count_only_if_they_look_the_same_in_the_same_weeks(
    store: Store, others: dict[str, Any]
) -> None:
    await store.write(partial(crowd, **others))
    assert await left(store, minimum_cell=2) == (2, 4)


@pytest.mark.parametrize("week", ["2026-W42", "2027-W01"])
async def test_thirteen_weeks_make_a_cell(store: Store, week: str) -> None:
    await store.write(partial(crowd, week=week))
    assert await left(store, minimum_cell=3) == (3, 6)


async def test_one_person_with_two_responses_is_one_person(store: Store) -> None:
    await store.write(crowd)
    await store.write(partial(respond, client=2))
    assert await left(store, minimum_cell=4) == (3, 6)


async def test_somebody_cut_before_still_counts(store: Store) -> None:
    await store.write(crowd)
    await store.write(partial(respond, client=None))
    assert await left(store, minimum_cell=4) == (4, 8)


async def test_response_that_no_figure_knows_goes(store: Store) -> None:
    def bare(connection: Connection) -> None:
        crowd(connection)
        connection.execute(observations.delete().where(observations.c.response_id == 1))

    await store.write(bare)
    assert await left(store, minimum_cell=1) == (2, 4)


async def test_others_of_whom_no_figure_knows_hide_nobody(store: Store) -> None:
    def bare(connection: Connection) -> None:
        crowd(connection)
        connection.execute(observations.delete().where(observations.c.response_id != 1))

    await store.write(bare)
    assert await left(store, minimum_cell=2) == (2, 0)
