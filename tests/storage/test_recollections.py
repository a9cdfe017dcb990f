"""What digests read, against rows that are known one by one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
from sqlalchemy import update

from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.indicators import Observed
from spm_bot.analytics.readings import Floats, Readings, ordinal
from spm_bot.storage import observations, recollections, responses
from spm_bot.storage.responses import Response
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import responses as table
from tests.seed import AT, HOUR, enrol, row
from tests.storage.test_responses import SEGMENTS
from tests.storage.test_sessions import begin

WEEK = "2026-W48"
Said = Mapping[str, float | None]


def hear(
    connection: Connection,
    code: str,
    said: Said,
    *,
    week: str = WEEK,
    origin: str = "standing",
    survey: str = "debt_stress",
    branch: str = "BUN",
) -> int:
    """One response of the client with this code; returns its id."""
    [client] = enrol(connection, row(code))
    session = begin(connection, client=client, handle=code).id
    segments = replace(SEGMENTS, branch=branch)
    response = Response(
        session=session,
        client=client,
        survey=survey,
        origin=origin,
        partial=False,
        late=False,
        started_at=AT,
        ended_at=AT + HOUR,
        week=week,
        scored={},
        segments=segments,
    )
    identity = responses.record(connection, response)
    found = [Observed(indicator, value) for indicator, value in said.items()]
    observations.add(connection, identity, found, week=week, origin=origin)
    return identity


def plain(readings: Readings) -> dict[str, object]:
    """All columns as lists; NaN is None."""

    def numbers(values: Floats) -> list[float | None]:
        return [None if np.isnan(each) else float(each) for each in values]

    segments = {str(name): column for name, column in readings.segments.items()}
    codes = {"survey": readings.surveys, **segments}
    return {
        "people": readings.people.tolist(),
        "weeks": readings.weeks.tolist(),
        **{name: [each.codes[place] for place in each.places] for name, each in codes.items()},
        **{name: numbers(values) for name, values in readings.values.items()},
        "unscored": {name: flags.tolist() for name, flags in readings.unscored.items()},
    }


async def read(store: Store, first: str = WEEK, last: str = WEEK) -> dict[str, object]:
    return plain(await store.read(lambda c: recollections.read(c, first, last)))


async def test_columns_hold_what_each_response_said(store: Store) -> None:
    await store.write(lambda c: hear(c, "C1", {"DST1": 1.0, "DST5": None}, branch="BUS"))
    await store.write(lambda c: hear(c, "C2", {"SAT1": -100.0}, survey="client_satisfaction"))
    await store.write(lambda c: hear(c, "C3", {"DST1": 0.0, "DST6": 57.95}, week="2026-W47"))
    week = ordinal(WEEK)
    others: dict[str, object] = {name: [getattr(SEGMENTS, name)] * 3 for name in Dimension}
    assert await read(store, "2026-W47") == {
        **others,
        "people": [1, 2, 3],
        "weeks": [week, week, week - 1],
        "survey": ["debt_stress", "client_satisfaction", "debt_stress"],
        "branch": ["BUS", "BUN", "BUN"],
        "DST1": [1.0, None, 0.0],
        "DST5": [None, None, None],
        "DST6": [None, None, 57.95],
        "SAT1": [None, -100.0, None],
        "unscored": {
            "DST1": [False] * 3,
            "DST5": [True, False, False],
            "DST6": [False] * 3,
            "SAT1": [False] * 3,
        },
    }


async def test_weeks_are_read_with_both_ends_and_only_standing_rounds(store: Store) -> None:
    weeks = ("2025-W52", "2026-W01", "2026-W13", "2026-W14")
    for number, week in enumerate(weeks, start=1):
        await store.write(partial(hear, code=f"C{number}", said={"DST1": 1.0}, week=week))
    for number, origin in enumerate(("adhoc", "practice"), start=5):
        await store.write(partial(hear, code=f"C{number}", said={"DST1": 1.0}, origin=origin))
    found = await read(store, "2026-W01", "2026-W13")
    assert (found["people"], found["DST1"]) == ([2, 3], [1.0, 1.0])
    assert (await read(store))["people"] == []


async def test_response_without_its_client_still_counts_as_one_person(store: Store) -> None:
    response = await store.write(lambda c: hear(c, "C1", {"DST1": 1.0, "DST2": 0.0}))
    await store.write(lambda c: c.execute(update(table).values(client_id=None)).rowcount)
    assert (await read(store))["people"] == [-response]


async def test_response_that_says_nothing_has_no_place(store: Store) -> None:
    await store.write(lambda c: hear(c, "C1", {"DST1": 1.0}))
    await store.write(lambda c: hear(c, "C2", {}, branch="BUS"))
    found = await read(store)
    assert (found["people"], found["branch"]) == ([1], ["BUN"])


async def test_nothing_heard_gives_empty_columns(store: Store) -> None:
    nothing: dict[str, object] = {name: [] for name in ("people", "weeks", "survey", *Dimension)}
    assert await read(store) == {**nothing, "unscored": {}}


async def test_responses_stand_in_the_order_of_their_numbers(store: Store) -> None:
    """A late answer moves a response to a later week, but not to another place."""
    await store.write(lambda c: hear(c, "C1", {"DST1": 1.0}, week=WEEK))
    await store.write(lambda c: hear(c, "C2", {"DST1": 0.0}, week="2026-W46"))
    found = await read(store, "2026-W46")
    assert (found["people"], found["DST1"]) == ([1, 2], [1.0, 0.0])


def test_taking_answers_loads_no_numerical_library() -> None:
    code = (
        "import sys; import spm_bot.usecases.respond, spm_bot.usecases.rebuild; print('numpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
