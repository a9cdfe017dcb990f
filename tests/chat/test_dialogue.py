from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from spm_bot.messages import (
    Action,
    Address,
    Blocked,
    Edited,
    Inbound,
    Other,
    Start,
    Subject,
    Tap,
    Text,
    Token,
)
from spm_bot.storage import people, rounds
from spm_bot.storage.store import Connection, Corrupt, Unavailable
from spm_bot.storage.tables import (
    addresses,
    answers,
    consents,
    holders,
    invitations,
    links,
    receipts,
    sessions,
)
from tests.stage.phones import NAME
from tests.stage.world import World

SORRY = "Sorry, something went wrong on our side. Please send that again."


def rows(connection: Connection, *, table: str) -> list[tuple[object, ...]]:
    """Who answered what, in the order of the answers."""
    assert table == "answers"
    query = select(answers.c.question, answers.c.choice, answers.c.late).order_by(answers.c.id)
    return [tuple(row) for row in connection.execute(query)]


def statuses(connection: Connection) -> list[tuple[str, bool, int]]:
    query = select(sessions.c.status, sessions.c.form, sessions.c.turn).order_by(sessions.c.id)
    return [(row.status, row.form, row.turn) for row in connection.execute(query)]


def outcomes(connection: Connection) -> Sequence[str | None]:
    return connection.execute(select(invitations.c.outcome).order_by(invitations.c.id)).scalars().all()


def consent(connection: Connection) -> list[tuple[str, bool]]:
    query = select(consents.c.purpose, consents.c.given).order_by(consents.c.id)
    return [(row.purpose, row.given) for row in connection.execute(query)]


async def given(world: World) -> list[tuple[object, ...]]:
    return await world.store.read(partial(rows, table="answers"))


