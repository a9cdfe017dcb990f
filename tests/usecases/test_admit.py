from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from spm_bot.messages import Start
from spm_bot.storage import links, people, waiting
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import answers
from tests.stage.world import CAST, World

CALLED_FIRST = (
    "Thank you. A person from Umoja Microfinance will call you first. Then you can go on here."
    " To talk to us now: +254 700 000 001."
)
CONSENT = "May we send you short surveys?"
MINUTE = timedelta(minutes=1)


async def held(world: World) -> list[tuple[str, str]]:
    return [(each.code, each.reason) for each in await world.store.read(waiting.everybody)]


async def same_officer(world: World, names: Sequence[str]) -> None:
    await world.register([replace(row, officer="LO-1") for row in CAST if row.code in names])


def said(connection: Connection) -> list[tuple[str, str]]:
    query = select(answers.c.question, answers.c.choice).order_by(answers.c.id)
    return [(row.question, row.choice) for row in connection.execute(query)]


async def test_third_card_of_one_officer_at_once_waits_for_a_call(world: World) -> None:
    await world.hire("Administrator", handle="admin", branch="")
    await same_officer(world, ["Amina", "Beatrice", "Chantal", "David"])
    for name in ("Amina", "Beatrice", "Chantal"):
        await world.join(name, handle=name)
        await world.wait(4 * MINUTE)
    assert [world.phones.texts(name)[-1] for name in ("Amina", "Beatrice", "Chantal")] == [
        CONSENT,
        CONSENT,
        CALLED_FIRST,
    ]
    assert await held(world) == [("Chantal", "same_officer")]
    [told] = world.phones.texts("admin")
    assert told == (
        "Client Chantal must be called before joining: several cards of one loan officer were used within"
        " ten minutes. See: clients waiting."
    )
    await world.wait(11 * MINUTE)
    await world.join("David", handle="David")
    assert world.phones.texts("David")[-1] == CONSENT


async def test_cards_of_clients_without_an_officer_never_wait(sqlite_world: World) -> None:
    for name in ("Amina", "Beatrice", "Chantal", "David"):
        await sqlite_world.join(name, handle=name)
    assert await held(sqlite_world) == []


async def test_client_the_register_knows_nothing_of_is_called_first(world: World) -> None:
    await world.register([replace(CAST[0], birth_year=None, phone="")])
    await world.receive(Start("card-of-Amina"), handle="a")
    assert world.phones.texts("a") == [CALLED_FIRST]
    assert await held(world) == [("Amina", "no_fact")]
    await world.receive(Start("card-of-Amina"), handle="a")
    assert world.phones.texts("a") == [CALLED_FIRST] * 2
    await world.receive(Start("card-of-Amina"), handle="another")
    assert world.phones.texts("another") == [
        "This link was used already or is too old. Please ask for a new one."
    ]


async def test_client_without_a_year_of_birth_is_asked_for_the_phone(sqlite_world: World) -> None:
    world = sqlite_world
    await world.register([replace(CAST[0], birth_year=None)])
    await world.receive(Start("card-of-Amina"), handle="a")
    await world.say("1", handle="a")
    assert world.phones.texts("a")[-1].endswith(
        "What are the last 4 digits of the phone number that we have from you?"
    )
    await world.say("1234", handle="a")
    assert world.phones.texts("a")[-1] == (
        "That does not match. Please try once more. What are the last 4 digits of your phone number?"
    )
    await world.say("0001", handle="a")
    assert world.phones.texts("a")[-1] == CONSENT


async def test_what_was_said_as_proof_is_not_kept(sqlite_world: World) -> None:
    world = sqlite_world
    await world.receive(Start("card-of-Amina"), handle="a")
    for text in ("1", "1984", "1985"):
        await world.say(text, handle="a")
    assert await world.store.read(said) == [("language", "en")]


async def test_card_used_meanwhile_is_too_late(sqlite_world: World) -> None:
    world = sqlite_world
    await world.receive(Start("card-of-Amina"), handle="a")
    await world.say("1", handle="a")
    await world.join("Amina", handle="b")
    await world.say("1985", handle="a")
    assert world.phones.texts("a")[-1] == (
        "This link was used already or is too old. Please ask for a new one."
    )


async def test_card_is_spent_by_the_proof_and_not_before(sqlite_world: World) -> None:
    world = sqlite_world

    async def spent() -> bool:
        link = await world.store.read(lambda c: links.find_link(c, "card-of-Amina"))
        assert link is not None
        return link.used_at is not None

    await world.receive(Start("card-of-Amina"), handle="a")
    for text in ("1", "1984"):
        await world.say(text, handle="a")
    assert await spent() is False
    chat = await world.store.read(lambda c: people.chat(c, 1))
    assert chat.clients == ()
    await world.say("1985", handle="a")
    assert await spent() is True
