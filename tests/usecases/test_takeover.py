"""A card, a year of birth and a phone in the wrong hands: what they open, and what they never do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from spm_bot.messages import Contact, Start, Tap
from spm_bot.storage import links, people, waiting
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import audits, holders, requests, sessions, tries
from spm_bot.usecases import call_back
from spm_bot.usecases.confirm import STRANGE_FOR
from spm_bot.usecases.hand_links import invite_clients
from tests.seed import row, rows_of
from tests.stage.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
MOVED = "From now on we write to another phone. If that is not yours, call +254 700 000 001."
PUT_OFF = (
    "We cannot be sure that this is you. We have noted what you want, and a person will call you."
    " To talk to us now: +254 700 000 001."
)
PRIVATE = ("/mydata", "yes", "yes, those too")
FORGET = ("/forget", "yes, erase")
SECRET = "They shouted at me."


async def held_by(store: Store) -> list[tuple[str, str | None]]:
    """Every chat that is somebody's, oldest first: the client's code, None for staff."""

    def work(connection: Connection) -> list[tuple[str, str | None]]:
        found = connection.execute(select(holders.c.address_id, holders.c.client_id).order_by(holders.c.id))
        return [
            (
                people.handles(connection, [each.address_id])[each.address_id].handle,
                None if each.client_id is None else people.client(connection, each.client_id).code,
            )
            for each in found
        ]

    return await store.read(work)


async def state_of(store: Store) -> list[tuple[object, ...]]:
    return await store.read(lambda c: rows_of(c, requests, "kind", "state", "due_at"))


async def card_is_good(world: World, name: str) -> bool:
    link = await world.store.read(lambda c: links.find_link(c, f"card-of-{name}"))
    return link is not None and link.open_at(world.clock.now())


async def open_sessions(store: Store) -> list[tuple[object, ...]]:
    found = await store.read(lambda c: rows_of(c, sessions, "address_id", "status"))
    return [each for each in found if each[1] != "ended"]


async def answered(world: World, *, handle: str) -> None:
    """Amina answers a part of a survey on her phone, long ago."""
    await world.enrol("Amina", handle=handle)
    await world.invite("Amina", "client_satisfaction")
    await world.tap("Start", handle=handle)
    for said in ("4", "9", SECRET):
        await world.say(said, handle=handle)
    await world.wait(timedelta(days=4))
    world.clock.advance(timedelta(days=30))


async def taken_over(world: World, *, handle: str) -> None:
    """Somebody with a new card of Amina's joins on another phone, and persuades the person who calls."""
    [card] = await invite_clients(
        store=world.store, branch=None, code="Amina", actor="cli:a", now=world.clock.now()
    )
    await world.receive(Start(card.token), handle=handle)
    await say_all(world, "English", "1985", handle=handle)
    await world.let_in()
    await say_all(world, "yes", "yes", handle=handle)


async def say_all(world: World, *words: str, handle: str) -> None:
    for said in words:
        await world.say(said, handle=handle)


@pytest.mark.parametrize("scanned", [(), ("1",), ("1", "1984")])
async def test_staff_link_in_mid_proof_leaves_nothing_of_the_proof(
    world: World, store: Store, scanned: tuple[str, ...]
) -> None:
    """At the question of language, at the proof, at its second try."""
    await world.receive(Start("card-of-Amina"), handle="x")
    await say_all(world, *scanned, handle="x")
    await world.receive(Start("link-of-Officer"), handle="x")
    await say_all(world, "1985", "1", "1985", handle="x")
    for token in world.phones.tokens("x"):
        await world.receive(Tap(token), handle="x")
    assert await open_sessions(store) == []
    assert await held_by(store) == [("x", None)]
    assert await card_is_good(world, "Amina")
    await world.join("Amina", handle="a")
    assert await held_by(store) == [("x", None), ("a", "Amina")]


async def test_chat_that_waited_for_a_call_and_became_staff_lets_no_client_in(
    world: World, store: Store
) -> None:
    await world.register([row("Ruth", birth_year=None)])
    [card] = await invite_clients(store=store, branch=None, code="Ruth", actor="cli:a", now=world.clock.now())
    await world.receive(Start(card.token), handle="x")
    await world.receive(Start("link-of-Officer"), handle="x")
    [held] = await store.read(waiting.everybody)
    with pytest.raises(call_back.NotPossible, match="belongs to staff by now"):
        await call_back.let_in(held.id, store=store, desk=world.desk, actor="cli:a", now=world.clock.now())
    assert await held_by(store) == [("x", None)]


async def test_earlier_phone_is_told_of_the_new_one(world: World, store: Store) -> None:
    await answered(world, handle="a")
    await taken_over(world, handle="b")
    assert world.phones.texts("a")[-1] == MOVED
    assert await held_by(store) == [("b", "Amina")]
    assert ("client", "client_moved") in await store.read(lambda c: rows_of(c, audits, "actor", "event"))


