"""What should never have been sent: each gets one kind line, and nothing that counts is changed by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, select
from telegram import Update

from spm_bot.chat.telegram import inbound
from spm_bot.messages import Body, Contact, Edited
from spm_bot.storage import given, links, people
from spm_bot.storage.tables import answers, comments, consents, holders, sessions
from spm_bot.storage.tables import links as link_rows
from spm_bot.surveys.answers import TEXT_LIMIT, NotUnderstood, understand
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Kind
from tests.stage.clock import START
from tests.stage.world import World

TOO_OLD = "This link was used already or is too old. Please ask for a new one."
HELLO = "Hello, this is Umoja Microfinance. To join, use the link or the code on the card from your branch"
NOT_FOUND = "I cannot find you by this number. Please share your own number, use the card from your branch"
NO_COMMAND = "I do not know this command. Write /help for help."

WORDLESS = {
    "half a sign": "\ud83d",
    "two halves the wrong way round": "\ude00\ud83d",
    "zero width": "\u200b\u200d\u2060\ufeff",
    "marks of direction": "\u202e\u202d\u200f",
    "blank": " \n\t ",
    "control": "\x00\x07\x1b",
}
ODD = {
    "letters": "ы" * 10_000,
    "digits": "9" * 10_000,
    "numbers": "7 9 " * 2_500,
    "commas": "," * 10_000,
    "emoji": "😡😡",
    "thumb": "👍🏽",
    "flag": "🇰🇪",
    "turned words": "\u202eabc\u202c",
    "punctuation": "?!…",
    "unknown command": "/nonsense",
}

Rows = dict[str, list[tuple[object, ...]]]


def kept(connection: Connection) -> Rows:
    """Who said what, who speaks for whom, which cards are used, and where every session stands."""
    queries = {
        "answers": select(answers.c.session_id, answers.c.question, answers.c.choice, answers.c.number),
        "comments": select(comments.c.session_id, comments.c.question, comments.c.kind),
        "holders": select(holders.c.address_id, holders.c.client_id, holders.c.staff_id),
        "consents": select(consents.c.subject, consents.c.purpose, consents.c.given),
        "links": select(link_rows.c.id, link_rows.c.used_at),
        "sessions": select(sessions.c.id, sessions.c.status, sessions.c.turn),
    }
    return {name: [tuple(row) for row in connection.execute(query)] for name, query in queries.items()}


def comment(connection: Connection, *, question: str) -> str | None:
    [session] = connection.execute(select(comments.c.session_id).where(comments.c.question == question))
    return given.answers_of(connection, session.session_id)[question].text


def typed(text: str) -> Body:
    """Words as they come out of an update of Telegram's."""
    sender = {"id": 7, "is_bot": False, "first_name": "Test"}
    message = {"message_id": 1, "date": 1_800_000_000, "chat": {"id": 7, "type": "private"}, "from": sender}
    update = Update.de_json({"update_id": 1, "message": {**message, "text": text}})
    read = inbound.read(update, bot_id=1, username="spm_bot", received_at=START)
    assert read is not None
    return read.body


async def told(world: World, body: Body, *, handle: str) -> list[str]:
    """The new messages on that phone."""
    world.phones.take_news()
    assert await world.receive(body, handle=handle) is None
    news = world.phones.take_news()
    return [seen.message.text for seen in news if not (seen.edit or seen.gone) and seen.handle == handle]


async def changes_nothing(world: World, body: Body, *, handle: str) -> str:
    """The one line said to `body`, after which everything is kept as before."""
    before = await world.store.read(kept)
    [line] = await told(world, body, handle=handle)
    assert await world.store.read(kept) == before
    return line


async def lines(world: World, texts: Mapping[str, str], *, handle: str) -> dict[str, str]:
    """The first line said to each of these, none of which changes anything."""
    said = {name: await changes_nothing(world, typed(text), handle=handle) for name, text in texts.items()}
    return {name: line.split("\n")[0] for name, line in said.items()}


