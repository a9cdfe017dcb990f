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


async def both_ask(world: World) -> None:
    await world.enrol("David", handle="a")
    await world.enrol("Amina", handle="a")
    await ask(world, "Amina")
    assert world.phones.texts("a")[-1].startswith("For Amina:\nWe erase what we hold about you on")
    for said in ("/forget", "David", "yes, erase", "1970"):
        await world.say(said, handle="a")


async def test_keep_on_a_shared_phone_undoes_the_wish_of_the_one_named_alone(
    world: World, store: Store
) -> None:
    await both_ask(world)
    await world.say("keep", handle="a")
    assert world.phones.texts("a")[-1] == "For whom is this?"
    assert await states(store) == [("forget", "open")] * 2
    await world.say("David", handle="a")
    assert world.phones.texts("a")[-1] == (
        "For David:\nAll right, we erase nothing. Everything stays as it was."
    )
    assert await states(store) == [("forget", "open"), ("forget", "undone")]
    assert await store.read(lambda c: rows_of(c, audits, "actor", "event")) == [
        *[("client", "forget_planned")] * 2,
        ("client", "forget_undone"),
    ]
    await world.wait(25 * HOUR)
    left = [code for (code,) in await store.read(lambda c: rows_of(c, clients, "code"))]
    assert left == ["Beatrice", "Chantal", "David"]


async def test_keep_for_the_one_who_asked_for_nothing_leaves_the_wish_of_the_other(
    world: World, store: Store
) -> None:
    await world.enrol("David", handle="a")
    await world.enrol("Amina", handle="a")
    await ask(world, "Amina")
    for said in ("keep", "David"):
        await world.say(said, handle="a")
    assert world.phones.texts("a")[-1] == "For David:\nThere is nothing to undo."
    assert await states(store) == [("forget", "open")]


async def test_keep_where_nobody_of_two_asked_for_anything_says_so_at_once(sqlite_world: World) -> None:
    await sqlite_world.enrol("David", handle="a")
    await sqlite_world.enrol("Amina", handle="a")
    await sqlite_world.say("keep", handle="a")
    assert sqlite_world.phones.texts("a") == ["There is nothing to undo."]


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
    lines = await store.read(lambda c: rows_of(c, audits, "actor", "event"))
    assert [line for line in lines if line[1] != "staff_command"] == [
        ("staff-g", "data_requested"),
        ("staff-g", "forget_requested"),
    ]
