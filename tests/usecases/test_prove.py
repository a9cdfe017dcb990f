from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from spm_bot.clauses import Joining
from spm_bot.messages import Address, Inbound, Start
from spm_bot.storage import audits, people
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import tries
from spm_bot.usecases import prove
from spm_bot.usecases.visit import Desk, Visit
from tests.seed import rows_of
from tests.stage.phones import NAME
from tests.stage.world import CAST, World

DAY = timedelta(days=1)
TOLD = "Client Amina: three wrong answers to the safety question. It is locked for a day."


def asking(desk: Desk, check: str) -> Desk:
    joining = Joining.model_validate({"second_check": check})
    return replace(desk, institution=desk.institution.model_copy(update={"joining": joining}))


async def judged(world: World, said: str, *, handle: str = "a", check: str | None = None) -> str:
    """What becomes of one try for Amina in the chat of that handle."""
    now = world.clock.now()

    def work(connection: Connection) -> str:
        inbound = Inbound("k", Address(NAME, handle), now, Start())
        chat = people.meet(connection, inbound.address, language="en")
        visit = Visit(connection, world.desk, inbound, chat, now)
        return prove.prove(visit, people.client_by_code(connection, "Amina").id, said, check=check)

    verdict = await world.store.write(work)
    await world.postman.flush()
    return verdict


async def facts(world: World, **changes: object) -> object:
    await world.register([replace(CAST[0], **changes)])  # type: ignore[arg-type]
    return await world.store.read(
        lambda c: prove.proof_facts(c, world.desk, people.client_by_code(c, "Amina").id)
    )


async def test_institution_says_which_fact_is_asked_and_the_other_stands_in(sqlite_world: World) -> None:
    world = sqlite_world
    assert await facts(world) == {"second_check": "birth_year"}
    assert await facts(world, birth_year=None) == {"second_check": "phone_digits"}
    assert await facts(world, birth_year=None, phone="") == {"second_check": "none"}
    world.desk = asking(world.desk, "phone_digits")
    assert await facts(world) == {"second_check": "phone_digits"}
    assert await facts(world, phone="") == {"second_check": "birth_year"}


@pytest.mark.parametrize(
    ("said", "check", "verdict"),
    [
        ("1985", None, "yes"),
        ("born in 1985!", None, "yes"),
        ("12.03.1985", None, "yes"),
        ("١٩٨٥", None, "yes"),
        ("१९८५", None, "yes"),
        ("1984", None, "no"),
        ("85", None, "no"),
        ("1984 1985 1986", None, "no"),
        ("19851985", None, "no"),
        ("", None, "no"),
        ("0001", None, "no"),
        ("0001", "phone_digits", "yes"),
        ("0711 000 001", "phone_digits", "yes"),
        ("they are 00 01", "phone_digits", "yes"),
        ("1", "phone_digits", "no"),
        ("1985", "phone_digits", "no"),
        ("none", "none", "no"),
    ],
)
async def test_answer_is_read_as_people_write_it(
    sqlite_world: World, said: str, check: str | None, verdict: str
) -> None:
    assert await judged(sqlite_world, said, check=check) == verdict


async def test_third_wrong_answer_over_all_chats_locks_the_client_for_a_day(world: World) -> None:
    await world.hire("Administrator", handle="admin", branch="")
    await world.hire("Manager", handle="branch")
    assert [await judged(world, "1900", handle=handle) for handle in "abc"] == ["no", "no", "locked"]
    assert await judged(world, "1985", handle="d") == "locked"
    assert world.phones.texts("admin") == [TOLD]
    assert world.phones.texts("branch") == []
    subject = await world.store.read(lambda c: people.client_by_code(c, "Amina").subject)
    [line] = await world.store.read(lambda c: audits.lines(c, limit=9))
    assert (line.actor, line.event, line.detail) == ("system", "proof_locked", {"client": subject})
    await world.wait(DAY)
    assert await judged(world, "1985", handle="d") == "yes"


async def test_right_answer_clears_the_count_of_client_and_chat(world: World) -> None:
    said = ("1900", "1900", "1985", "1900", "1900", "1985")
    assert [await judged(world, each) for each in said] == ["no", "no", "yes"] * 2
    assert await world.store.read(lambda c: rows_of(c, tries, "key")) == []


async def test_chat_that_guesses_for_several_clients_is_locked(world: World) -> None:
    for name in ("Beatrice", "Chantal"):
        await world.receive(Start(f"card-of-{name}"), handle="a")
        for text in ("1", "1900"):
            await world.say(text, handle="a")
    assert await judged(world, "1900") == "locked"
    assert await judged(world, "1985", handle="other") == "yes"
    await world.receive(Start("card-of-David"), handle="a")
    assert world.phones.texts("a")[-1] == (
        "There were too many wrong answers, so this is closed for today. Please try again tomorrow,"
        " or call +254 700 000 001."
    )
