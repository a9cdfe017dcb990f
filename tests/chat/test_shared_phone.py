"""Two clients on one phone: whatever is asked or said names one of them, and touches nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from spm_bot.storage import consents, people
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import audits, clients, requests, sessions
from spm_bot.storage.tables import consents as ledger
from tests.seed import rows_of
from tests.stage.world import World

REFUSED = "This is for clients who have joined."


@pytest.fixture
async def shared(world: World) -> World:
    await world.enrol("Amina", handle="both")
    await world.enrol("David", handle="both")
    return world


async def say_all(world: World, *words: str, handle: str = "both") -> None:
    for said in words:
        await world.say(said, handle=handle)


async def said_by(store: Store, name: str) -> dict[str, bool]:
    def work(connection: Connection) -> dict[str, bool]:
        subject = people.client_by_code(connection, name).subject
        return {purpose: reply.given for purpose, reply in consents.last_replies(connection, subject).items()}

    return await store.read(work)


async def everything(store: Store) -> list[list[tuple[object, ...]]]:
    """What a command about a client's own data could change."""

    def work(connection: Connection) -> list[list[tuple[object, ...]]]:
        return [
            rows_of(connection, clients, "code", "hour"),
            rows_of(connection, requests, "kind", "state"),
            rows_of(connection, audits, "event"),
            rows_of(connection, ledger, "subject", "purpose", "given"),
        ]

    return await store.read(work)


@pytest.mark.parametrize("command", ["/time", "/consent", "/mydata", "/forget"])
async def test_whoever_moved_away_after_we_asked_for_whom_is_not_here_any_more(
    shared: World, store: Store, command: str
) -> None:
    await say_all(shared, command)
    assert shared.phones.texts("both")[-1] == "For whom is this?"
    await shared.enrol("Amina", handle="a")
    before = await everything(store)
    await say_all(shared, "Amina")
    assert shared.phones.texts("both")[-1] == REFUSED
    assert shared.phones.texts("a") == []
    assert await everything(store) == before
    open_ones = select(sessions.c.id).where(sessions.c.status != "ended")
    assert await store.read(lambda c: c.execute(open_ones).all()) == []


async def test_keep_for_whoever_moved_away_changes_nothing(shared: World, store: Store) -> None:
    await say_all(shared, "/forget", "Amina", "yes, erase", "1985", "keep")
    await shared.enrol("Amina", handle="a")
    before = await everything(store)
    await say_all(shared, "Amina")
    assert shared.phones.texts("both")[-1] == REFUSED
    assert await everything(store) == before
    await say_all(shared, "keep", handle="a")
    assert await store.read(lambda c: rows_of(c, requests, "state")) == [("undone",)]


async def test_whoever_stayed_goes_on_after_the_other_moved_away(shared: World) -> None:
    await say_all(shared, "/mydata")
    await shared.enrol("Amina", handle="a")
    await say_all(shared, "David", "yes", "no, without", "1970")
    assert shared.phones.texts("both")[-1].startswith("This is everything we keep about you.")


async def test_both_questions_of_consent_say_whose_it_is(shared: World, store: Store) -> None:
    await say_all(shared, "/consent", "Amina")
    assert shared.phones.texts("both")[-1] == "Amina · May we send you short surveys?"
    await say_all(shared, "yes")
    assert shared.phones.texts("both")[-1].startswith("Amina · 2 of 2 · Some surveys ask about food")
    await say_all(shared, "no")
    assert shared.phones.texts("both")[-1] == (
        "Amina · Thank you. We will write when there is a survey for you. Write /help at any time."
    )
    assert await said_by(store, "Amina") == {"survey": True, "private_items_and_transfer": False}
    assert await said_by(store, "David") == {"survey": True, "private_items_and_transfer": True}


async def test_no_to_surveys_on_a_shared_phone_says_whose_it_was(shared: World, store: Store) -> None:
    await say_all(shared, "/consent", "Amina", "no")
    assert shared.phones.texts("both")[-1] == (
        "Amina · All right, we send no surveys. Nothing changes for you. If you think again: /consent"
    )
    assert await said_by(store, "Amina") == {"survey": False, "private_items_and_transfer": False}
    assert await said_by(store, "David") == {"survey": True, "private_items_and_transfer": True}
