from __future__ import annotations

import json

from sqlalchemy import Row, select

from spm_bot.storage.store import Connection
from spm_bot.storage.tables import observations, responses
from tests.stage.world import World


def response(connection: Connection) -> Row[*tuple[object, ...]]:
    return connection.execute(select(responses)).one()


def observed(connection: Connection) -> dict[str, float | None]:
    query = select(observations.c.indicator, observations.c.value).order_by(observations.c.indicator)
    return {row.indicator: row.value for row in connection.execute(query)}


async def answer(world: World, *texts: str) -> None:
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", "debt_stress")
    await world.tap("Start", handle="a")
    for text in texts:
        await world.say(text, handle="a")


async def test_finished_survey_is_scored_and_observed_with_the_segments_of_that_day(world: World) -> None:
    await answer(world, "yes", "very hard", "5", "5", "4", "4", "5", "4", "1", "4", "no")
    found = await world.store.read(response)
    scored = json.loads(found.scored)
    assert (found.partial, found.late, found.week, found.origin) == (False, False, "2026-W48", "standing")
    assert (scored["scores"], scored["bands"]) == ({"dsi": 100.0}, {"dsi": "severe"})
    assert scored["flags"] == ["RF_CHILD", "RF_FOOD", "RF_LAND", "RF_REBORROW", "RF_WATCH"]
    assert (await world.store.read(observed))["DST5"] == 1.0


async def test_stopped_survey_is_observed_as_far_as_it_went(sqlite_world: World) -> None:
    await answer(sqlite_world, "yes", "very hard", "5", "stop")
    found = await sqlite_world.store.read(response)
    assert (found.partial, json.loads(found.scored)["reasons"]) == (True, {"dsi": "insufficient"})


async def test_survey_stopped_before_the_first_answer_leaves_no_response(sqlite_world: World) -> None:
    await answer(sqlite_world, "stop")
    assert await sqlite_world.store.read(lambda c: c.execute(select(responses)).all()) == []
