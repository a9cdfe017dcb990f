from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from spm_bot.clauses import Round
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import audits, clients, invitations, signatures
from spm_bot.times import WEEK
from spm_bot.usecases.eligibility import launch_problem
from spm_bot.usecases.find_hour import allowed_from
from spm_bot.usecases.launch import NotLaunched, launch
from spm_bot.usecases.take_turns import invite_due
from tests.stage.world import World


def stress(world: World, *, cycle: int = 1) -> Round:
    """The round of debt stress, with another cycle."""
    (found,) = (each for each in world.desk.institution.rounds if each.code == "stress")
    return found.model_copy(update={"cycle_weeks": cycle})


def asked(connection: Connection) -> list[tuple[str, int, datetime, str]]:
    query = (
        select(clients.c.code, invitations.c.wave, invitations.c.invited_at, invitations.c.week)
        .join(clients, clients.c.id == invitations.c.client_id)
        .order_by(invitations.c.id)
    )
    return [(row.code, row.wave, row.invited_at, row.week) for row in connection.execute(query)]


async def test_round_invites_who_may_be_asked_and_nobody_twice(world: World) -> None:
    for name in ("Amina", "Beatrice", "David"):
        await world.enrol(name, handle=name)
    now = world.clock.now()
    assert await invite_due(stress(world), now, store=world.store, desk=world.desk) == 2
    assert await invite_due(stress(world), now, store=world.store, desk=world.desk) == 0
    await world.postman.flush()
    # David has no loan, Chantal has not joined; Beatrice is in arrears, which is no reason.
    assert await world.store.read(asked) == [("Amina", 0, now, "2026-W48"), ("Beatrice", 0, now, "2026-W48")]
    assert [len(world.phones.texts(name)) for name in ("Amina", "Beatrice", "David")] == [1, 1, 0]


async def test_panel_is_spread_over_the_weeks_of_its_cycle_and_everybody_comes_once(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await world.enrol_crowd(60, branch="KIS")
    first, weeks = world.clock.now(), Counter[int]()
    for week in range(8):
        weeks[week] = await invite_due(
            stress(world, cycle=8), first + week * WEEK, store=world.store, desk=world.desk
        )
    invited = [code for code, *_ in await world.store.read(asked)]
    assert (len(invited), len(set(invited)), sum(weeks.values())) == (60, 60, 60)
    assert max(weeks.values()) <= 20


async def test_next_cycle_is_another_wave(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    for weeks in (0, 25, 25, 51, 51):
        slot = world.clock.now() + weeks * WEEK
        await invite_due(stress(world, cycle=26), slot, store=world.store, desk=world.desk)
    first, second = (wave for _, wave, *_ in await world.store.read(asked))
    assert (first // 26, second - first) == (0, 26)


async def test_invitation_waits_for_an_allowed_hour(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    saturday_night = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
    await invite_due(stress(world), saturday_night, store=world.store, desk=world.desk)
    monday = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)  # Sunday is the day of rest; nine in Nairobi
    assert [at for _, _, at, _ in await world.store.read(asked)] == [monday]
    assert allowed_from(world.desk, "BUN", saturday_night) == monday
    world.clock.instant = saturday_night
    await world.postman.flush()
    assert world.phones.texts("Amina") == []


async def test_invitation_is_one_message_in_the_language_of_the_chat(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina", language="fr", private_items=False)
    await invite_due(stress(world), world.clock.now(), store=world.store, desk=world.desk)
    await world.postman.flush()
    (message,) = world.phones.texts("Amina")
    assert message.startswith("Nous aimerions savoir comment vous allez, vous et votre famille.\nUmoja")
    assert "4 questions, environ 3 minutes" in message


async def test_nobody_is_asked_where_nobody_could_be_helped(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    helpless = replace(world.desk, institution=world.desk.institution.model_copy(update={"helplines": []}))
    assert launch_problem(world.desk) is None
    assert launch_problem(helpless) == "helplines are empty in the institution file"
    assert await invite_due(stress(world), world.clock.now(), store=world.store, desk=helpless) == 0
    with pytest.raises(NotLaunched, match="no survey can be started: helplines"):
        await launch(stress(world), store=world.store, desk=helpless, actor="cli:me", now=world.clock.now())


async def test_launch_by_hand_needs_signatures_and_is_written_down(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    launched = await launch(
        stress(world), store=world.store, desk=world.desk, actor="cli:me", now=world.clock.now()
    )
    events = await world.store.read(lambda c: c.execute(select(audits.c.actor, audits.c.event)).all())
    assert (launched, [tuple(row) for row in events]) == (1, [("cli:me", "round_launched")])
    await world.store.write(lambda c: c.execute(delete(signatures)) and None)
    with pytest.raises(NotLaunched, match="debt_stress is signed in no language"):
        await launch(stress(world), store=world.store, desk=world.desk, actor="cli:me", now=world.clock.now())