async def test_new_phone_gets_no_data_for_seven_days(world: World, store: Store) -> None:
    await answered(world, handle="a")
    await world.hire("Administrator", handle="admin", branch="")
    await taken_over(world, handle="b")
    for _ in range(7):
        await say_all(world, *PRIVATE, handle="b")
        assert world.phones.texts("b")[-1] == PUT_OFF
        await say_all(world, "1985", handle="b")
        await world.wait(timedelta(days=1) - MINUTE)
    assert world.phones.files == {}
    assert SECRET not in world.phones.readable("b")
    assert await state_of(store) == [("data", "open", None)]
    assert world.phones.texts("admin") == [
        "Client Amina must be called before joining: they use another chat already. See: clients waiting.",
        "Client Amina asks for their data and must be called. See: client requests.",
    ]
    await world.wait(7 * MINUTE)
    await say_all(world, *PRIVATE, "1985", handle="b")
    assert world.phones.texts("b")[-1] == (
        "This is everything we keep about you. In 10 minutes it goes from this chat."
    )
    assert SECRET in world.phones.files["file.txt"].decode()


async def test_new_phone_forgets_nothing_for_seven_days(world: World, store: Store) -> None:
    await answered(world, handle="a")
    await taken_over(world, handle="b")
    await world.wait(STRANGE_FOR - MINUTE)
    await say_all(world, *FORGET, handle="b")
    assert world.phones.texts("b")[-1] == PUT_OFF
    await say_all(world, "1985", handle="b")
    assert await state_of(store) == [("forget", "open", None)]
    await world.wait(MINUTE)
    await say_all(world, *FORGET, "1985", handle="b")
    assert world.phones.texts("b")[-1].startswith("We erase what we hold about you on")
    due = world.clock.now() + timedelta(days=1)
    assert await state_of(store) == [("forget", "open", due)]


async def test_seven_days_begin_anew_with_every_phone(world: World) -> None:
    """Also on the way back: we cannot tell who it was that moved."""
    await answered(world, handle="a")
    await taken_over(world, handle="b")
    await world.wait(STRANGE_FOR)
    await taken_over(world, handle="a")
    assert world.phones.texts("b")[-1] == MOVED
    await say_all(world, *PRIVATE, handle="a")
    assert world.phones.texts("a")[-1] == PUT_OFF


async def test_proof_asked_for_before_the_move_opens_nothing_after_the_way_back(
    world: World, store: Store
) -> None:
    await answered(world, handle="a")
    await say_all(world, *PRIVATE, handle="a")
    await taken_over(world, handle="b")
    await taken_over(world, handle="a")
    await say_all(world, "1985", handle="a")
    assert world.phones.files == {}
    assert await state_of(store) == []


async def test_new_phone_of_somebody_who_never_answered_is_not_strange(world: World) -> None:
    await world.enrol("Amina", handle="a")
    await taken_over(world, handle="b")
    assert world.phones.texts("a") == [MOVED]
    await say_all(world, *PRIVATE, "1985", handle="b")
    assert world.phones.texts("b")[-1].startswith("This is everything we keep about you.")


async def test_taken_over_onto_a_shared_phone_is_strange_for_the_newcomer_alone(world: World) -> None:
    await answered(world, handle="a")
    await world.enrol("David", handle="b")
    await taken_over(world, handle="b")
    await say_all(world, "/mydata", "Amina", "yes", "yes, those too", handle="b")
    assert world.phones.texts("b")[-1] == PUT_OFF
    await say_all(world, "/mydata", "David", "yes", "no, without", "1970", handle="b")
    assert world.phones.texts("b")[-1].startswith("For David:\nThis is everything we keep about you.")


async def test_survey_brought_along_shows_no_answer_that_was_given_before(world: World) -> None:
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", "client_satisfaction")
    await world.tap("Start", handle="a")
    await say_all(world, "4", "9", SECRET, handle="a")
    await taken_over(world, handle="b")
    await say_all(world, "hello", "/back", "/back", handle="b")
    assert SECRET not in world.phones.readable("b")
    assert SECRET not in "\n".join(world.phones.texts("a"))


@pytest.mark.parametrize("year", ["1985", "1980", "0000"])
async def test_card_from_the_sheet_moves_nothing_before_the_call_whatever_is_said(
    world: World, store: Store, year: str
) -> None:
    """Right and wrong sound alike, so that nobody tries years, or learns who is forgotten."""
    await answered(world, handle="a")
    [card] = await invite_clients(
        store=store, branch=None, code="Amina", actor="cli:a", now=world.clock.now()
    )
    await world.receive(Start(card.token), handle="b")
    await say_all(world, "English", year, handle="b")
    assert world.phones.texts("b")[-1].startswith("Thank you. A person from Umoja Microfinance will call you")
    assert await held_by(store) == [("a", "Amina")]
    assert MOVED not in world.phones.texts("a")
    assert await store.read(lambda c: rows_of(c, tries, "key")) == []
    assert [(held.code, held.reason) for held in await store.read(waiting.everybody)] == [
        ("Amina", "other_chat")
    ]


async def test_joining_by_number_ends_the_cards_in_other_hands(world: World) -> None:
    await world.receive(Contact("+254711000001", own=True), handle="a")
    await say_all(world, "English", "1985", "yes", "yes", handle="a")
    assert not await card_is_good(world, "Amina")
    assert await card_is_good(world, "David")
