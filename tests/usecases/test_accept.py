from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from spm_bot.storage.tables import clients, invitations, responses, sessions, signatures
from tests.stage.world import World

CLOSED = "This survey is closed. Thank you all the same."


async def outcomes(world: World) -> list[str | None]:
    return await world.store.read(lambda c: list(c.execute(select(invitations.c.outcome)).scalars()))


@pytest.mark.parametrize(
    "change", [{"status": "deceased"}, {"status": "closed"}, {"has_loan": False}, {"birth_year": 2012}]
)
async def test_start_looks_at_the_register_of_today(
    sqlite_world: World, change: dict[str, str | bool | int]
) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", "debt_stress")
    await world.store.write(lambda c: c.execute(update(clients).values(change)).rowcount)
    await world.tap("Start", handle="a")
    assert world.phones.texts("a")[-1] == CLOSED
    assert await outcomes(world) == ["not_eligible"]
    assert await world.store.read(lambda c: c.execute(select(sessions.c.id)).all()) == []


async def test_reminder_is_not_made_in_a_language_nobody_signed(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="a")
    await world.invite("David", "client_exit")
    await world.store.write(
        lambda c: (
            c.execute(
                delete(signatures).where(signatures.c.code == "client_exit", signatures.c.language == "fr")
            ).rowcount
        )
    )
    await world.say("/language", handle="a")
    await world.tap("2 Français", handle="a")
    words = await world.tap("Later", handle="a")
    assert words == "D'accord. Touchez Commencer quand cela vous convient."
    before = len(world.phones.texts("a"))
    await world.wait(timedelta(hours=25))
    assert len(world.phones.texts("a")) == before


async def test_later_from_the_first_message_puts_off_the_survey_begun(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    await world.tap("Later", handle="d", on="how it was for you")
    await world.tap("3 Tomorrow", handle="d")
    await world.wait(timedelta(hours=25))
    assert world.phones.texts("d")[-1].endswith("You can go on with question 1 of 4.")


async def test_answer_after_the_time_is_late_even_if_nobody_came_to_close_the_survey(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="d")
    world.clock.advance(timedelta(days=9))
    for text in ("1", "1", "1", "More chairs."):
        await world.say(text, handle="d")
    found = await world.store.read(lambda c: c.execute(select(responses.c.late, responses.c.partial)).all())
    assert [tuple(row) for row in found] == [(True, False)]
