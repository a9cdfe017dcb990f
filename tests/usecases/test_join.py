from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from spm_bot.messages import Start
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import answers, invitations, sessions
from spm_bot.usecases.join import printed_code
from tests.stage.world import CAST, World


def statuses(connection: Connection) -> list[tuple[str, bool]]:
    query = select(sessions.c.status, sessions.c.form).order_by(sessions.c.id)
    return [(row.status, row.form) for row in connection.execute(query)]


def answered(connection: Connection) -> Sequence[str]:
    return connection.execute(select(answers.c.question).order_by(answers.c.id)).scalars().all()


def test_printed_code_is_read_as_people_write_it() -> None:
    assert (
        printed_code(" amna 2345 ")
        == printed_code("AMNA-2345")
        == printed_code("ＡＭＮＡ２３４５")
        == "AMNA2345"
    )
    assert [printed_code(text) for text in ("AMNA234", "AMNA23456", "AMNA1234", "AMNA234!", "")] == [None] * 5


async def test_institution_with_one_language_asks_who_it_is_at_once(sqlite_world: World) -> None:
    world = sqlite_world
    world.dialogue = replace(world.dialogue, desk=replace(world.desk, languages=("en",)))
    await world.receive(Start("card-of-David"), handle="d", language="fr")
    await world.say("1970", handle="d")
    assert world.phones.texts("d")[-1] == "May we send you short surveys?"


async def test_client_who_joined_already_keeps_a_new_card_for_a_new_phone(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.receive(Start("card-of-David"), handle="d")
    assert world.phones.texts("d") == ["You have joined already. Write /help for help."]
    await world.join("David", handle="new")
    await world.let_in()
    assert world.phones.texts("new")[-1] == "May we send you short surveys?"


async def test_card_used_in_mid_survey_lets_the_survey_wait(world: World) -> None:
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", "client_satisfaction")
    await world.tap("Start", handle="a")
    await world.say("beat 2345", handle="a")
    assert await world.store.read(statuses) == [("suspended", False), ("active", True)]
    for text in ("1", "1979", "yes", "yes"):
        await world.say(text, handle="a")
    assert world.phones.texts("a")[-1].startswith("Amina · 1 of 11 · In the last 3 months, how happy")


async def test_open_form_ends_where_it_was_when_its_client_moves(world: World) -> None:
    await world.enrol("Amina", handle="old")
    await world.say("/consent", handle="old")
    await world.join("Amina", handle="new")
    await world.let_in()
    ended = [("ended", True)] * 3  # consent on the old phone; language and proof on the new one
    assert await world.store.read(statuses) == [*ended, ("active", True)]
    assert "May we send you short surveys?" not in world.phones.texts("old")


async def test_moved_client_leaves_no_echo_behind(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="old")
    await world.invite("Amina", "debt_stress")
    await world.tap("Start", handle="old")
    for text in ("3", "a bit hrd"):
        await world.say(text, handle="old")
    assert world.phones.texts("old")[-1].startswith("You mean:")
    await world.join("Amina", handle="new")
    await world.let_in()
    moved = "From now on we write to another phone. If that is not yours, call +254 700 000 001."
    assert world.phones.texts("old") == [moved]


async def test_survey_that_waits_or_expired_moves_with_its_client(world: World) -> None:
    await world.enrol("Amina", handle="old")
    await world.invite("Amina", "client_satisfaction")
    await world.tap("Start", handle="old")
    await world.say("happy", handle="old")
    await world.wait(timedelta(hours=73))
    await world.join("Amina", handle="new")
    await world.let_in()
    for text in ("yes", "yes"):
        await world.say(text, handle="new")
    await world.say("hello", handle="new")
    assert world.phones.texts("new")[-1].startswith("2 of 11 · How likely are you")
    await world.say("9", handle="new")
    assert list(await world.store.read(answered)) == ["cs3", "language", "survey", "private_items", "cs1"]


async def test_invitation_follows_its_client_and_not_the_phone(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="old")
    await world.invite("Amina", "client_satisfaction")
    await world.join("Amina", handle="new")
    await world.let_in()
    assert await world.tap("Start", handle="old") == "This button is not for you."
    found = await world.store.read(lambda c: c.execute(select(invitations.c.outcome)).scalars().all())
    assert list(found) == [None]


async def test_card_of_somebody_who_is_no_client_any_more_is_too_old(sqlite_world: World) -> None:
    world = sqlite_world
    await world.register([replace(CAST[0], status="closed")])
    await world.receive(Start("card-of-Amina"), handle="a")
    assert world.phones.texts("a") == ["This link was used already or is too old. Please ask for a new one."]


async def test_stranger_is_told_how_to_join_and_may_share_a_number(sqlite_world: World) -> None:
    world = sqlite_world
    await world.receive(Start(), handle="s")
    [greeting] = (bubble.look for bubble in world.phones.chats["s"])
    assert (greeting.share, greeting.buttons) == ("Share my number", ())


async def test_from_the_card_to_the_first_question_is_a_short_way(sqlite_world: World) -> None:
    world = sqlite_world
    await world.join("Amina", handle="a")
    for text in ("yes", "yes"):
        await world.say(text, handle="a")
    await world.invite("Amina", "client_satisfaction")
    await world.tap("Start", handle="a")
    replies = ("language", "year of birth", "surveys", "private questions", "start")
    assert len(replies) <= 6
    said = world.phones.texts("a")
    assert said[-1].startswith("1 of 11 · ")
    assert len(said) <= 10 + len(["the first question itself"])