async def cards(world: World) -> None:
    """Amina has used hers, David's is taken back, Beatrice and Chantal still have theirs."""
    await world.join("Amina", handle="a")
    await world.enrol("Beatrice", handle="b")
    await world.store.write(_take_back)


def _take_back(connection: Connection) -> None:
    links.revoke_links(connection, people.client_by_code(connection, "David").id, at=START)


NO_GOOD = {
    "used": "/start card-of-Amina",
    "used code": "AMNA-2345",
    "revoked": "/start card-of-David",
    "revoked code": "davd2345",
    "foreign": "/start ZmFrZS10b2tlbi1vZi1ub2JvZHk",
    "cut": "/start card-of-Beatric",
    "other case": "/start CARD-OF-BEATRICE",
    "long": "/start " + "A" * 64,
}
NO_CARD = {
    "words": "/start card of Chantal",
    "too long for a link": "/start " + "A" * 65,
    "no sign of a link": "/start card-of-Chantal!",
    "half a sign": "/start \ud83dcard\u202e",
    "short code": "CHAN234",
    "long code": "CHAN23455",
    "code of nobody": "QQQQ9999",
}


@pytest.mark.parametrize("handle", ["stranger", "b"])
async def test_card_that_is_no_good_changes_nothing(sqlite_world: World, handle: str) -> None:
    await cards(sqlite_world)
    assert await lines(sqlite_world, NO_GOOD, handle=handle) == dict.fromkeys(NO_GOOD, TOO_OLD)


async def test_card_that_is_no_good_leaves_the_open_question_open(sqlite_world: World) -> None:
    await ask(sqlite_world, "nps")
    await sqlite_world.store.write(_take_back)
    bad = {name: text for name, text in NO_GOOD.items() if "used" not in name}
    assert await lines(sqlite_world, bad, handle="a") == dict.fromkeys(bad, TOO_OLD)


async def test_expired_card_changes_nothing(sqlite_world: World) -> None:
    await cards(sqlite_world)
    sqlite_world.clock.advance(timedelta(days=31))
    expired = {text: text for text in ("/start card-of-Chantal", "CHAN 2345", "chan2345")}
    assert await lines(sqlite_world, expired, handle="b") == dict.fromkeys(expired, TOO_OLD)


async def test_what_is_no_card_is_greeted(sqlite_world: World) -> None:
    await cards(sqlite_world)
    texts = {**NO_CARD, **WORDLESS, **ODD}
    said = await lines(sqlite_world, texts, handle="stranger")
    assert said.pop("unknown command") == NO_COMMAND
    assert {name for name, line in said.items() if not line.startswith(HELLO)} == set()


async def test_card_of_somebody_else_is_not_enough(sqlite_world: World) -> None:
    """Beatrice finds the card of Chantal: what she knows of herself does not open it."""
    world = sqlite_world
    await cards(world)
    await world.receive(typed("/start card-of-Chantal"), handle="b")
    await world.say("1", handle="b")
    before = (await world.store.read(kept))["holders"]
    assert await told(world, typed("1979"), handle="b") == [
        "That does not match. Please try once more. In which year were you born? Write 4 digits."
    ]
    assert (await world.store.read(kept))["holders"] == before
    assert await told(world, typed("1979"), handle="b") != []
    [locked] = await told(world, typed("1979"), handle="b")
    assert locked.startswith("There were too many wrong answers, so this is closed for today.")
    assert await changes_nothing(world, typed("chan2345"), handle="b") == locked
    assert (await world.store.read(kept))["holders"] == before


async def test_contact_that_proves_nothing_changes_nothing(sqlite_world: World) -> None:
    await cards(sqlite_world)
    contacts = {
        "forwarded": Contact("+254711000003", own=False),
        "of nobody": Contact("+254799999999", own=True),
        "mangled": Contact("not a number", own=True),
        "empty": Contact("", own=True),
        "endless": Contact("9" * 10_000, own=True),
    }
    for contact in contacts.values():
        line = await changes_nothing(sqlite_world, contact, handle="stranger")
        assert line.startswith(NOT_FOUND)


