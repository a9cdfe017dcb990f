"""Turns that nobody lived: silence, late slots, another cycle, another date, and the week's limit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from spm_bot.storage import job_runs, rounds
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import invitations, outbox
from spm_bot.times import DAY, WEEK
from spm_bot.usecases.follow_events import follow_events
from spm_bot.usecases.keep_slot import keep_slot, may_not_ask
from spm_bot.usecases.stand import rests, row_of
from spm_bot.usecases.take_turns import invite_due
from tests.stage.world import World
from tests.usecases.test_follow_events import DUE, EXIT, MONDAY, client, closed, enter
from tests.usecases.test_follow_events import asked as followed
from tests.usecases.test_take_turns import small, stress

HOUR = timedelta(hours=1)


def written(connection: Connection) -> list[tuple[int, int, object, str | None]]:
    query = select(
        invitations.c.id, invitations.c.wave, invitations.c.invited_at, invitations.c.outcome
    ).order_by(invitations.c.id)
    return [(row.id, row.wave, row.invited_at, row.outcome) for row in connection.execute(query)]


def messages(connection: Connection) -> list[tuple[str, str | None]]:
    query = select(outbox.c.state, outbox.c.dedupe).where(outbox.c.kind == "invitation").order_by(outbox.c.id)
    return [(row.state, row.dedupe) for row in connection.execute(query)]


@pytest.mark.parametrize("outcome", ["expired", "unreachable", "not_eligible"])
async def test_invitation_that_reached_nobody_is_tried_again_in_its_row(world: World, outcome: str) -> None:
    await world.enrol("Amina", handle="Amina")
    start, panel = world.clock.now(), stress(world, cycle=26)
    for week in range(26):
        if await invite_due(panel, start + week * WEEK, store=world.store, desk=world.desk):
            break
    [(made, wave, *_)] = await world.store.read(written)
    await world.store.write(lambda c: rounds.set_outcome(c, made, outcome))
    again = start + 25 * WEEK
    assert await invite_due(panel, again, store=world.store, desk=world.desk) == 1
    assert await invite_due(panel, again, store=world.store, desk=world.desk) == 0
    assert await world.store.read(written) == [(made, wave, again, None)]
    assert await world.store.read(messages) == [("dropped", None), ("queued", f"invitation:{made}")]


async def test_invitation_that_arrived_uses_up_the_turn(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    now, panel = world.clock.now(), stress(world)
    assert await invite_due(panel, now, store=world.store, desk=world.desk) == 1
    await world.postman.flush()
    await world.store.write(lambda c: c.execute(update(invitations).values(outcome="not_eligible")).rowcount)
    assert await invite_due(panel, now + HOUR, store=world.store, desk=world.desk) == 0


async def test_made_up_slot_writes_as_of_now(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    slot = world.clock.now()
    late = slot + 2 * DAY
    assert await keep_slot(stress(world), slot, late, store=world.store, desk=world.desk) == 1
    assert [at for _, _, at, _ in await world.store.read(written)] == [late]


def arrive(connection: Connection, at: datetime) -> None:
    still_open = update(invitations).where(invitations.c.outcome.is_(None))
    connection.execute(still_open.values(delivered_at=at, outcome="no_answer"))


@pytest.mark.parametrize(("before", "after"), [(10, 20), (20, 10), (9, 13)])
async def test_another_cycle_silences_nobody_and_asks_nobody_too_soon(
    sqlite_world: World, before: int, after: int
) -> None:
    world = sqlite_world
    await world.enrol_crowd(20, branch="KIS")
    start, change = world.clock.now(), 25
    panel = stress(world).model_copy(update={"survey": "branch_visit", "code": "visits-panel"})
    for week in range(change + 2 * after):
        cycle = before if week < change else after
        standing = panel.model_copy(update={"cycle_weeks": cycle})
        await invite_due(standing, start + week * WEEK, store=world.store, desk=world.desk)
        await world.store.write(partial(arrive, at=start + week * WEEK))
    query = select(invitations.c.client_id, invitations.c.delivered_at)
    found = await world.store.read(lambda c: [tuple(row) for row in c.execute(query)])
    assert len(Counter(who for who, _ in found)) == 20
    for who in {who for who, _ in found}:
        own = sorted(at for each, at in found if each == who)
        assert all(later - earlier >= 21 * DAY for earlier, later in pairwise(own))
        turned = start + change * WEEK
        assert any(turned - after * WEEK <= at < turned + after * WEEK for at in own)
        assert any(turned <= at <= turned + (2 * after - 1) * WEEK for at in own)


async def test_limit_of_a_week_holds_for_what_was_planned_before(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(60, branch="KIS")
    desk, now = small(world.desk, cases_per_week=2), world.clock.now()
    assert await invite_due(stress(world), now, store=world.store, desk=desk) == 25
    assert await invite_due(stress(world), now + WEEK, store=world.store, desk=desk) == 0


async def test_corrected_day_of_closing_is_no_other_event(sqlite_world: World) -> None:
    world = sqlite_world
    await enter(world, client("C1", closed(DUE)))
    assert await follow_events(EXIT, MONDAY, store=world.store, desk=world.desk) == 1
    await world.register([client("C1", closed(DUE + DAY))])
    assert await follow_events(EXIT, MONDAY + 5 * WEEK, store=world.store, desk=world.desk) == 0
    assert await world.store.read(followed) == [("C1", DUE)]


async def test_events_since_the_last_kept_slot_are_asked_about(sqlite_world: World) -> None:
    world = sqlite_world
    await enter(world, client("C1", closed(DUE - 6 * WEEK)))
    assert await follow_events(EXIT, MONDAY, store=world.store, desk=world.desk) == 0
    await world.store.write(lambda c: job_runs.start(c, "round:exit", at=MONDAY - 8 * WEEK))
    assert await follow_events(EXIT, MONDAY, store=world.store, desk=world.desk) == 1


async def test_slot_waits_while_nobody_could_be_helped(sqlite_world: World) -> None:
    world = sqlite_world
    shut = world.desk.institution.model_copy(update={"helplines": []})
    helpless = replace(world.desk, institution=shut)
    assert await may_not_ask(EXIT, MONDAY, store=world.store, desk=helpless)
    assert not await may_not_ask(EXIT, MONDAY, store=world.store, desk=world.desk)


async def test_another_survey_under_a_known_code_asks_nobody(world: World) -> None:
    """Answers of two surveys must not meet under one code: a new survey needs a new one."""
    await world.enrol("Amina", handle="a")
    first = stress(world)
    assert await keep_slot(first, world.clock.now(), store=world.store, desk=world.desk) == 1
    other = first.model_copy(update={"survey": "client_satisfaction"})
    later = world.clock.now() + 30 * WEEK
    assert await rests(other, later, store=world.store)
    assert not await rests(first, later, store=world.store)


async def test_window_of_the_file_holds_from_the_next_slot_on(world: World) -> None:
    first = stress(world)
    at = world.clock.now()
    row = await world.store.write(partial(row_of, standing=first, at=at))
    shorter = first.model_copy(update={"window_hours": 24})
    again = await world.store.write(partial(row_of, standing=shorter, at=at))
    assert (row.id, again.id, again.window_hours) == (row.id, row.id, 24)
