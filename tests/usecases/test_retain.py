from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select

from spm_bot.messages import Tap
from spm_bot.storage import audits, consents, people, sessions
from spm_bot.storage import requests as wishes
from spm_bot.storage.session_state import unpack
from spm_bot.storage.sessions import STATE
from spm_bot.storage.store import Store, vault_of
from spm_bot.storage.tables import answers, comments, invitations, observations, responses
from spm_bot.storage.tables import audits as audit_rows
from spm_bot.storage.tables import consents as ledger
from spm_bot.storage.tables import requests as requests_rows
from spm_bot.storage.tables import sessions as session_rows
from spm_bot.surveys.session import Session
from spm_bot.usecases import retain as retaining
from spm_bot.usecases.retain import months_before, retain
from tests.seed import rows_of, say_yes
from tests.stage.clock import START
from tests.stage.world import World

DAY = timedelta(days=1)
YEAR = timedelta(days=365)


async def answer(world: World, code: str) -> None:
    """A client answers the survey of satisfaction in part, with words of their own, and stops."""
    await world.enrol(code, handle=code)
    await world.invite(code, "client_satisfaction")
    await world.tap("Start", handle=code)
    for said in ("4", "9", f"The words of {code}.", "stop"):
        await world.say(said, handle=code)


async def at(world: World, instant: datetime) -> int:
    return await retain(instant, store=world.store, desk=world.desk)


def states(connection: Connection) -> list[Session]:
    """What every session still knows, deciphered."""
    rows = connection.execute(select(session_rows)).all()
    return [
        unpack(
            vault_of(connection).decrypt(row.state, associated=STATE),
            survey="",
            version="",
            started_at=START,
            turn=0,
        )
        for row in rows
    ]


async def test_answers_are_cut_from_their_giver_after_a_year(world: World, store: Store) -> None:
    await answer(world, "Amina")
    before = await store.read(lambda c: rows_of(c, observations, "indicator", "value"))
    assert await at(world, START + YEAR) == 0
    assert await at(world, START + YEAR + DAY) == 2
    cut = await store.read(
        lambda c: rows_of(c, session_rows, "client_id", "staff_id", "address_id", "invitation_id", "status")
    )
    assert cut == [(None, None, None, None, "ended")]
    assert await store.read(states) == [Session("", "", "", started_at=START)]
    assert await store.read(lambda c: rows_of(c, comments, "id")) == []
    assert await store.read(lambda c: rows_of(c, responses, "client_id")) == [(None,)]
    assert await store.read(lambda c: rows_of(c, invitations, "client_id", "outcome")) == [
        (None, "break_off")
    ]
    [(ended, due)] = await store.read(lambda c: rows_of(c, invitations, "ended_at", "expires_at"))
    assert ended == due
    assert len(await store.read(lambda c: rows_of(c, answers, "question"))) == 3
    assert await store.read(lambda c: rows_of(c, observations, "indicator", "value")) == before
    assert await store.read(lambda c: sessions.get(c, 1)) is None
    assert await at(world, START + YEAR + DAY) == 0


async def test_a_later_answer_counts_from_its_own_day(world: World, store: Store) -> None:
    await answer(world, "Amina")
    world.clock.advance(30 * DAY)
    await answer(world, "David")
    await at(world, START + YEAR + DAY)
    assert [c for (c,) in await store.read(lambda c: rows_of(c, responses, "client_id"))] == [
        None,
        (await store.read(lambda c: people.client_by_code(c, "David"))).id,
    ]


async def test_forms_and_requests_of_long_ago_go(world: World, store: Store) -> None:
    await world.enrol("Amina", handle="a")
    for said in ("/language", "1", "/forget", "no, leave it"):
        await world.say(said, handle="a")
    client = await store.read(lambda c: people.client_by_code(c, "Amina"))
    done = await store.write(
        lambda c: wishes.ask(c, client.id, kind=wishes.DATA, address=None, at=world.clock.now())
    )
    await store.write(partial(wishes.settle, request=done, state=wishes.DONE))
    await store.write(
        lambda c: wishes.ask(c, client.id, kind=wishes.FORGET, address=None, at=world.clock.now())
    )
    assert await at(world, START + YEAR + DAY) == 3
    assert await store.read(lambda c: rows_of(c, session_rows, "id")) == []
    assert await store.read(lambda c: rows_of(c, requests_rows, "kind", "state")) == [("forget", "open")]


async def test_ledgers_go_after_six_years_but_never_the_last_word_of_a_client(
    world: World, store: Store
) -> None:
    await world.enrol("Amina", handle="a")
    await store.write(lambda c: say_yes(c, "Amina", given=False, at=START + DAY))
    await store.write(
        lambda c: consents.record(
            c,
            subject="somebody-forgotten",
            purpose="survey",
            given=True,
            text_version="v1",
            language="en",
            channel="test",
            at=START,
        )
    )
    await store.write(lambda c: audits.write_down(c, at=START, actor="system", event="old"))
    await store.write(lambda c: audits.write_down(c, at=START + 40 * DAY, actor="system", event="young"))
    await at(world, START.replace(year=START.year + 6) + 2 * DAY)
    assert await store.read(lambda c: rows_of(c, ledger, "purpose", "given")) == [
        ("private_items_and_transfer", True),
        ("survey", False),
    ]
    assert await store.read(lambda c: rows_of(c, audit_rows, "event")) == [("young",)]


async def test_everything_is_cut_chunk_by_chunk(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retaining, "CHUNK", 1)
    for code in ("Amina", "Beatrice", "David"):
        await answer(world, code)
    assert await at(world, START + YEAR + DAY) == 6
    assert {c for (c,) in await store.read(lambda c: rows_of(c, session_rows, "address_id"))} == {None}


async def test_button_of_a_cut_survey_changes_nothing(world: World) -> None:
    await answer(world, "Amina")
    token = world.phones.tokens("Amina")[-2]
    world.clock.advance(YEAR + DAY)
    await at(world, world.clock.now())
    toast = await world.receive(Tap(token), handle="Amina")
    assert toast == "That question is already answered."


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        ((2026, 11, 24), 12, (2025, 11, 24)),
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2028, 2, 29), 12, (2027, 2, 28)),
        ((2026, 1, 5), 1, (2025, 12, 5)),
        ((2026, 12, 31), 72, (2020, 12, 31)),
    ],
)
def test_months_are_those_of_the_calendar(
    day: tuple[int, int, int], months: int, earlier: tuple[int, int, int]
) -> None:
    assert months_before(datetime(*day, 3, tzinfo=UTC), months) == datetime(*earlier, 3, tzinfo=UTC)
