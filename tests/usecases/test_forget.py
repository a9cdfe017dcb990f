from __future__ import annotations

from datetime import timedelta

from spm_bot.storage.store import Store
from spm_bot.storage.tables import audits, clients, requests
from tests.seed import hire, rows_of
from tests.stage.world import World

HOUR = timedelta(hours=1)


async def ask(world: World, *words: str) -> None:
    for said in ("/forget", *words, "yes, erase", "1985"):
        await world.say(said, handle="a")


async def states(store: Store) -> list[tuple[object, ...]]:
    return await store.read(lambda c: rows_of(c, requests, "kind", "state"))


async def test_word_of_any_language_undoes_it(world: World, store: Store) -> None:
    await world.enrol("Amina", handle="a", language="fr")
    for said in ("oubliez-moi", "oui, effacer", "1985"):
        await world.say(said, handle="a")
    assert "GARDER" in world.phones.texts("a")[-1]
    await world.say("garder", handle="a")
    assert await states(store) == [("forget", "undone")]
    await world.wait(48 * HOUR)
    assert "Amina" in [code for (code,) in await store.read(lambda c: rows_of(c, clients, "code"))]


async def test_keep_undoes_the_wish_of_everybody_in_the_chat(world: World, store: Store) -> None:
    await world.enrol("David", handle="a")
    await world.enrol("Amina", handle="a")
    await ask(world, "Amina")
    assert world.phones.texts("a")[-1].startswith("For Amina:\nWe erase what we hold about you on")
    for said in ("/forget", "David", "yes, erase", "1970"):
        await world.say(said, handle="a")
    await world.say("keep", handle="a")
    assert await states(store) == [("forget", "undone")] * 2
    assert await store.read(lambda c: rows_of(c, audits, "actor", "event")) == [
        *[("client", "forget_planned")] * 2,
        *[("client", "forget_undone")] * 2,
    ]


async def test_wish_can_be_made_anew_after_it_was_undone(world: World, store: Store) -> None:
    await world.enrol("Amina", handle="a")
    for word in ("keep", "/keep"):
        await ask(world)
        await world.say(word, handle="a")
    await ask(world)
    assert await states(store) == [("forget", "undone"), ("forget", "undone"), ("forget", "open")]
    await world.wait(24 * HOUR)
    assert await states(store) == []


async def test_wish_asked_for_twice_is_one(world: World, store: Store) -> None:
    """An old form, answered after another one of the same kind."""
    await world.enrol("Amina", handle="a")
    await world.say("/forget", handle="a")
    await world.say("yes, erase", handle="a")
    await world.say("1985", handle="a")
    await world.say("/forget", handle="a")
    assert world.phones.texts("a")[-1].startswith("We erase what we hold about you on Wednesday")
    assert await states(store) == [("forget", "open")]


async def test_three_wrong_answers_leave_a_request_for_a_person(world: World, store: Store) -> None:
    await world.enrol("Amina", handle="a")
    for said in ("/forget", "yes, erase", "1111", "2222", "3333"):
        await world.say(said, handle="a")
    assert world.phones.texts("a")[-1].startswith("We cannot be sure that this is you. We have noted")
    assert await store.read(lambda c: rows_of(c, requests, "kind", "state", "due_at", "opened_by")) == [
        ("forget", "open", None, "")
    ]
    await world.wait(48 * HOUR)
    assert await states(store) == [("forget", "open")]


async def test_whoever_moves_away_in_mid_check_changes_nothing(world: World, store: Store) -> None:
    """The client moved to another phone while the old one still asks for the proof."""
    await world.enrol("Amina", handle="a")
    for said in ("/forget", "yes, erase"):
        await world.say(said, handle="a")
    await world.enrol("Amina", handle="b")
    await world.say("1985", handle="a")
    assert await states(store) == []


async def test_stranger_is_told_that_it_is_for_clients(sqlite_world: World) -> None:
    await sqlite_world.say("/forget", handle="x")
    await sqlite_world.say("/keep", handle="x")
    assert sqlite_world.phones.texts("x") == [
        "This is for clients who have joined.",
        "There is nothing to undo.",
    ]


async def test_officer_opens_requests_for_a_client(world: World, store: Store) -> None:
    await world.enrol("Amina", handle="a")
    await store.write(lambda c: hire(c, "g", role="protection_officer"))
    for said in ("/mydata", "/mydata Nobody", "/mydata Amina", "/forget Amina"):
        await world.say(said, handle="g")
    assert world.phones.texts("g") == [
        "Write the client's number behind it, such as /mydata 1234.",
        "There is no client with this number.",
        "The request is noted. Who runs the bot finds it with: client requests.",
        "The request is noted. Who runs the bot finds it with: client requests.",
    ]
    assert await store.read(lambda c: rows_of(c, requests, "kind", "state", "opened_by")) == [
        ("data", "open", "staff-g"),
        ("forget", "open", "staff-g"),
    ]
    assert await store.read(lambda c: rows_of(c, audits, "actor", "event")) == [
        ("staff-g", "data_requested"),
        ("staff-g", "forget_requested"),
    ]