QUESTIONS = {
    "select_one": ("debt_stress", ("1",)),
    "select_multiple": ("debt_stress", ("1", "1", "1", "1", "1", "1")),
    "nps": ("client_satisfaction", ("4",)),
    "text": ("client_satisfaction", ("4", "9")),
}
"""How to come to a question of each kind."""

CHOOSE_4 = "Sorry, I did not understand. Please tap a button, or write a number from 1 to 4."
CHOOSE_5 = "Sorry, I did not understand. Please tap a button, or write a number from 1 to 5."
KIND = {
    "select_one": CHOOSE_4,
    "select_multiple": CHOOSE_5,
    "nps": "Please choose a number from 0 to 10.",
    "text": "Please write a few words, or tap Skip.",
}


async def ask(world: World, kind: str) -> None:
    survey, way = QUESTIONS[kind]
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", survey)
    await world.tap("Start", handle="a")
    for text in way:
        await world.say(text, handle="a")


@pytest.mark.parametrize("kind", QUESTIONS)
async def test_nothing_at_all_is_no_answer(sqlite_world: World, kind: str) -> None:
    await ask(sqlite_world, kind)
    assert await lines(sqlite_world, WORDLESS, handle="a") == dict.fromkeys(WORDLESS, KIND[kind])


@pytest.mark.parametrize("kind", ["select_one", "select_multiple", "nps"])
async def test_odd_words_are_no_choice(sqlite_world: World, kind: str) -> None:
    await ask(sqlite_world, kind)
    expected = {**dict.fromkeys(ODD, KIND[kind]), "unknown command": NO_COMMAND}
    assert await lines(sqlite_world, ODD, handle="a") == expected


@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.DECIMAL])
def test_odd_words_are_no_number(kind: Kind) -> None:
    """No survey that ships asks for a number of this kind, but one may."""
    asked = replace(Library.shipped().survey("client_satisfaction").question("cs1"), kind=kind)
    read = {name: understand(asked, (), text) for name, text in (WORDLESS | ODD).items()}
    assert read == dict.fromkeys(read, NotUnderstood("number"))


async def test_proof_without_digits_is_no_try(sqlite_world: World) -> None:
    world = sqlite_world
    await world.receive(typed("/start card-of-Chantal"), handle="c")
    await world.say("1", handle="c")
    odd = {name: ODD[name] for name in ("letters", "commas", "emoji", "punctuation", "turned words")}
    assert await lines(world, odd, handle="c") == dict.fromkeys(odd, "Please write 4 digits.")
    needed = "I need an answer here to go on."
    assert await lines(world, WORDLESS, handle="c") == dict.fromkeys(WORDLESS, needed)
    [line] = await told(world, typed("9" * 10_000), handle="c")
    assert line.startswith("That does not match. Please try once more.")


@pytest.mark.parametrize("name", ["emoji", "punctuation"])
async def test_signs_are_words_where_words_are_asked(sqlite_world: World, name: str) -> None:
    """An angry face says something: it is kept as it came, and the next question follows."""
    await ask(sqlite_world, "text")
    [line] = await told(sqlite_world, typed(ODD[name]), handle="a")
    assert line.startswith("4 of 12 · ")
    assert await sqlite_world.store.read(partial(comment, question="cs2")) == ODD[name]


async def test_long_words_are_cut_and_we_say_so(sqlite_world: World) -> None:
    world, cut = sqlite_world, "Your text is long. We keep the first 4000 letters of it."
    await ask(world, "text")
    said_so, question = await told(world, typed("ы" * 10_000), handle="a")
    assert (said_so, question.partition(" · ")[0]) == (cut, "4 of 12")
    assert await world.store.read(partial(comment, question="cs2")) == "ы" * TEXT_LIMIT
    changed, said_so = await told(world, Edited("б" * 10_000, "1"), handle="a")
    assert (changed.partition(": ")[0], said_so) == ("Changed", cut)
    assert await world.store.read(partial(comment, question="cs2")) == "б" * TEXT_LIMIT
