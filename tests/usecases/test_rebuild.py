"""Observations made again: the same where nothing was touched, right again where somebody did."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from spm_bot.storage.cuts import cut_old_surveys
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import answers, observations, responses
from spm_bot.surveys.session import State
from spm_bot.usecases.rebuild import Rebuilt, rebuild
from tests.seed import AT, DAY, rows_of
from tests.usecases.test_respond_rows import SATISFACTION, STRESS, answered

COLUMNS = ("response_id", "week", "origin", "indicator", "value")


async def everything(store: Store) -> list[tuple[Any, ...]]:
    return sorted(await store.read(lambda c: rows_of(c, observations, *COLUMNS)), key=str)


async def made_again(store: Store) -> Rebuilt:
    steps: list[int] = []
    done = await rebuild(store=store, progress=steps.append)
    assert sum(steps) == done.responses
    return done


@pytest.mark.parametrize("survey", ["debt_stress", "client_satisfaction"])
async def test_untouched_rows_stay_as_they_are(store: Store, survey: str) -> None:
    said = {"debt_stress": STRESS, "client_satisfaction": SATISFACTION}[survey]
    await store.write(partial(answered, survey=survey, said=said))
    before = await store.read(lambda c: rows_of(c, observations, "id", *COLUMNS))
    assert await made_again(store) == Rebuilt(responses=1, changed=0)
    assert await store.read(lambda c: rows_of(c, observations, "id", *COLUMNS)) == before


async def test_unfinished_survey_of_an_index_without_a_value_stays_as_it_is(store: Store) -> None:
    said = dict(list(STRESS.items())[:2])
    await store.write(partial(answered, survey="debt_stress", said=said, end=State.STOPPED))
    before = await everything(store)
    assert [row for row in before if row[3] == "DST5"] == [(1, "2026-W48", "standing", "DST5", None)]
    assert await made_again(store) == Rebuilt(responses=1, changed=0)
    assert await everything(store) == before


def another_value(connection: Connection) -> None:
    connection.execute(update(observations).where(observations.c.indicator == "DST6").values(value=1.0))


def no_value(connection: Connection) -> None:
    connection.execute(update(observations).where(observations.c.indicator == "DST5").values(value=None))


def another_week(connection: Connection) -> None:
    connection.execute(update(observations).values(week="2026-W01"))


def another_origin(connection: Connection) -> None:
    connection.execute(update(observations).values(origin="practice"))


def one_missing(connection: Connection) -> None:
    """As an indicator is that came into the catalogue after the answers."""
    connection.execute(delete(observations).where(observations.c.indicator == "CAS0"))


def all_missing(connection: Connection) -> None:
    connection.execute(delete(observations))


def one_too_many(connection: Connection) -> None:
    """As an indicator is that has left the catalogue."""
    row = {"response_id": 1, "week": "2026-W48", "origin": "standing", "indicator": "OLD1", "value": 1.0}
    connection.execute(insert(observations), row)


@pytest.mark.parametrize(
    "touch",
    [another_value, no_value, another_week, another_origin, one_missing, all_missing, one_too_many],
)
async def test_what_was_touched_comes_right(store: Store, touch: Any) -> None:
    await store.write(partial(answered, survey="debt_stress", said=STRESS))
    before = await everything(store)
    await store.write(touch)
    assert await everything(store) != before
    assert await made_again(store) == Rebuilt(responses=1, changed=1)
    assert await everything(store) == before
    assert await made_again(store) == Rebuilt(responses=1, changed=0)


async def test_survey_cut_from_its_client_is_made_again_from_its_codes(store: Store) -> None:
    await store.write(partial(answered, survey="debt_stress", said=STRESS))
    before = await everything(store)
    await store.write(lambda c: cut_old_surveys(c, before=AT + 30 * DAY, limit=10))
    await store.write(one_missing)
    assert await made_again(store) == Rebuilt(responses=1, changed=1)
    assert await everything(store) == before


@pytest.mark.parametrize("gone", ["session", "answers"])
async def test_response_without_its_answers_keeps_its_rows(store: Store, gone: str) -> None:
    await store.write(partial(answered, survey="debt_stress", said=STRESS))

    def cut(connection: Connection) -> None:
        if gone == "session":
            connection.execute(update(responses).values(session_id=None, scored="{}"))
        else:
            connection.execute(delete(answers))
        another_value(connection)

    await store.write(cut)
    before = await everything(store)
    assert (await made_again(store)).changed == 0
    assert await everything(store) == before


async def test_all_responses_are_gone_through_chunk_by_chunk(store: Store) -> None:
    for _ in range(3):
        await store.write(partial(answered, survey="debt_stress", said=STRESS, invited=False))
    before = await everything(store)
    await store.write(one_missing)
    steps: list[int] = []
    done = await rebuild(store=store, progress=steps.append, at_once=2)
    assert (done, steps) == (Rebuilt(responses=3, changed=3), [2, 1])
    assert await everything(store) == before


async def test_nothing_to_go_through(store: Store) -> None:
    assert await made_again(store) == Rebuilt(responses=0, changed=0)
