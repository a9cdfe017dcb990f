from __future__ import annotations

from functools import partial

import pytest

from spm_bot.messages import Address
from spm_bot.storage import headcounts, outbox, people, portfolio_days, sessions
from spm_bot.storage.store import Store
from spm_bot.storage.tables import observations, responses
from spm_bot.usecases.practise import CODE, practise
from spm_bot.usecases.respond import PRACTICE, respond
from tests.seed import AT, HOUR, meet, play, rows_of
from tests.stage.world import desk

ME = Address("console", "me")
SATISFACTION = desk().library.survey("client_satisfaction")


async def start(store: Store, *, survey: str = "client_satisfaction", language: str = "en") -> None:
    definition = desk().library.survey(survey)
    work = partial(practise, desk=desk(), survey=definition, address=ME, language=language, now=AT)
    await store.write(work)


@pytest.mark.parametrize("survey", ["client_satisfaction", "debt_stress", "client_exit", "branch_visit"])
async def test_every_survey_can_be_tried(store: Store, survey: str) -> None:
    await start(store, survey=survey)
    [due] = await store.read(partial(outbox.due, now=AT, limit=9))
    opened = await store.read(lambda c: sessions.active(c, meet(c, "me", channel="console")))
    assert opened is not None
    assert (opened.session.survey, opened.invitation) == (survey, None)
    assert due.message.ref == f"s{opened.id}.1"


async def test_practice_person_is_never_invited_nor_counted(store: Store) -> None:
    await start(store)
    assert await store.read(people.clients_where) == []
    assert await store.read(partial(headcounts.population, on=AT.date())) == ()
    assert await store.write(partial(portfolio_days.keep_day, as_of="2026-11-24")) is False
    assert (await store.read(lambda c: people.client_by_code(c, CODE))).status == "closed"


async def test_trying_again_in_another_language_starts_anew(store: Store) -> None:
    await start(store)
    await start(store, language="fr")
    opened = await store.read(lambda c: sessions.active(c, meet(c, "me", channel="console")))
    assert opened is not None
    assert opened.session.language == "fr"


async def test_practice_answers_are_marked_as_such(store: Store) -> None:
    await start(store)
    opened = await store.read(lambda c: sessions.active(c, meet(c, "me", channel="console")))
    assert opened is not None
    session = play(SATISFACTION, opened.session, {"cs3": "4", "cs1": "9"}, at=AT + HOUR)
    saved = await store.write(
        lambda c: sessions.save(c, opened, session, status=sessions.ENDED, at=AT + HOUR)
    )
    await store.write(lambda c: respond(c, desk(), saved, SATISFACTION, now=AT + HOUR))
    assert await store.read(lambda c: rows_of(c, responses, "origin")) == [(PRACTICE,)]
    assert set(await store.read(lambda c: rows_of(c, observations, "origin"))) == {(PRACTICE,)}
