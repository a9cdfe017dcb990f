"""An hour of one's own: asked in every language, and kept by whatever writes on its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from spm_bot.clauses import Branch, Round
from spm_bot.storage import people
from spm_bot.storage.tables import clients
from spm_bot.storage.tables import outbox as table
from spm_bot.times import Weekday
from spm_bot.usecases.find_hour import allowed_from, sendable_from
from spm_bot.usecases.take_turns import invite_due
from tests.seed import AT, DAY, HOUR
from tests.stage.world import World, desk

LANGUAGES = ("en", "fr", "es", "sw", "hi", "ar")
WORDS = ("my time", "mon heure", "mi hora", "wakati wangu", "मेरा समय", "وقتي")


async def hours(world: World) -> list[int | None]:
    """The wish of each client who has one."""
    query = select(clients.c.hour).where(clients.c.hour.is_not(None))
    return list(await world.store.read(lambda c: c.execute(query).scalars().all()))


@pytest.mark.parametrize(("language", "word"), list(zip(LANGUAGES, WORDS, strict=True)))
async def test_hour_is_asked_and_taken_back_in_every_language(
    sqlite_world: World, language: str, word: str
) -> None:
    world = sqlite_world
    form = world.desk.library.survey("time").question("hour")
    await world.enrol("Amina", handle="a", language=language)
    await world.say(word, handle="a")
    assert world.phones.texts("a") == [form.label.in_(language)]
    await world.say(form.choices[4].label.in_(language), handle="a")
    assert await hours(world) == [18]
    assert "18:00" in world.phones.texts("a")[-1]
    await world.say("/time", handle="a")
    await world.say("0", handle="a")
    assert await hours(world) == []


async def test_on_a_shared_phone_each_has_their_own(world: World) -> None:
    await world.enrol("Amina", handle="a")
    await world.enrol("Beatrice", handle="a")
    await world.say("/time", handle="a")
    await world.tap("2 Beatrice", handle="a")
    await world.say("7", handle="a")
    rows = await world.store.read(lambda c: c.execute(select(clients.c.code, clients.c.hour)).all())
    assert [code for code, hour in rows if hour == 7] == ["Beatrice"]


async def test_whoever_is_no_client_has_no_hour(world: World) -> None:
    await world.say("/time", handle="a")
    assert world.phones.texts("a") == ["This is for clients who have joined."]


@pytest.mark.parametrize(("hour", "at"), [(7, AT + 21 * HOUR), (12, AT + 2 * HOUR), (20, AT + 10 * HOUR)])
async def test_standing_round_writes_in_it(world: World, hour: int, at: datetime) -> None:
    await world.enrol("Amina", handle="a")
    await world.store.write(lambda c: people.set_hour(c, 1, hour))
    standing = Round(
        code="visit",
        survey="client_satisfaction",
        weekday=Weekday.TUESDAY,
        time=time(10),
        cycle_weeks=1,
        window_hours=72,
    )
    assert await invite_due(standing, AT, store=world.store, desk=world.desk) == 1
    queued = select(table.c.not_before).where(table.c.kind == "invitation")
    assert await world.store.read(lambda c: c.execute(queued).scalars().all()) == [at]
    world.clock.instant = at
    await world.postman.flush()
    assert len(world.phones.texts("a")) == 1


async def test_invitation_that_missed_it_waits_for_the_next_day(world: World) -> None:
    """The machine was down from before eight until nine in the evening."""
    await world.enrol("Amina", handle="a")
    await world.store.write(lambda c: people.set_hour(c, 1, 20))
    await world.invite("Amina", "client_satisfaction")
    for wait in (12 * HOUR, 12 * HOUR, 9 * HOUR):
        world.clock.advance(wait)
        await world.postman.flush()
        assert world.phones.texts("a") == []
    world.clock.advance(HOUR)
    await world.postman.flush()
    assert len(world.phones.texts("a")) == 1


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        # Cairo's clock goes back in the night of 29 October 2026 and forward in that of 29 April 2027.
        ("2026-10-29T04:30", "2026-10-29T04:30"),
        ("2026-10-29T05:00", "2026-10-30T05:00"),
        ("2027-04-29T05:30", "2027-04-29T05:30"),
        ("2027-04-29T06:00", "2027-04-30T04:00"),
        # A year's end is a holiday of the file, and 3 January a Sunday.
        ("2026-12-31T08:00", "2027-01-02T05:00"),
        ("2027-01-02T08:00", "2027-01-04T05:00"),
    ],
)
def test_hour_is_that_of_the_wall_where_the_clock_is_moved(now: str, opens: str) -> None:
    branch = Branch(code="CAI", name="Cairo", time_zone=ZoneInfo("Africa/Cairo"))
    institution = desk().institution.model_copy(update={"branches": (branch,)})
    there = replace(desk(), institution=institution)
    at, expected = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (now, opens))
    assert allowed_from(there, "CAI", at, hour=7) == expected


def test_message_that_was_asked_for_may_leave_in_anybodys_hours() -> None:
    find = partial(sendable_from, desk(), "BUN", hour=20)
    assert (find(AT), find(AT + 9 * HOUR), find(AT + 10 * HOUR)) == (AT, AT + 10 * HOUR, AT + 10 * HOUR)
    assert find(AT + 12 * HOUR) == AT + DAY - HOUR
