"""Later: which moments are offered, and that what was promised is kept, no more and no less."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from spm_bot.clauses import Branch
from spm_bot.storage import people
from spm_bot.storage.tables import invitations
from spm_bot.storage.tables import outbox as table
from spm_bot.times import Weekday
from tests.seed import AT, DAY, HOUR
from tests.stage.world import World

FIRST = "1 of 4 · "


def offered(world: World) -> list[str]:
    """The moments on the phone."""
    buttons = [each.label for row in world.phones.chats["a"][-1].look.buttons for each in row]
    return [label.split(maxsplit=1)[1] for label in buttons]


async def later(world: World, *, hour: int | None = None, name: str = "David") -> None:
    await world.enrol(name, handle="a")
    client = await world.store.read(lambda c: people.client_by_code(c, name).id)
    await world.invite(name, "client_exit" if name == "David" else "client_satisfaction")
    await world.store.write(lambda c: people.set_hour(c, client, hour))
    await world.tap("Later", handle="a")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def waiting(world: World) -> list[datetime]:
    """For when reminders are queued."""
    queued = select(table.c.not_before).where(table.c.kind == "wished", table.c.state == "queued")
    return list(await world.store.read(lambda c: c.execute(queued).scalars().all()))


@pytest.mark.parametrize(
    ("now", "hour", "moments", "tomorrow"),
    [
        # Nairobi is three hours ahead; clients are written to from 09:00 to 19:00, never on a Sunday.
        ("2026-11-24T07:00", None, ["In one hour", "Tonight", "Tomorrow"], "2026-11-25T07:00"),
        ("2026-11-24T15:30", None, ["Tomorrow"], "2026-11-25T15:30"),
        ("2026-11-24T14:30", None, ["In one hour", "Tomorrow"], "2026-11-25T14:30"),
        ("2026-11-24T14:00", None, ["In one hour", "Tomorrow"], "2026-11-25T14:00"),
        ("2026-11-24T20:00", None, ["Tomorrow"], "2026-11-25T06:00"),
        ("2026-11-24T21:30", None, ["Tonight", "Tomorrow"], "2026-11-26T06:00"),
        ("2026-11-28T08:00", None, ["In one hour", "Tonight", "Monday"], "2026-11-30T06:00"),
        ("2026-11-29T08:00", None, ["Tomorrow"], "2026-11-30T08:00"),
        ("2026-11-24T07:00", 9, ["In one hour", "Tonight", "Tomorrow"], "2026-11-25T06:00"),
        ("2026-11-24T07:00", 20, ["In one hour", "Tonight", "Tomorrow"], "2026-11-25T17:00"),
        ("2026-11-24T16:20", 20, ["In one hour", "Tomorrow"], "2026-11-25T17:00"),
    ],
)
async def test_moments_of_the_day(
    sqlite_world: World, now: str, hour: int | None, moments: list[str], tomorrow: str
) -> None:
    world = sqlite_world
    await world.enrol("David", handle="a")
    await world.invite("David", "client_exit")
    client = await world.store.read(lambda c: people.client_by_code(c, "David").id)
    await world.store.write(lambda c: people.set_hour(c, client, hour))
    world.clock.instant = utc(now)
    until = world.clock.now() + 3 * DAY
    await world.store.write(lambda c: c.execute(update(invitations).values(expires_at=until)).rowcount)
    await world.tap("Later", handle="a")
    assert offered(world) == moments
    await world.say(str(len(moments)), handle="a")
    assert await waiting(world) == [utc(tomorrow)]


async def test_zone_of_the_branch_is_what_counts(sqlite_world: World) -> None:
    """Kinshasa is two hours behind Nairobi, and rests on Wednesdays."""
    world = sqlite_world
    branch = Branch(
        code="BUN", name="Bungoma", time_zone=ZoneInfo("Africa/Kinshasa"), rest_days=(Weekday.WEDNESDAY,)
    )
    institution = world.desk.institution.model_copy(update={"branches": (branch,)})
    elsewhere = replace(world.desk, institution=institution)
    world.desk = elsewhere
    world.dialogue = replace(world.dialogue, desk=elsewhere)
    world.postman.desk = elsewhere
    world.clock.instant = utc("2026-11-24T16:00")
    await later(world, name="Amina")
    assert offered(world) == ["In one hour", "Thursday"]


async def test_reminder_comes_when_it_was_promised(world: World) -> None:
    await later(world)
    await world.tap("1 In one hour", handle="a")
    assert world.phones.texts("a")[-1] == "All right. We write then."
    assert await waiting(world) == [AT + HOUR]
    await world.wait(HOUR)
    await world.tap("Start", handle="a")
    assert world.phones.texts("a")[-1].startswith(FIRST)


async def test_promise_holds_outside_the_clients_own_hour(world: World) -> None:
    await later(world, hour=20)
    await world.tap("1 In one hour", handle="a")
    await world.wait(HOUR)
    assert [b.label for b in world.phones.chats["a"][-1].look.buttons[0]] == ["Start", "Later", "No"]


async def test_three_reminders_at_most(world: World) -> None:
    await later(world)
    for _ in range(3):
        await world.say("1", handle="a")
        await world.wait(HOUR)
        toast = await world.tap("Later", handle="a")
    assert toast == "All right. Tap Start when it suits you."
    await world.wait(3 * DAY)
    sent = select(table.c.id).where(table.c.kind.in_(["wished", "reminder"]), table.c.state == "sent")
    assert len(await world.store.read(lambda c: c.execute(sent).all())) == 3


async def test_another_moment_takes_the_place_of_the_first(world: World) -> None:
    await later(world)
    await world.tap("3 Tomorrow", handle="a")
    await world.tap("Later", handle="a", on="how it was for you")
    await world.tap("1 In one hour", handle="a")
    assert await waiting(world) == [AT + HOUR]


async def test_moment_that_has_passed_becomes_the_next_one(world: World) -> None:
    await later(world)
    world.clock.advance(9 * HOUR)
    await world.tap("2 Tonight", handle="a")
    assert await waiting(world) == [utc("2026-11-25T06:00")]


async def test_question_left_open_keeps_the_invitation_and_its_one_reminder(world: World) -> None:
    await later(world)
    await world.wait(23 * HOUR)
    assert [len(row) for row in world.phones.chats["a"][0].look.buttons] == [3]
    assert world.phones.texts("a")[1:] == ["All right. When shall we write again?"]
    await world.wait(4 * HOUR)
    await world.tap("Start", handle="a")
    assert world.phones.texts("a") == [world.phones.texts("a")[-1]]
    assert world.phones.texts("a")[-1].startswith(FIRST)


async def test_moment_chosen_when_the_invitation_is_over_promises_nothing(world: World) -> None:
    await later(world)
    await world.say("/consent", handle="a")
    await world.say("no", handle="a")
    await world.tap("1 In one hour", handle="a", on="When shall we")
    assert await waiting(world) == []


async def test_when_hardly_any_time_is_left_no_moment_is_promised(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="a")
    await world.invite("David", "client_exit")
    world.clock.advance(72 * HOUR - timedelta(minutes=30))
    assert await world.tap("Later", handle="a") == "All right. Tap Start when it suits you."


async def test_gate_asks_when_and_comes_back_first(world: World) -> None:
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", "debt_stress")
    await world.tap("Start", handle="a")
    await world.tap("2 Later", handle="a")
    assert offered(world) == ["In one hour", "Tonight", "Tomorrow"]
    await world.tap("1 In one hour", handle="a")
    await world.wait(HOUR)
    assert world.phones.texts("a")[-1].endswith("You can go on with question 1 of 11.")
    await world.tap("Start", handle="a")
    assert world.phones.texts("a")[-1].startswith("1 of 11 · Some of these questions are private.")


async def test_who_goes_on_alone_is_not_reminded(world: World) -> None:
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", "debt_stress")
    await world.tap("Start", handle="a")
    await world.tap("2 Later", handle="a")
    await world.tap("2 Tonight", handle="a")
    await world.wait(7 * HOUR)
    await world.tap("1 Yes", handle="a")
    await world.wait(3 * HOUR)
    assert world.phones.texts("a")[-1].startswith("2 of 11 ·")


async def test_survey_of_another_client_on_this_phone_goes_on(world: World) -> None:
    await world.enrol("Beatrice", handle="a")
    await later(world, name="Amina")
    await world.invite("Beatrice", "client_satisfaction")
    await world.tap("Start", handle="a", on="For Beatrice:")
    await world.tap("Later", handle="a", on="For Amina:")
    await world.tap("1 In one hour", handle="a")
    assert world.phones.texts("a")[-1].startswith("Beatrice · 1 of ")
