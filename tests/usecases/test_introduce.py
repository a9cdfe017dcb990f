from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spm_bot.messages import Contact
from spm_bot.storage import waiting
from tests.stage.world import CAST, World

MINE = Contact("254711000001", own=True)
NOBODY = (
    "I cannot find you by this number. Please share your own number, use the card from your branch,"
    " or call +254 700 000 001."
)


async def test_own_number_and_year_of_birth_are_enough(world: World) -> None:
    await world.receive(MINE, handle="a")
    thanks = world.phones.chats["a"][0].look
    assert (thanks.text, thanks.share) == ("Thank you.", "")
    for text in ("1", "1985"):
        await world.say(text, handle="a")
    assert world.phones.texts("a")[-1] == "May we send you short surveys?"


@pytest.mark.parametrize(
    "contact",
    [
        Contact("254711000001", own=False),
        Contact("+254 733 999 999", own=True),
        Contact("not a number", own=True),
        Contact("+254711000002", own=True),
        Contact("+254711000004", own=True),
    ],
    ids=["forwarded", "of nobody", "mangled", "of two", "of one who left"],
)
async def test_number_that_is_not_one_clients_own_gets_the_same_words(
    sqlite_world: World, contact: Contact
) -> None:
    world = sqlite_world
    await world.register([replace(CAST[2], phone="+254711000002"), replace(CAST[3], status="closed")])
    await world.receive(contact, handle="a")
    assert world.phones.texts("a") == [NOBODY]
    assert world.phones.chats["a"][0].look.share is None


async def test_after_three_numbers_in_vain_a_chat_waits_a_day(sqlite_world: World) -> None:
    world = sqlite_world
    for _ in range(3):
        await world.receive(Contact("254711000001", own=False), handle="a")
    await world.receive(MINE, handle="a")
    assert world.phones.texts("a") == [NOBODY] * 4
    assert [bubble.look.share for bubble in world.phones.chats["a"]] == [None, None, None, ""]
    await world.wait(timedelta(days=1))
    await world.receive(MINE, handle="a")
    assert world.phones.texts("a")[4] == "Thank you."


async def test_number_alone_is_no_proof(sqlite_world: World) -> None:
    world = sqlite_world
    await world.register([replace(CAST[0], birth_year=None)])
    await world.receive(MINE, handle="a")
    assert world.phones.texts("a")[-1].startswith("Thank you. A person from Umoja Microfinance will call")
    assert [each.reason for each in await world.store.read(waiting.everybody)] == ["no_fact"]


async def test_number_in_the_middle_of_a_survey_or_from_staff_is_not_read(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", "client_satisfaction")
    await world.tap("Start", handle="a")
    await world.hire("Officer", handle="o")
    for handle in ("a", "o"):
        await world.receive(MINE, handle=handle)
        assert world.phones.texts(handle)[-1] == (
            "Sorry, I can only read words and numbers. Please write, or tap a button."
        )
