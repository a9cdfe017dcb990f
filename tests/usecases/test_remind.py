"""The one reminder: when it comes, when it never does, and what it counts for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import delete, func, select, update

from spm_bot.messages import Address
from spm_bot.storage import histories, people, reminders, rounds
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import clients, invitations, signatures
from spm_bot.storage.tables import outbox as table
from spm_bot.usecases import remind as module
from spm_bot.usecases.lapse import lapse
from spm_bot.usecases.remind import remind
from tests.seed import AT, DAY, HOUR, asked, enrol, open_round, row, rows_of
from tests.stage.phones import NAME
from tests.stage.world import World

MINUTE = HOUR / 60
HELLO = "Hello from Umoja Microfinance. Is now a good time?"


def reminded(world: World, handle: str = "a") -> list[datetime]:
    """When a message of ours that asks for a reply came, the invitation first."""
    bubbles = (*world.phones.gone[handle], *world.phones.chats[handle])
    return sorted(
        bubble.at
        for bubble in bubbles
        if any(each.label == "Start" for line in bubble.looks[0].buttons for each in line)
    )


async def invited(world: World, survey: str = "client_satisfaction", *, name: str = "Amina") -> datetime:
    await world.enrol(name, handle="a")
    await world.invite(name, survey)
    return world.clock.now()


async def look(world: World, span: timedelta, *, every: timedelta = HOUR / 2) -> None:
    """Time passes with the jobs looking as often as in life, nearly."""
    until = world.clock.now() + span
    while world.clock.now() < until:
        world.clock.advance(every)
        now = world.clock.now()
        await remind(now, store=world.store, desk=world.desk)
        await lapse(now, store=world.store, desk=world.desk)
        await world.postman.flush()


async def test_silent_invitation_is_repeated_once_after_a_day(world: World) -> None:
    at = await invited(world)
    await look(world, 4 * DAY)
    assert reminded(world) == [at, at + DAY]


async def test_broken_off_survey_is_recalled_once_a_day_after_the_last_answer(world: World) -> None:
    at = await invited(world)
    await world.tap("Start", handle="a")
    world.clock.advance(3 * HOUR)
    await world.say("4", handle="a")
    await look(world, 4 * DAY)
    assert reminded(world) == [at, at + 27 * HOUR]


async def test_who_answers_after_the_reminder_and_falls_silent_again_gets_no_other(world: World) -> None:
    at = await invited(world)
    await look(world, DAY)
    await world.tap("Start", handle="a")
    await look(world, 4 * DAY)
    assert reminded(world) == [at, at + DAY]


@pytest.mark.parametrize(
    ("start", "comes"),
    [
        # The hours are 09:00 to 19:00 in Nairobi, 06:00 to 16:00 UTC; the 29th is a Sunday.
        ("2026-11-24T15:59", "2026-11-26T06:29"),
        ("2026-11-24T14:00", "2026-11-25T14:30"),
        ("2026-11-28T09:00", "2026-11-30T06:30"),
        ("2026-11-27T15:50", None),
        ("2026-11-28T06:00", None),
        ("2026-12-23T10:00", "2026-12-24T10:30"),
        ("2026-12-24T10:00", None),
    ],
)
async def test_reminder_keeps_to_the_hours_or_never_comes(
    sqlite_world: World, start: str, comes: str | None
) -> None:
    world = sqlite_world
    world.clock.instant = datetime.fromisoformat(start).replace(tzinfo=UTC)
    at = await invited(world)
    await look(world, 4 * DAY, every=35 * MINUTE)
    expected = [] if comes is None else [datetime.fromisoformat(comes).replace(tzinfo=UTC)]
    assert reminded(world) == [at, *expected]


async def test_reminder_comes_in_the_clients_own_hour_only(world: World) -> None:
    await world.enrol("Amina", handle="a")
    await world.store.write(lambda c: people.set_hour(c, 1, 20))
    await world.invite("Amina", "client_satisfaction")
    await look(world, 3 * DAY)
    evening = AT + 10 * HOUR
    assert reminded(world) == [evening, evening + DAY]


async def refuses(world: World) -> None:
    await world.tap("No", handle="a")


async def stops(world: World) -> None:
    await world.say("stop", handle="a")


async def stops_in_the_middle(world: World) -> None:
    await world.tap("Start", handle="a")
    await world.say("4", handle="a")
    await world.say("stop", handle="a")


async def withdraws(world: World) -> None:
    await world.say("/consent", handle="a")
    await world.say("no", handle="a")


async def completes(world: World) -> None:
    await world.tap("Start", handle="a")
    for text in ("1", "1", "1", "fine"):
        await world.say(text, handle="a")


async def blocks(world: World) -> None:
    await world.store.write(lambda c: people.set_reachable(c, 1, reachable=False))


async def is_no_client_any_more(world: World) -> None:
    await world.store.write(lambda c: _become(c, status="closed"))


async def expires(world: World) -> None:
    await world.store.write(_expire)


async def has_no_messages_left(world: World) -> None:
    await world.store.write(_spend)


def _become(connection: Connection, **values: str) -> None:
    connection.execute(update(clients).values(values))


def _expire(connection: Connection) -> None:
    connection.execute(update(invitations).values(expires_at=AT + 10 * HOUR))


def _spend(connection: Connection) -> None:
    """Six invitations of this year, each with its reminder: eleven messages besides the open one."""
    david = people.client_by_code(connection, "David").id
    spent = open_round(connection, "spent")
    for wave in range(6):
        at = AT - (wave + 1) * 30 * DAY
        [made] = rounds.invite(connection, spent, [asked(david, at=at, wave=wave)]).values()
        rounds.set_outcome(connection, made, "completed")
        if wave:
            reminders.set_reminded(connection, made, at=at + DAY)


Event = Callable[[World], Awaitable[None]]
NEVER: list[Event] = [
    *(refuses, stops, stops_in_the_middle, withdraws, completes, blocks),
    *(is_no_client_any_more, expires, has_no_messages_left),
]


@pytest.mark.parametrize("event", NEVER, ids=lambda event: event.__name__)
async def test_no_reminder_after(world: World, event: Event) -> None:
    at = await invited(world, "client_exit", name="David")
    await event(world)
    await look(world, 3 * DAY, every=6 * HOUR)
    assert reminded(world) == [at]
    written = select(func.count(table.c.id)).where(table.c.kind == "reminder")
    assert await world.store.read(lambda c: c.execute(written).scalar()) == 0


async def test_reminder_counts_as_a_message_of_the_year(world: World) -> None:
    at = await invited(world)
    await look(world, DAY)
    [spent] = (await world.store.read(lambda c: histories.of_clients(c, [1], since=AT - DAY)))[1].asked
    assert spent.messages_at == (at, at + DAY)


async def test_what_the_client_asks_for_counts_no_further(world: World) -> None:
    at = await invited(world)
    await look(world, DAY)
    await world.tap("Later", handle="a")
    await world.say("1", handle="a")
    await look(world, 2 * HOUR)
    assert reminded(world) == [at, at + DAY, at + 25 * HOUR]
    [spent] = (await world.store.read(lambda c: histories.of_clients(c, [1], since=AT - DAY)))[1].asked
    assert spent.messages_at == (at, at + DAY)


async def test_job_that_runs_twice_or_dies_between_reminds_once(world: World) -> None:
    await invited(world)
    world.clock.advance(DAY)
    now = world.clock.now()
    counts = [await remind(now, store=world.store, desk=world.desk) for _ in range(3)]
    assert counts == [1, 0, 0]


async def test_chunk_that_fails_has_written_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await invited(world)
    world.clock.advance(DAY)
    with monkeypatch.context() as broken:
        broken.setattr(reminders, "set_reminded", partial(_power_cut))
        with pytest.raises(RuntimeError):
            await remind(world.clock.now(), store=world.store, desk=world.desk)
    assert await remind(world.clock.now(), store=world.store, desk=world.desk) == 1


def _power_cut(*args: object, **more: object) -> None:
    raise RuntimeError("power cut")


async def queued_for_the_morning(world: World) -> None:
    """An invitation that was answered to by nobody; its reminder waits for nine o'clock."""
    world.clock.instant = AT + 8 * HOUR + 59 * MINUTE
    await invited(world)
    world.clock.advance(DAY + MINUTE)
    await remind(world.clock.now(), store=world.store, desk=world.desk)


