"""The standing panel over whole cycles, and how far the brake lets it go."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import replace
from functools import partial
from random import Random

import pytest
from sqlalchemy import select

from spm_bot.clauses import Round
from spm_bot.fieldwork.sampling import panel_week, rank
from spm_bot.storage import audits, loads, rounds
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import clients, draws, invitations
from spm_bot.times import DAY, WEEK
from spm_bot.usecases.brake import Room, room, room_left
from spm_bot.usecases.carry_out import carry_out
from spm_bot.usecases.stand import seed_of
from spm_bot.usecases.take_turns import invite_due
from spm_bot.usecases.visit import Desk
from tests.stage.world import World, crowd


def stress(world: World, *, cycle: int = 1) -> Round:
    """The round of debt stress, with another cycle."""
    (found,) = (each for each in world.desk.institution.rounds if each.code == "stress")
    return found.model_copy(update={"cycle_weeks": cycle})


def small(desk: Desk, *, cases_per_week: int) -> Desk:
    """The desk of an institution that can help so many in a week."""
    institution = desk.institution
    protection = institution.protection.model_copy(update={"cases_per_week": cases_per_week})
    return replace(desk, institution=institution.model_copy(update={"protection": protection}))


def asked(connection: Connection) -> list[tuple[int, int]]:
    query = select(invitations.c.client_id, invitations.c.wave).order_by(invitations.c.id)
    return [(row.client_id, row.wave) for row in connection.execute(query)]


def ids(connection: Connection) -> list[int]:
    """The crowd of Kisumu, in the order of the register."""
    query = select(clients.c.id).where(clients.c.branch == "KIS").order_by(clients.c.id)
    return list(connection.execute(query).scalars())


async def test_each_client_is_due_once_in_a_cycle_of_26_weeks_late_joiners_too(sqlite_world: World) -> None:
    world, rng = sqlite_world, Random(5)
    await world.enrol_crowd(40, branch="KIS")
    late = {f"ELD-{number}": rng.randrange(1, 26) for number in range(1, 21)}
    await world.register(crowd(20, branch="ELD"))
    first = world.clock.now()
    for week in range(52):
        for code in (code for code, joins in late.items() if joins == week):
            await world.enrol(code, handle=code)
        await invite_due(stress(world, cycle=26), first + week * WEEK, store=world.store, desk=world.desk)
    per_wave = Counter(await world.store.read(asked))
    assert set(per_wave.values()) == {1}
    cycles = Counter(wave // 26 for _, wave in per_wave)
    assert cycles[0] == 60
    # Whoever joined late was asked late, and rests half a year before the next turn: not all had it yet.
    assert cycles[1] >= 40


def test_turns_are_spread_by_chance_over_the_cycle() -> None:
    weeks = Counter(panel_week(client, seed=seed_of("stress"), cycle_weeks=26) for client in range(26_000))
    assert set(weeks) == set(range(26))
    assert max(abs(count - 1000) for count in weeks.values()) < 150


async def test_brake_lets_in_as_many_as_can_be_helped_and_the_rest_stay_due(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.enrol_crowd(60, branch="KIS")
    desk, now = small(world.desk, cases_per_week=2), world.clock.now()  # 2 / (0.4 x 0.2) = 25
    look = partial(room, desk=desk, survey="debt_stress", now=now)
    assert await world.store.read(look) == Room(25, 0, 0)
    with caplog.at_level(logging.INFO, logger="spm_bot.brake"):
        assert await invite_due(stress(world), now, store=world.store, desk=desk) == 25
    assert [(line.message, *line.__dict__["fields"].values()) for line in caplog.records] == [
        ("capacity_brake", "stress", "debt_stress", 35, 25, 0)
    ]
    [line] = await world.store.read(partial(audits.lines, limit=9, event="capacity_brake"))
    assert (line.actor, line.detail) == (
        "system",
        {
            "round": "stress",
            "survey": "debt_stress",
            "reason": "capacity",
            "held_back": 35,
            "limit": 25,
            "overdue": 0,
        },
    )
    # The same week again: no room. The next week: the next 25. Then the rest, whose cycle has begun anew.
    assert await invite_due(stress(world), now + DAY, store=world.store, desk=desk) == 0
    await world.postman.flush()
    world.clock.advance(WEEK)
    assert await invite_due(stress(world), now + WEEK, store=world.store, desk=desk) == 25
    await world.postman.flush()
    assert await invite_due(stress(world), now + 2 * WEEK, store=world.store, desk=desk) == 10
    known = [client for client, _ in await world.store.read(asked)]
    assert sorted(known) == await world.store.read(ids)


async def test_chance_and_not_the_register_says_whom_the_brake_lets_in(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(60, branch="KIS")
    desk = small(world.desk, cases_per_week=2)
    await invite_due(stress(world), world.clock.now(), store=world.store, desk=desk)
    crowd = await world.store.read(ids)
    line = sorted(crowd, key=lambda client: rank(client, seed=seed_of("stress"), wave=0))
    assert {client for client, _ in await world.store.read(asked)} == set(line[:25]) != set(crowd[:25])


async def test_overdue_cases_pause_debt_stress_by_themselves(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    desk, now = small(world.desk, cases_per_week=2), world.clock.now()
    monkeypatch.setattr(loads, "overdue_cases", lambda connection: 3)
    assert await invite_due(stress(world), now, store=world.store, desk=desk) == 0
    [line] = await world.store.read(partial(audits.lines, limit=9, event="capacity_brake"))
    assert (line.detail["held_back"], line.detail["limit"], line.detail["overdue"]) == (1, 0, 3)
    monkeypatch.setattr(loads, "overdue_cases", lambda connection: 2)
    assert await invite_due(stress(world), now, store=world.store, desk=desk) == 1


async def test_other_surveys_have_no_brake(sqlite_world: World) -> None:
    world = sqlite_world
    for survey in ("client_satisfaction", "client_outcomes", "client_exit", "branch_visit"):
        left = partial(room_left, desk=world.desk, survey=survey, now=world.clock.now())
        assert await world.store.read(left) is None


async def test_a_launch_beside_the_slot_of_the_round_invites_nobody_twice(world: World) -> None:
    await world.enrol_crowd(60, branch="KIS")
    now = world.clock.now()
    both = await asyncio.gather(
        *(invite_due(stress(world), now, store=world.store, desk=world.desk) for _ in range(3))
    )
    assert sum(both) == 60
    assert sorted(client for client, _ in await world.store.read(asked)) == await world.store.read(ids)


async def test_slot_made_up_after_a_launch_asks_the_first_part_only(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(60, branch="KIS")
    now, standing = world.clock.now(), stress(world, cycle=26)
    first = await invite_due(standing, now, store=world.store, desk=world.desk)
    assert await invite_due(standing, now - WEEK, store=world.store, desk=world.desk) == 0
    assert 0 < first < 10


async def test_sample_about_debts_is_held_by_the_same_brake(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(60, branch="KIS")
    desk, now = small(world.desk, cases_per_week=2), world.clock.now()
    await world.store.write(
        partial(
            rounds.open_round,
            code="debts",
            survey="debt_stress",
            origin="standing",
            audience="{}",
            seed=1,
            at=now,
            size=40,
            replacements=0,
        )
    )
    assert await carry_out(now, store=world.store, desk=desk) == 25
    assert await carry_out(now + DAY / 24, store=world.store, desk=desk) == 0
    states = select(draws.c.state)
    assert await world.store.read(lambda c: Counter(c.execute(states).scalars())) == {
        "invited": 25,
        "drawn": 15,
    }
    [line] = await world.store.read(partial(audits.lines, limit=9, event="capacity_brake"))
    assert (line.detail["round"], line.detail["held_back"]) == ("debts", 15)
    assert await invite_due(stress(world), now, store=world.store, desk=desk) == 0
    # The next week there is room: the sample goes on where it was.
    await world.store.write(
        lambda c: rounds.set_delivered(c, list(c.execute(select(invitations.c.id)).scalars()), at=now)
    )
    assert await carry_out(now + WEEK, store=world.store, desk=desk) == 15
