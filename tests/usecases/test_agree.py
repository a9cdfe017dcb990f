from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from spm_bot.messages import Start, Tap
from spm_bot.protection.consent import Purpose
from spm_bot.storage import consents, people, survey_versions
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import consents as ledger
from spm_bot.storage.tables import invitations
from spm_bot.surveys.library import Library, dump, parse
from spm_bot.surveys.model import Survey, Words
from spm_bot.surveys.wordings import wording
from spm_bot.usecases.visit import desk_for
from tests.seed import rows_of, sign
from tests.stage.world import World

CHANGED = "Our text about your choice has changed. Please read it and choose again."
MAY_WE = "May we send you short surveys?"
STAYS = (
    "You get no more surveys. Your loans and savings stay the same."
    " If you think again: /consent. To complain: +254 700 000 001."
)


def reworded(consent: Survey, language: str) -> Survey:
    """The form with another first sentence in one language."""
    first, *others = consent.questions
    words = Words({**first.label.by_language, language: f"New words in {language}."})
    return parse(dump(replace(consent, questions=(replace(first, label=words), *others))))


async def change_text(world: World, language: str, *, signed: bool = True) -> None:
    """The bot goes on with another text of consent in one language, signed anew or not."""
    kept = world.desk.library.surveys
    changed = reworded(kept["consent"], language)
    library = Library.of((*(each for code, each in kept.items() if code != "consent"), changed))
    world.desk = desk_for(world.desk.institution, library, spoken=("en", "fr"))
    world.reopened(world.store)
    if signed:
        await world.store.write(lambda c: sign(c, changed, language))


async def texts(world: World, handle: str = "a") -> list[str]:
    return [text.split("\n")[0] for text in world.phones.texts(handle)]


async def test_replies_are_kept_with_the_wording_that_was_read(world: World) -> None:
    await world.enrol("Amina", handle="a", language="fr")
    await world.say("/consent", handle="a")
    await world.say("1", handle="a")
    await world.say("2", handle="a")
    consent = world.desk.library.survey("consent")
    read = wording(consent, "fr")
    columns = ("purpose", "given", "text_version", "language", "channel", "at")
    kept = await world.store.read(lambda c: rows_of(c, ledger, *columns))
    assert kept[2:] == [
        (Purpose.SURVEY, True, read, "fr", "test", world.clock.now()),
        (Purpose.PRIVATE, False, read, "fr", "test", world.clock.now()),
    ]
    proof = await world.store.read(
        partial(survey_versions.text_of, code="consent", language="fr", hash_=read)
    )
    assert proof == consent
    with pytest.raises(LookupError, match="no version of consent has the wording 0000 in fr"):
        await world.store.read(partial(survey_versions.text_of, code="consent", language="fr", hash_="0000"))


