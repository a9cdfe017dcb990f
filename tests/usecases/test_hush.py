"""QUIET and Close, in whatever state a chat is when they come."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from spm_bot.messages import Address, Inbound, Other, Outbound, Text
from spm_bot.storage import outbox, people, sessions
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import outbox as table
from spm_bot.storage.tables import sessions as session_rows
from tests.stage.phones import NAME
from tests.stage.world import World

OPEN = "Umoja Microfinance is open: Monday – Saturday, 08:00 – 17:00."


async def begin(world: World, survey: str = "client_satisfaction", *, name: str = "Amina") -> None:
    await world.enrol(name, handle="a")
    await world.invite(name, survey)
    await world.tap("Start", handle="a")


def address(connection: Connection) -> int:
    chat = people.find_chat(connection, Address(NAME, "a"))
    assert chat is not None
    return chat.id


async def test_nothing_is_open_and_nobody_has_joined(world: World) -> None:
    await world.say("hello", handle="a")
    await world.say("/quiet", handle="a")
    assert world.phones.texts("a") == [OPEN]


@pytest.mark.parametrize("word", ["QUIET", "chut", "Silencio", "kimya", "चुप", "هدوء", "/quiet"])
async def test_word_of_any_language_hides(sqlite_world: World, word: str) -> None:
    await begin(sqlite_world)
    await sqlite_world.say(word, handle="a")
    assert sqlite_world.phones.readable("a") == OPEN


async def test_words_typed_before_a_form_go_too_and_the_survey_waits(world: World) -> None:
    await begin(world)
    await world.say("very happy", handle="a")
    await world.say("/language", handle="a")
    await world.say("quiet", handle="a")
    assert "very happy" not in world.phones.readable("a")
    statuses = select(session_rows.c.status).order_by(session_rows.c.id)
    rows = await world.store.read(lambda c: c.execute(statuses).scalars().all())
    assert rows == ["suspended", "ended"]


async def test_survey_that_is_over_is_hidden_too(sqlite_world: World) -> None:
    world = sqlite_world
    await begin(world, "client_exit", name="David")
    for text in ("hard", "1", "1", "A man came to my house."):
        await world.say(text, handle="a")
    assert "A man came to my house." in world.phones.readable("a")
    await world.say("quiet", handle="a")
    assert world.phones.readable("a") == OPEN


async def test_voice_note_goes_too(sqlite_world: World) -> None:
    world = sqlite_world
    await begin(world)
    for text in ("4", "9"):
        await world.say(text, handle="a")
    await world.receive(Other("voice", "file", "v1"), handle="a")
    assert "(voice)" in world.phones.readable("a")
    await world.say("quiet", handle="a")
    assert world.phones.readable("a") == OPEN


async def test_both_clients_of_one_phone_are_hidden(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await world.enrol("Beatrice", handle="a")
    for name in ("Amina", "Beatrice"):
        await world.invite(name, "client_satisfaction")
        await world.tap("Start", handle="a", on=f"For {name}:")
        await world.say("happy", handle="a")
    await world.say("quiet", handle="a")
    assert world.phones.readable("a") == OPEN


async def test_message_on_its_way_does_not_arrive_afterwards(world: World) -> None:
    """The network is slow: question 2 has not left when QUIET comes."""
    await begin(world)
    for number, text in enumerate(("happy", "quiet")):
        said = Text(text, f"x{number}")
        inbound = Inbound(f"slow:{number}", Address(NAME, "a"), world.clock.now(), said, "en")
        await world.dialogue.receive(inbound)
    await world.postman.flush()
    assert world.phones.texts("a") == [OPEN]


async def test_message_that_waits_for_another_try_is_called_back(world: World) -> None:
    await begin(world)
    later = world.clock.now() + timedelta(minutes=1)

    def stuck(connection: Connection) -> None:
        chat = address(connection)
        outbox.put(connection, chat, [Outbound("a question", ref="s1.9")], kind="reply", at=world.clock.now())
        newest = select(func.max(table.c.id)).scalar_subquery()
        values = {"attempts": 2, "not_before": later}
        connection.execute(table.update().where(table.c.id == newest).values(values))

    await world.store.write(stuck)
    await world.say("quiet", handle="a")
    await world.wait(timedelta(hours=1))
    assert world.phones.texts("a") == [OPEN]


async def test_what_is_still_to_be_erased_is_not_called_back(world: World) -> None:
    await begin(world)
    world.phones.type("a", "secret", "my secret")
    work = partial(_erasing, at=world.clock.now())
    await world.store.write(work)
    await world.say("quiet", handle="a")
    assert world.phones.readable("a") == OPEN


def _erasing(connection: Connection, *, at: datetime) -> None:

    outbox.put(connection, address(connection), [Outbound("", erases="secret")], kind="reply", at=at)


async def test_quiet_again_and_again_takes_nothing_out_twice(world: World) -> None:
    await begin(world)
    await world.say("happy", handle="a")
    counts = []
    for _ in range(5):
        await world.say("quiet", handle="a")
        counts.append(
            await world.store.read(lambda c: c.execute(select(func.count(table.c.id))).scalar_one())
        )
        assert world.phones.readable("a") == OPEN
    steps = [after - before for before, after in pairwise(counts)]
    assert steps == [4, 4, 4, 4]  # the word, one typed answer, the hours before, the hours


async def test_close_on_a_question_long_gone_hides_what_is_open_now(sqlite_world: World) -> None:
    world = sqlite_world
    await begin(world)
    await world.say("4", handle="a")
    await world.tap("✖ Close", handle="a", on="1 of 11")
    assert world.phones.texts("a") == [OPEN]
    await world.say("hello", handle="a")
    assert world.phones.texts("a")[-1].startswith("2 of 11 ·")


async def test_what_is_too_old_loses_its_words_even_without_a_name(sqlite_world: World) -> None:
    """Refusals and closing words are messages that nobody edits otherwise."""
    world = sqlite_world
    await begin(world, "client_exit", name="David")
    await world.say("gibberish", handle="a")
    await world.wait(timedelta(hours=60))
    await world.say("quiet", handle="a")
    assert set(world.phones.texts("a")) == {"…", OPEN}


async def test_blocking_while_it_is_hidden_settles_everything(sqlite_world: World) -> None:
    world = sqlite_world
    await begin(world)
    world.phones.blocking.add("a")
    await world.say("quiet", handle="a")
    queued = select(func.count(table.c.id)).where(table.c.state == "queued")
    assert await world.store.read(lambda c: c.execute(queued).scalar()) == 0


async def test_papers_of_staff_stay(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Manager", handle="a")
    paper = [Outbound("the digest")]
    await world.store.write(lambda c: outbox.put(c, address(c), paper, kind="staff", at=world.clock.now()))
    await world.say("hello", handle="a")
    await world.say("quiet", handle="a")
    assert world.phones.texts("a") == ["the digest", OPEN]


async def test_survey_hidden_goes_on_where_it_was(sqlite_world: World) -> None:
    await begin(sqlite_world)
    await sqlite_world.say("quiet", handle="a")
    waiting = await sqlite_world.store.read(lambda c: sessions.suspended(c, address(c)))
    assert waiting is not None
    assert waiting.session.current == "cs3"
