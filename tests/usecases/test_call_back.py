from __future__ import annotations

from dataclasses import replace

import pytest

from spm_bot.messages import Address, Start
from spm_bot.storage import audits, people, waiting
from spm_bot.usecases.call_back import NotPossible, let_in, turn_away
from tests.stage.phones import NAME
from tests.stage.world import CAST, World


async def third(world: World) -> int:
    """Chantal waits in a chat that two others use; returns the number under which she waits."""
    await world.enrol("Amina", handle="shared")
    await world.enrol("Beatrice", handle="shared")
    await world.join("Chantal", handle="shared")
    [held] = await world.store.read(waiting.everybody)
    assert (held.code, held.reason) == ("Chantal", "third_client")
    return held.id


async def events(world: World) -> list[tuple[str, str, object]]:
    lines = await world.store.read(lambda c: audits.lines(c, limit=9))
    return [(line.actor, line.event, line.detail["reason"]) for line in lines]


async def test_client_who_was_called_is_asked_for_consent_in_that_chat(world: World) -> None:
    number = await third(world)
    world.phones.take_news()
    held = await let_in(number, store=world.store, desk=world.desk, actor="cli:ada", now=world.clock.now())
    await world.postman.flush()
    said = [seen.message.text for seen in world.phones.take_news()]
    assert (said[0], said[-1]) == (
        "Thank you for waiting. You can go on now.",
        "Chantal · May we send you short surveys?",
    )
    await world.say("no", handle="shared")
    chat = await world.store.read(lambda c: people.find_chat(c, Address(NAME, "shared")))
    assert chat is not None
    assert len(chat.clients) == 3
    assert held.code == "Chantal"
    assert await world.store.read(waiting.everybody) == []
    assert await events(world) == [("cli:ada", "joining_admitted", "third_client")]


async def test_client_who_is_turned_away_hears_nothing_and_needs_a_new_card(world: World) -> None:
    number = await third(world)
    world.phones.take_news()
    await turn_away(number, store=world.store, actor="cli:ada", now=world.clock.now())
    await world.postman.flush()
    assert world.phones.take_news() == []
    assert await world.store.read(waiting.everybody) == []
    assert await events(world) == [("cli:ada", "joining_refused", "third_client")]
    await world.receive(Start("card-of-Chantal"), handle="shared")
    assert world.phones.texts("shared")[-1].startswith("This link was used already")


async def test_number_under_which_nobody_waits_is_a_lookup_error(sqlite_world: World) -> None:
    world = sqlite_world
    with pytest.raises(LookupError):
        await turn_away(7, store=world.store, actor="cli:ada", now=world.clock.now())
    with pytest.raises(LookupError):
        await let_in(7, store=world.store, desk=world.desk, actor="cli:ada", now=world.clock.now())


async def test_chat_of_staff_lets_no_client_in(sqlite_world: World) -> None:
    world = sqlite_world
    await world.register([replace(CAST[0], birth_year=None, phone="")])
    await world.receive(Start("card-of-Amina"), handle="a")
    await world.receive(Start("link-of-Officer"), handle="a")
    [held] = await world.store.read(waiting.everybody)
    with pytest.raises(NotPossible, match="belongs to staff"):
        await let_in(held.id, store=world.store, desk=world.desk, actor="cli:ada", now=world.clock.now())
    assert await world.store.read(waiting.everybody) == [held]
    assert await world.store.read(lambda c: audits.lines(c, limit=1)) != []