async def test_receipt_says_what_when_and_which_text(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a", private_items=False)
    text = wording(world.desk.library.survey("consent"), "en")[:8]
    await world.say("/consent", handle="a")
    assert world.phones.texts("a")[0] == (
        "You said yes to short surveys on 24 November 2026.\n"
        "You said no to private questions on 24 November 2026.\n"
        f"You read text {text} (English)."
    )
    assert (await texts(world))[-1] == MAY_WE
    await world.say("STOP", handle="a")
    await world.wait(timedelta(days=1))
    await world.say("/consent", handle="a")
    assert "You said no to short surveys on 24 November 2026." in world.phones.texts("a")


async def test_who_was_never_asked_gets_the_questions_alone(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await world.store.write(lambda c: c.execute(ledger.delete()).rowcount)
    await world.say("/consent", handle="a")
    said = await texts(world)
    assert len(said) == 4
    assert said[0].startswith("Umoja Microfinance would like to know")


async def test_changed_text_comes_first_at_the_next_words(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await world.enrol("Chantal", handle="c", language="fr")
    await change_text(world, "en")
    for event in (world.say("hello", handle="a"), world.say("bonjour", handle="c")):
        await event
    said = await texts(world)
    assert (said[0], said[1], said[-1]) == (CHANGED, "New words in en.", MAY_WE)
    assert (await texts(world, "c"))[0].startswith("Bon retour"), "a text changed in one language only"
    await world.say("yes", handle="a")
    await world.say("yes", handle="a")
    await world.say("hello", handle="a")
    assert (await texts(world))[-2:] == [
        "Thank you. We will write when there is a survey for you. Write /help at any time.",
        "Welcome back to Umoja Microfinance. We write when there is a survey. Write /help for help.",
    ]


async def test_changed_text_comes_first_when_the_chat_is_opened(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await change_text(world, "en")
    await world.receive(Start(), handle="a")
    assert (await texts(world))[0] == CHANGED


async def test_changed_text_waits_for_its_signatures(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Chantal", handle="c", language="fr")
    await change_text(world, "fr", signed=False)
    await world.invite("Chantal", "client_satisfaction")
    await world.say("bonjour", handle="c")
    assert not any("New words" in text for text in world.phones.texts("c"))


async def test_start_after_a_change_asks_first_and_then_begins_the_survey(world: World) -> None:
    await world.enrol("David", handle="d")
    await change_text(world, "en")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    assert (await texts(world, "d"))[-5] == CHANGED
    await world.say("yes", handle="d")
    await world.say("no", handle="d")
    assert (await texts(world, "d"))[-1].startswith("1 of 4 · ")
    given = await world.store.read(
        lambda c: consents.purposes_given(c, people.client_by_code(c, "David").subject)
    )
    assert given == {Purpose.SURVEY}


async def test_second_tap_on_start_does_not_ask_twice(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await change_text(world, "en")
    await world.invite("David", "client_exit")
    start = world.phones.button("d", "Start")
    await world.tap("Start", handle="d")
    seen = len(world.phones.texts("d"))
    assert await world.receive(Tap(start), handle="d") == "Please answer the open question first."
    assert len(world.phones.texts("d")) == seen


async def test_no_to_the_changed_text_ends_the_invitation(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await change_text(world, "en")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    await world.say("no", handle="d")
    assert (await texts(world, "d"))[-1].startswith("All right, we send no surveys.")
    assert await world.store.read(lambda c: rows_of(c, invitations, "outcome")) == [("refused",)]


async def test_survey_that_ended_meanwhile_does_not_begin_after_the_yes(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await change_text(world, "en")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    await world.store.write(_over)
    await world.say("yes", handle="d")
    await world.say("yes", handle="d")
    assert (await texts(world, "d"))[-1] == "This survey is closed. Thank you all the same."


def _over(connection: Connection) -> None:
    connection.execute(update(invitations).values(outcome="expired"))


async def test_changed_text_does_not_interrupt_a_survey(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    await change_text(world, "en")
    await world.receive(Start(), handle="d")
    await world.say("7", handle="d")
    assert CHANGED not in await texts(world, "d")
    assert (await texts(world, "d"))[-1].startswith("2 of 4 · ")


async def test_stop_on_a_shared_phone_speaks_for_both_and_says_so(world: World) -> None:
    await world.enrol("Amina", handle="a")
    await world.enrol("Beatrice", handle="a")
    await world.say("STOP", handle="a")
    assert world.phones.texts("a") == [f"Stopped for Amina and Beatrice. {STAYS}"]
    agreeing = await world.store.read(lambda c: consents.clients_agreeing(c, Purpose.SURVEY))
    assert agreeing == set()
    texts_read = await world.store.read(lambda c: c.execute(select(ledger.c.text_version)).scalars().all())
    assert texts_read[-4:] == [""] * 4, "no text was read"


async def test_changed_text_on_a_shared_phone_is_put_to_one_after_the_other(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await world.enrol("Beatrice", handle="a")
    await change_text(world, "en")
    for name in ("Amina", "Beatrice"):
        await world.say("hello", handle="a")
        assert f"{name} · {CHANGED}" in world.phones.texts("a")
        await world.say("yes", handle="a")
        await world.say("yes", handle="a")
    await world.say("hello", handle="a")
    assert (await texts(world))[-1].startswith("Welcome back")
