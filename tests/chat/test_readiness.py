"""No wording of a form or survey reaches a client before two people have signed it."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import delete, select

from spm_bot.messages import Address, Contact, Other, Start
from spm_bot.storage import people
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import consents, links, signatures
from spm_bot.surveys.model import Survey
from spm_bot.usecases.eligibility import ready_languages
from tests.seed import rows_of, sign
from tests.stage.phones import NAME
from tests.stage.world import World

NOT_READY = "We are not ready yet. Please try again later, or call +254 700 000 001."
STOPPED = (
    "Stopped. You get no more surveys. Your loans and savings stay the same."
    " If you think again: /consent. To complain: +254 700 000 001."
)


def unsign(connection: Connection, *, code: str | None = None, language: str | None = None) -> None:
    """Signatures are gone; of one form or in one language alone, if said so."""
    gone = delete(signatures)
    if code is not None:
        gone = gone.where(signatures.c.code == code)
    if language is not None:
        gone = gone.where(signatures.c.language == language)
    connection.execute(gone)


def _sign(connection: Connection, *, form: Survey) -> None:
    sign(connection, form, "en")


async def ready(world: World) -> tuple[str, ...]:
    return await world.store.read(partial(ready_languages, desk=world.desk))


async def test_language_is_ready_once_every_form_is_signed_in_it(world: World) -> None:
    assert await ready(world) == ("en", "fr", "es", "sw", "hi", "ar")
    await world.store.write(partial(unsign, code="whose", language="en"))
    assert await ready(world) == ("fr", "es", "sw", "hi", "ar")
    await world.store.write(unsign)
    assert await ready(world) == ()
    for form in world.desk.library.client_forms:
        await world.store.write(partial(_sign, form=form))
    assert await ready(world) == ("en",)


async def test_stranger_learns_that_nothing_is_ready_and_the_card_stays_good(sqlite_world: World) -> None:
    world = sqlite_world
    await world.store.write(unsign)
    for body in (Start("card-of-Amina"), Start(), Contact("+254700000000", own=True), Other("photo")):
        await world.receive(body, handle="a")
    for words in ("AMNA2345", "hello", "/language", "/consent", "/help", "STOP"):
        await world.say(words, handle="a")
    assert world.phones.texts("a") == [NOT_READY] * 10
    used = await world.store.read(lambda c: c.execute(select(links.c.used_at)).scalars().all())
    assert set(used) == {None}
    assert await world.store.read(lambda c: rows_of(c, consents, "given")) == []
    for form in world.desk.library.client_forms:
        await world.store.write(partial(_sign, form=form))
    await world.receive(Start("card-of-Amina"), handle="a")
    assert world.phones.texts("a")[-1] != NOT_READY


async def test_client_can_stop_and_be_helped_but_is_asked_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await world.store.write(unsign)
    for words in ("/language", "/consent", "/time"):
        await world.say(words, handle="a")
    assert world.phones.texts("a")[0] == world.phones.texts("a")[-1] == NOT_READY
    await world.receive(Start("card-of-Beatrice"), handle="a")
    assert world.phones.texts("a")[-1] == NOT_READY
    await world.say("STOP", handle="a")
    assert world.phones.texts("a")[-1] == STOPPED


async def test_survey_that_is_open_goes_on(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    await world.store.write(unsign)
    await world.say("7", handle="d")
    assert world.phones.texts("d")[-1].startswith("2 of 4 · ")


async def test_nobody_is_invited_to_what_nobody_signed(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await world.store.write(unsign)
    with pytest.raises(AssertionError, match="may not be asked"):
        await world.invite("Amina", "debt_stress")
    assert world.phones.texts("a") == []


async def test_phone_is_greeted_in_the_ready_language_nearest_to_its_own(sqlite_world: World) -> None:
    world = sqlite_world
    await world.store.write(partial(unsign, code="consent", language="en"))
    await world.receive(Start(), handle="a", language="en")
    await world.say("/language", handle="a")
    assert world.phones.texts("a")[-1] == "Quelle langue préférez-vous ?"
    chat = await world.store.read(partial(people.find_chat, address=Address(NAME, "a")))
    assert chat is not None
    assert chat.language == "fr"


async def test_only_ready_languages_are_offered(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Chantal", handle="c", language="fr")
    await world.store.write(partial(unsign, code="consent", language="en"))
    await world.say("/language", handle="c")
    labels = [button.label for row in world.phones.chats["c"][-1].look.buttons for button in row]
    assert labels == ["1 Français", "2 Español", "3 Kiswahili", "4 हिन्दी", "5 العربية"]


async def test_client_whose_language_is_not_ready_is_asked_in_another_and_keeps_it(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await world.enrol("Chantal", handle="c", language="fr")
    await world.store.write(partial(unsign, code="consent", language="fr"))
    await world.say("/consent", handle="c")
    assert world.phones.texts("c")[-1] == "May we send you short surveys?"
    chat = await world.store.read(partial(people.find_chat, address=Address(NAME, "c")))
    assert chat is not None
    assert chat.language == "fr"


async def test_staff_are_served_before_any_form_is_signed(sqlite_world: World) -> None:
    world = sqlite_world
    await world.store.write(unsign)
    await world.receive(Start("link-of-Officer"), handle="o")
    assert NOT_READY not in world.phones.texts("o")
    await world.hire("Manager", handle="m")
    await world.say("/language", handle="m")
    assert world.phones.texts("m")[-1] == "Which language is best for you?"