async def state(world: World) -> list[str]:
    states = select(table.c.state).where(table.c.kind == "reminder")
    return list(await world.store.read(lambda c: c.execute(states).scalars().all()))


async def moves(world: World) -> None:
    await world.store.write(_move)


def _move(connection: Connection) -> None:
    new = people.meet(connection, Address(NAME, "b"), language="en")
    people.move_client(connection, 1, new.id, at=AT)


async def begins(world: World) -> None:
    await world.tap("Start", handle="a")


@pytest.mark.parametrize("event", [withdraws, moves, begins, refuses], ids=lambda event: event.__name__)
async def test_what_happens_before_it_leaves_holds_it_back(world: World, event: Event) -> None:
    await queued_for_the_morning(world)
    assert await state(world) == ["queued"]
    await event(world)
    await look(world, DAY)
    assert await state(world) == ["dropped"]
    assert len(reminded(world)) == 1
    assert reminded(world, "b") == []


async def test_wish_for_an_hour_holds_for_what_waits_already(world: World) -> None:
    await queued_for_the_morning(world)
    await world.say("/time", handle="a")
    await world.say("15 ", handle="a")
    await look(world, DAY)
    assert reminded(world)[1:] == [AT + 2 * DAY + 5 * HOUR]


async def test_reminder_speaks_the_language_of_the_chat_if_it_is_signed(sqlite_world: World) -> None:
    world = sqlite_world
    at = await invited(world)
    unsigned = delete(signatures).where(
        signatures.c.code == "client_satisfaction", signatures.c.language == "fr"
    )
    await world.store.write(lambda c: c.execute(unsigned).rowcount)
    await world.say("/language", handle="a")
    await world.say("2", handle="a")
    await look(world, 2 * DAY)
    assert reminded(world) == [at]


async def test_reminder_on_a_shared_phone_says_for_whom(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Beatrice", handle="a")
    await invited(world)
    await world.tap("Start", handle="a")
    await look(world, DAY)
    assert world.phones.texts("a")[-1].splitlines()[:2] == ["For Amina:", HELLO]


async def test_those_who_get_none_do_not_keep_others_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients who cannot be reached come first in the list, and fill more than one chunk of it."""
    monkeypatch.setattr(module, "CHUNK", 2)

    def prepare(connection: Connection) -> None:
        made = enrol(connection, *(row(f"C{number}") for number in range(7)))
        fresh = [asked(client) for client in made]
        invited = rounds.invite(connection, open_round(connection), fresh)
        rounds.set_delivered(connection, invited.values(), at=AT)
        for client in made[:5]:
            people.set_reachable(connection, _chat_of(connection, client), reachable=False)

    await world.store.write(prepare)
    assert await remind(AT + DAY, store=world.store, desk=world.desk) == 2
    rows = await world.store.read(lambda c: rows_of(c, invitations, "reminded_at"))
    assert rows == [*[(None,)] * 5, (AT + DAY,), (AT + DAY,)]


def _chat_of(connection: Connection, client: int) -> int:
    return people.chats_of_clients(connection, [client])[client].id
