from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from spm_bot.messages import Blocked
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import invitations, outbox, receipts
from spm_bot.usecases.lapse import lapse, tidy
from tests.stage.world import World


def outcomes(connection: Connection) -> Sequence[str | None]:
    return connection.execute(select(invitations.c.outcome).order_by(invitations.c.id)).scalars().all()


async def test_silence_has_its_outcome_and_lapsing_again_ends_nothing(world: World) -> None:
    for name in ("Amina", "Beatrice", "David"):
        await world.enrol(name, handle=name)
        await world.invite(name, "client_satisfaction")
    await world.receive(Blocked(blocked=True), handle="Beatrice")
    await world.tap("Start", handle="David")
    for _ in range(5):
        await world.say("skip", handle="David")
    world.clock.advance(timedelta(hours=73))
    assert await lapse(world.clock.now(), store=world.store, desk=world.desk) == 3
    assert await lapse(world.clock.now(), store=world.store, desk=world.desk) == 0
    assert await world.store.read(outcomes) == ["no_answer", "unreachable", "break_off"]


async def test_survey_of_which_half_is_answered_counts_as_partial(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="David")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="David")
    await world.say("1", handle="David")
    await world.say("1", handle="David")
    await world.wait(timedelta(hours=73))
    assert await world.store.read(outcomes) == ["partial"]


async def test_survey_that_waits_behind_a_form_ends_too_and_a_form_for_good(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("David", handle="David")
    await world.invite("David", "client_exit")
    await world.tap("Start", handle="David")
    await world.say("/language", handle="David")
    await world.wait(timedelta(hours=25))
    await world.wait(timedelta(hours=50))
    assert world.phones.texts("David")[-1].startswith("Hello from Umoja Microfinance.")
    await world.say("hello", handle="David")
    assert world.phones.texts("David")[-1].startswith("1 of 4 · You have no loan")


async def test_traces_go_after_a_week(world: World) -> None:
    await world.say("hello", handle="d")
    await world.wait(timedelta(days=6))
    await tidy(world.clock.now(), store=world.store)
    assert await world.store.read(_traces) == (1, 1)
    await world.wait(timedelta(days=2))
    await tidy(world.clock.now(), store=world.store)
    assert await world.store.read(_traces) == (0, 0)


def _traces(connection: Connection) -> tuple[int, int]:
    kept = connection.execute(select(func.count()).select_from(receipts)).scalar_one()
    bodies = connection.execute(select(func.count()).where(outbox.c.body.is_not(None))).scalar_one()
    return kept, bodies