async def test_conversation_is_kept_on_both_databases(world: World) -> None:
    await world.receive(Start("card-of-David"), handle="d")
    for text in ("1", "1970", "yes", "yes"):
        await world.say(text, handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    for text in ("6", "very hard", "maybe", "More time."):
        await world.say(text, handle="d")
    assert await given(world) == [
        ("language", "en", False),
        ("survey", "yes", False),
        ("private_items", "yes", False),
        ("ex1", "hard", False),
        ("ex2", "very", False),
        ("ex3", "maybe", False),
        ("ex4", "", False),
    ]
    forms = [("ended", True, 1), ("ended", True, 1), ("ended", True, 2)]  # language, proof, consent
    assert await world.store.read(statuses) == [*forms, ("ended", False, 4)]
    assert await world.store.read(outcomes) == ["completed"]
    assert await world.store.read(consent) == [("survey", True), ("private_items_and_transfer", True)]


async def test_event_that_comes_twice_has_one_effect(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    await world.say("6", handle="d")
    before = (await given(world), world.phones.texts("d"))
    assert await world.again() is None
    assert (await given(world), world.phones.texts("d")) == before


async def test_same_event_twice_at_once_has_one_effect(world: World) -> None:
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    event = Inbound("test:twice", Address(NAME, "d"), world.clock.now(), Text("6", "m"), "en")
    await asyncio.gather(*(world.dialogue.receive(event) for _ in range(3)))
    assert await given(world) == [("ex1", "hard", False)]


async def test_double_tap_answers_one_question(world: World) -> None:
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    token = world.phones.button("d", "2 I take a rest from loans")
    taps = [
        Inbound(f"test:tap{number}", Address(NAME, "d"), world.clock.now(), Tap(token), "en")
        for number in range(4)
    ]
    toasts = await asyncio.gather(*(world.dialogue.receive(tap) for tap in taps))
    assert sorted(toasts, key=str) == [None, *["That question is already answered."] * 3]
    assert await given(world) == [("ex1", "rest", False)]


async def test_fault_of_our_own_is_told_once_and_never_blocks_the_chat(
    sqlite_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    await world.store.write(_break)
    await world.say("6", handle="d")
    assert world.phones.texts("d")[-1] == SORRY
    assert [record.getMessage() for record in caplog.records if record.name == "spm_bot.dialogue"] == [
        "event_failed"
    ]
    await world.again()
    assert world.phones.texts("d").count(SORRY) == 1


def _break(connection: Connection) -> None:
    connection.execute(update(sessions).values(state=b"not a sealed state"))


async def test_fault_in_a_group_is_not_told_there(sqlite_world: World) -> None:
    broken = replace(sqlite_world.desk, languages=())
    sqlite_world.dialogue = replace(sqlite_world.dialogue, desk=broken)
    await sqlite_world.receive(Text("/help"), handle="group", private=False)
    assert sqlite_world.phones.texts("group") == []


@pytest.mark.parametrize("error", [Unavailable("gone"), Corrupt("damaged")])
async def test_database_out_of_reach_is_told_to_the_channel(sqlite_world: World, error: Exception) -> None:
    class Refusing:
        async def write(self, work: object, *, lane: str | None = None) -> None:
            raise error

    dialogue = replace(sqlite_world.dialogue, store=Refusing())  # type: ignore[arg-type]
    event = Inbound("test:1", Address(NAME, "d"), sqlite_world.clock.now(), Text("hello"), "en")
    with pytest.raises(type(error)):
        await dialogue.receive(event)


async def test_button_that_was_never_drawn_is_answered(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    stale, closed = "That question is already answered.", "This button is not for you."
    too_old = "That button is too old."
    unknown = {
        Token(Subject.SESSION, 4711, 1, Action.PICK, "0"): stale,
        Token(Subject.INVITATION, 4711, 0, Action.START): closed,
        Token(Subject.COMMAND, 1, 0, Action.START, "x"): too_old,
    }
    for token, toast in unknown.items():
        assert await world.receive(Tap(token), handle="d") == toast
    assert await world.receive(Tap(None), handle="d") == too_old
    assert world.phones.texts("d") == []


async def test_button_of_another_chat_changes_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.enrol("Amina", handle="a")
    await world.invite("David", "client_exit")
    start = world.phones.button("d", "Start")
    assert await world.receive(Tap(start), handle="a") == "This button is not for you."
    await world.tap("Start", handle="d")
    pick = world.phones.button("d", "1 I do not need one")
    assert await world.receive(Tap(pick), handle="a") == "That question is already answered."
    assert await given(world) == []


async def test_blocked_chat_is_unreachable_until_it_speaks(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.receive(Blocked(blocked=True), handle="d")
    assert await world.store.read(_reachable) is False
    await world.receive(Blocked(blocked=False), handle="d")
    assert await world.store.read(_reachable) is True
    await world.receive(Blocked(blocked=True), handle="d")
    await world.say("hello", handle="d")
    assert await world.store.read(_reachable) is True


def _reachable(connection: Connection) -> bool:
    chat = people.find_chat(connection, Address(NAME, "d"))
    assert chat is not None
    return chat.reachable


@pytest.mark.parametrize("body", [Other("sticker"), Other("voice")])
async def test_what_cannot_be_read_is_answered(sqlite_world: World, body: Other) -> None:
    await sqlite_world.receive(body, handle="d")
    assert sqlite_world.phones.texts("d") == [
        "Sorry, I can only read words and numbers. Please write, or tap a button."
    ]


async def test_edit_where_nothing_is_open_changes_nothing(sqlite_world: World) -> None:
    await sqlite_world.receive(Edited("2", "m1"), handle="d")
    assert sqlite_world.phones.texts("d") == ["That question is over: your edit changed nothing."]


async def test_in_a_group_nothing_is_asked_and_nobody_joins(sqlite_world: World) -> None:
    world = sqlite_world
    where = "I ask nothing in a group. Please write to me in a private chat."
    await world.receive(Start("card-of-David"), handle="group", private=False)
    await world.receive(Text("stop"), handle="group", private=False)
    for quiet in (Text("2"), Tap(None), Other("photo"), Edited("stop", "m"), Blocked(blocked=True)):
        await world.receive(quiet, handle="group", private=False)
    assert world.phones.texts("group") == [where, where]
    assert await world.store.read(partial(_count, table="holders")) == 0


def _count(connection: Connection, *, table: str) -> int:
    counted = {"holders": holders, "addresses": addresses, "receipts": receipts, "links": links}[table]
    return connection.execute(select(func.count()).select_from(counted)).scalar_one()


@pytest.mark.parametrize(
    ("language", "greeting"), [("fr-CA", "Bonjour"), ("sw", "Habari"), ("pt", "Hello"), (None, "Hello")]
)
async def test_stranger_is_greeted_in_the_language_of_the_phone(
    sqlite_world: World, language: str | None, greeting: str
) -> None:
    event = Inbound("test:1", Address(NAME, "d"), sqlite_world.clock.now(), Text("hi"), language)
    await sqlite_world.dialogue.receive(event)
    await sqlite_world.postman.flush()
    assert sqlite_world.phones.texts("d")[0].startswith(greeting)


async def test_start_with_a_payload_we_never_gave_is_told_so(sqlite_world: World) -> None:
    for payload in ("x" * 64, "card-of-Nobody", "AAAA2222"):
        await sqlite_world.receive(Start(payload), handle="d")
    assert set(sqlite_world.phones.texts("d")) == {
        "This link was used already or is too old. Please ask for a new one."
    }


async def test_stop_of_one_of_two_clients_speaks_for_the_whole_chat(world: World) -> None:
    await world.enrol("Amina", handle="shared")
    await world.enrol("Beatrice", handle="shared")
    await world.invite("Amina", "client_satisfaction")
    await world.invite("Beatrice", "client_satisfaction")
    await world.say("stop", handle="shared")
    assert await world.store.read(outcomes) == ["refused", "refused"]
    assert (await world.store.read(consent))[-4:] == [
        ("survey", False),
        ("private_items_and_transfer", False),
    ] * 2


async def test_no_to_surveys_of_one_client_leaves_the_survey_of_another_open(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="shared")
    await world.invite("Amina", "client_satisfaction")
    await world.tap("Start", handle="shared")
    await world.receive(Start("card-of-Beatrice"), handle="shared")
    for text in ("1", "1979", "no"):
        await world.say(text, handle="shared")
    assert (await world.store.read(statuses))[0] == ("active", False, 2)
    await world.say("happy", handle="shared")
    assert ("cs3", "4", False) in await given(world)


async def test_no_to_surveys_closes_what_was_asked(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", "client_satisfaction")
    await world.say("/consent", handle="a")
    await world.say("no", handle="a")
    assert await world.store.read(outcomes) == ["refused"]
    assert (
        await world.tap("Start", handle="a", on="asks:") == "This survey is closed. Thank you all the same."
    )


async def test_start_after_a_while_shows_the_open_question_again(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Later", handle="d")
    await world.tap("Start", handle="d")
    await world.say("/language", handle="d")
    await world.wait(timedelta(hours=24))
    await world.tap("Start", handle="d")
    assert world.phones.texts("d")[-1].startswith("1 of 4 · You have no loan with us now.")
    ended = ("ended", True, 1)
    assert await world.store.read(statuses) == [ended, ("active", False, 2), ended]


async def test_survey_whose_wording_is_no_longer_signed_is_not_started(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.store.write(_unsign)
    await world.tap("Start", handle="d")
    assert (
        world.phones.texts("d")[-1]
        == "This survey is not ready in your language yet. We will ask another time."
    )
    assert await world.store.read(outcomes) == ["not_eligible"]


def _unsign(connection: Connection) -> None:
    from spm_bot.storage.tables import signatures

    connection.execute(signatures.delete())


async def test_late_answer_changes_the_outcome_of_the_invitation(world: World) -> None:
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    await world.say("6", handle="d")
    await world.wait(timedelta(hours=73))
    assert await world.store.read(outcomes) == ["break_off"]
    await world.say("hello", handle="d")
    for text in ("2", "2", "Nothing."):
        await world.say(text, handle="d")
    assert await world.store.read(outcomes) == ["completed"]
    assert [row[2] for row in await given(world)] == [False, True, True, True]


async def test_invitations_of_a_round_do_not_mix(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    found = await world.store.read(rounds.all_rounds)
    assert [(each.code, each.survey, each.origin) for each in found] == [
        ("client_exit", "client_exit", "standing")
    ]
