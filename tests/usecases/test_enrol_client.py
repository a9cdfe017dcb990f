from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import select, update

from spm_bot.messages import Address, Start
from spm_bot.storage import audits, links, people
from spm_bot.storage.links import Link
from spm_bot.storage.tables import clients
from spm_bot.storage.tables import links as rows
from tests.stage.fieldworkers import DAY, HOUR, say_all
from tests.stage.world import World

NONE = "I know no client with this number in your branch."
CODE = "open this chat and send: "
TOO_OLD = "This link was used already or is too old. Please ask for a new one."
WHO = "In which year were you born? You have 3 tries."


def code_of(text: str) -> str:
    return text.split(CODE)[1].split("\n", maxsplit=1)[0]


async def newest(world: World, code: str) -> Link | None:
    return await world.store.read(partial(links.find_link, secret=code.replace("-", "")))


async def test_card_works_once_for_thirty_days_and_is_the_officers(world: World) -> None:
    await world.hire("Officer", handle="o", branch="BUN")
    card = await say_all(world, ("/enrol David",))
    assert card.split("\n")[::2] == [
        "Joining card for client David. It works once, for 30 days.",
        "We never ask for your PIN or money here.",
    ]
    link = await newest(world, code_of(card))
    assert link is not None
    assert link.open_at(world.clock.now() + 30 * DAY - HOUR)
    made = await world.store.read(
        lambda c: c.execute(
            select(rows.c.made_by, rows.c.branch, rows.c.role).order_by(rows.c.id.desc())
        ).first()
    )
    assert tuple(made or ()) == ("loan_officer-BUN", "", None)
    assert world.phones.files["card.png"].startswith(b"\x89PNG")
    [line] = await world.store.read(partial(audits.lines, limit=5, event="card_made"))
    assert (line.actor, line.detail) == ("loan_officer-BUN", {"branch": "BUN"})


async def test_client_joins_by_the_code_of_the_card_and_the_older_card_is_over(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Officer", handle="o", branch="BUN")
    card = await say_all(world, ("/enrol David",))
    assert (await world.receive(Start("card-of-David"), handle="David")) is None
    assert world.phones.texts("David")[-1] == TOO_OLD
    said = await say_all(world, (code_of(card), "1", "1970"), handle="David")
    assert said.startswith("May we send you short surveys?")


async def test_card_of_an_officer_does_not_move_the_chat_of_somebody_who_has_joined(
    sqlite_world: World,
) -> None:
    """Staff know the year of birth: with a card of their own they could read what the client answered."""
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    await world.hire("Officer", handle="o", branch="BUN")
    await world.hire("Administrator", handle="a", branch="")
    card = await say_all(world, ("/enrol Amina",))
    said = await say_all(world, (code_of(card), "1", "1985"), handle="second phone of the officer")
    assert said.startswith("Thank you. A person from Umoja Microfinance will call you first.")
    [told] = world.phones.texts("a")
    assert told == (
        "Client Amina must be called before joining: they use another chat already. See: clients waiting."
    )
    held = await world.store.read(partial(people.client_by_code, code="Amina"))
    chats = await world.store.read(partial(people.chats_of_clients, ids=[held.id]))
    assert [chat.id for chat in chats.values()] == [await _chat(world, "Amina")]


@pytest.mark.parametrize("year", ["1985", "1980", "0000"])
async def test_card_of_a_forgotten_client_goes_like_that_of_one_who_has_joined(
    sqlite_world: World, year: str
) -> None:
    world = sqlite_world
    heard = {}
    await world.enrol("Amina", handle="Amina")
    await world.hire("Officer", handle="o", branch="BUN")
    await world.hire("Administrator", handle="a", branch="")
    for phone in ("before", "after"):
        code = code_of(await say_all(world, ("/enrol Amina",)))
        await say_all(world, (code, "1", year, code), handle=phone)
        await say_all(world, (code,), handle=f"another, {phone}")
        heard[phone] = world.phones.texts(phone), world.phones.texts(f"another, {phone}")
        if phone == "before":
            await say_all(world, ("/forget", "1", "1985"), handle="Amina")
            await world.wait(DAY + HOUR)
    assert heard["after"] == heard["before"]
    assert heard["after"][0][-1].startswith(
        "Thank you. A person from Umoja Microfinance will call you first."
    )
    assert heard["after"][1] == [TOO_OLD]
    assert len(world.phones.texts("a")) == 1


async def test_closed_client_who_is_forgotten_stays_unknown(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    await world.hire("Officer", handle="o", branch="BUN")
    await world.hire("Administrator", handle="a", branch="")
    closed = update(clients).where(clients.c.code == "Amina").values(status="closed")
    await world.store.write(lambda c: c.execute(closed).rowcount)
    await say_all(world, ("/forget", "1", "1985"), handle="Amina")
    await world.wait(DAY + HOUR)
    assert [await say_all(world, ("/enrol Amina",), handle=handle) for handle in ("o", "a")] == [NONE] * 2


async def _chat(world: World, handle: str) -> int:
    found = await world.store.read(partial(people.find_chat, address=Address("test", handle)))
    assert found is not None
    return found.id


async def test_two_cards_of_one_client_differ(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Officer", handle="o", branch="BUN")
    cards = {code_of(await say_all(world, ("/enrol David",))) for _ in range(5)}
    assert len(cards) == 5


async def test_card_of_a_forgotten_client_looks_alike_and_opens_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    await world.hire("Officer", handle="o", branch="BUN")
    before = await say_all(world, ("/enrol Amina",))
    await say_all(world, ("/forget", "1", "1985"), handle="Amina")
    await world.wait(DAY + HOUR)
    older, after = [await say_all(world, ("/enrol Amina",)) for _ in range(2)]
    assert [*after.split(code_of(after))] == [*before.split(code_of(before))]
    assert await say_all(world, (code_of(older),), handle="stranger") == TOO_OLD
    await world.receive(Start(code_of(after).replace("-", "")), handle="o")
    assert world.phones.texts("o")[-1] == "This card is for a client. A staff chat cannot be used for it."


async def test_numbers_without_a_card_all_get_the_same_sentence(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Officer", handle="o", branch="BUN")
    closed = update(clients).where(clients.c.code == "Beatrice").values(status="closed")
    await world.store.write(lambda c: c.execute(closed).rowcount)
    for code in ("Chantal", "nobody", "Beatrice", "David; drop table clients", "٣"):
        assert await say_all(world, (f"/enrol {code}",)) == NONE


async def test_manager_and_administrator_may_and_others_may_not(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Manager", handle="m", branch="BUN")
    await world.hire("Administrator", handle="a", branch="")
    await world.hire("Head", handle="h", branch="")
    for handle in ("m", "a"):
        assert "Joining card for client David." in await say_all(world, ("/enrol", "David"), handle=handle)
    assert await say_all(world, ("/enrol David",), handle="h") == "Your role does not allow this."


async def test_twenty_cards_a_day_are_enough(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Officer", handle="o", branch="BUN")
    for _ in range(20):
        await world.say("/enrol David", handle="o")
    assert await say_all(world, ("/enrol David",)) == "You have made 20 cards today. Please go on tomorrow."
    world.clock.advance(DAY)
    assert "Joining card" in await say_all(world, ("/enrol David",))


async def test_typed_number_of_a_client_is_not_kept_with_the_form(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Officer", handle="o", branch="BUN")
    await say_all(world, ("/enrol", "David"))
    from spm_bot.storage.tables import comments

    assert await world.store.read(lambda c: c.execute(select(comments)).all()) == []
    assert (await world.store.read(partial(people.client_by_code, code="David"))).code == "David"
