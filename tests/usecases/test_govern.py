"""Rounds that are held, let go, ended, approved and refused, and what becomes of their invitations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from spm_bot.clauses import Round as StandingRound
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.jobs.registry import Job
from spm_bot.jobs.runner import tick
from spm_bot.storage import audits, job_runs, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import clients, invitations, outbox
from spm_bot.times import DAY, WEEK, Weekday
from spm_bot.usecases import govern
from spm_bot.usecases.carry_out import carry_out
from spm_bot.usecases.govern import NotGoverned
from spm_bot.usecases.keep_slot import keep_slot
from spm_bot.usecases.launch import NotLaunched, launch
from spm_bot.usecases.stand import rests
from tests.stage.world import World

HOUR = timedelta(hours=1)
PANEL = StandingRound(
    code="stress", survey="debt_stress", weekday=Weekday.TUESDAY, time=time(11), cycle_weeks=1
)
SAMPLE = StandingRound(
    code="visits", survey="branch_visit", weekday=Weekday.TUESDAY, time=time(11), sample=30
)
Move = Callable[..., Round]


async def move(world: World, how: Move, code: str = "stress", *, actor: str = "cli:me") -> Round:
    desk = replace(
        world.desk,
        institution=world.desk.institution.model_copy(update={"rounds": (PANEL, SAMPLE)}),
    )
    work = partial(how, code=code, desk=desk, actor=actor, now=world.clock.now(), reason="because")
    return await world.store.write(work)


def panel_job(world: World, standing: StandingRound = PANEL) -> Job:
    """The job of a standing round, as `run` makes it."""
    return Job(
        f"round:{standing.code}",
        standing.slots,
        ZoneInfo("Africa/Nairobi"),
        timedelta(hours=standing.window_hours),
        partial(keep_slot, standing, store=world.store, desk=world.desk),
        held=partial(rests, standing, store=world.store),
    )


async def look(world: World, standing: StandingRound = PANEL) -> int:
    return await tick([panel_job(world, standing)], store=world.store, clock=world.clock)


async def due(world: World, standing: StandingRound = PANEL) -> None:
    """The bot knows the round already when its next slot comes, an hour from now."""
    await world.store.write(partial(job_runs.start, job=f"round:{standing.code}", at=world.clock.now()))
    world.clock.advance(HOUR)


def rows(connection: Connection) -> list[tuple[str, str | None, str]]:
    """Who is invited, how it ended, and how its message stands."""
    query = (
        select(clients.c.code, invitations.c.outcome, outbox.c.state)
        .join(clients, clients.c.id == invitations.c.client_id)
        .join(outbox, outbox.c.invitation_id == invitations.c.id)
        .order_by(invitations.c.id)
    )
    return [tuple(row) for row in connection.execute(query)]


def states(connection: Connection) -> dict[str, str]:
    return {each.code: each.state for each in rounds.all_rounds(connection)}


async def told(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    lines = await world.store.read(partial(audits.lines, limit=20))
    return [(line.actor, line.event, line.detail) for line in lines]


async def test_paused_round_asks_nobody_at_its_slot_and_makes_it_up_when_resumed(world: World) -> None:
    await world.enrol("Amina", handle="Amina")
    await due(world)
    assert (await move(world, govern.pause)).state == "paused"
    assert await look(world) == 0
    world.clock.advance(DAY)
    assert (await look(world), await world.store.read(rows)) == (0, [])
    assert (await move(world, govern.resume)).state == "open"
    assert await look(world) == 1
    assert await world.store.read(rows) == [("Amina", None, "queued")]
    assert await look(world) == 0


async def test_slot_whose_window_is_over_is_not_made_up(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="Amina")
    await due(world)
    await move(world, govern.pause)
    world.clock.advance(timedelta(hours=73))
    await move(world, govern.resume)
    assert await look(world) == 0
    world.clock.instant = world.clock.now() + WEEK - timedelta(hours=73)
    assert (await look(world), await world.store.read(rows)) == (1, [("Amina", None, "queued")])


async def test_queued_invitations_of_a_paused_round_wait_and_leave_when_it_is_resumed(world: World) -> None:
    await world.enrol("Amina", handle="Amina")
    await keep_slot(PANEL, world.clock.now(), store=world.store, desk=world.desk)
    await move(world, govern.pause)
    await world.postman.flush()
    assert (world.phones.texts("Amina"), await world.store.read(rows)) == ([], [("Amina", None, "queued")])
    await move(world, govern.resume)
    world.clock.advance(HOUR)
    await world.postman.flush()
    assert len(world.phones.texts("Amina")) == 1


async def test_stopped_round_takes_back_what_has_not_left_and_asks_nobody_until_it_is_resumed(
    world: World,
) -> None:
    await world.enrol("Amina", handle="Amina")
    await keep_slot(PANEL, world.clock.now(), store=world.store, desk=world.desk)
    assert (await move(world, govern.stop)).state == "stopped"
    assert await world.store.read(rows) == [("Amina", "not_eligible", "dropped")]
    assert (await told(world))[-1] == (
        "cli:me",
        "round_stopped",
        {"round": "stress", "survey": "debt_stress", "reason": "because", "taken_back": 1},
    )
    await world.enrol("Beatrice", handle="Beatrice")
    await due(world)
    assert await look(world) == 0
    with pytest.raises(NotLaunched, match="round stress rests: `spm-bot rounds list` says how it stands"):
        await launch(PANEL, store=world.store, desk=world.desk, actor="cli:me", now=world.clock.now())
    assert (await move(world, govern.resume)).state == "open"
    assert await look(world) == 1
    # What was taken back reached nobody: the same invitation leaves after all.
    assert await world.store.read(rows) == [
        ("Amina", None, "dropped"),
        ("Amina", None, "queued"),
        ("Beatrice", None, "queued"),
    ]


async def test_round_that_was_never_due_can_be_held_before_it_begins(sqlite_world: World) -> None:
    world = sqlite_world
    assert (await move(world, govern.pause)).state == "paused"
    await world.enrol("Amina", handle="Amina")
    await due(world)
    assert await look(world) == 0


async def test_panel_with_approval_waits_for_it_and_then_makes_up_its_slot(sqlite_world: World) -> None:
    world, standing = sqlite_world, PANEL.model_copy(update={"approval": True})
    await world.enrol("Amina", handle="Amina")
    await due(world, standing)
    assert (await look(world, standing), await world.store.read(states)) == (0, {"stress": "waiting"})
    approved = await move(world, govern.approve, actor="subject-head")
    assert (approved.state, approved.approved_by, approved.approved_at) == (
        "open",
        "subject-head",
        world.clock.now(),
    )
    assert (await look(world, standing), len(await world.store.read(rows))) == (1, 1)


async def test_standing_round_asks_a_sample_of_each_slot(world: World) -> None:
    await world.enrol_crowd(40, branch="KIS")
    await due(world, SAMPLE)
    assert (await look(world, SAMPLE), await look(world, SAMPLE)) == (1, 0)
    assert await world.store.read(states) == {"visits": "open", "visits-2026-11-24": "open"}
    drawn = await world.store.read(partial(rounds.find_round, code="visits-2026-11-24"))
    assert drawn is not None
    assert (drawn.survey, drawn.origin, drawn.size, drawn.strata, drawn.window_hours, drawn.replacements) == (
        "branch_visit",
        "standing",
        30,
        ("branch", "product", "gender"),
        72,
        1,
    )
    assert await carry_out(world.clock.now(), store=world.store, desk=world.desk) == 30
    world.clock.advance(WEEK)
    assert await look(world, SAMPLE) == 1
    later = await world.store.read(partial(rounds.find_round, code="visits-2026-12-01"))
    assert later is not None
    assert later.seed != drawn.seed


async def test_samples_of_a_standing_round_rest_and_end_with_it(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(40, branch="KIS")
    await keep_slot(SAMPLE, world.clock.now(), store=world.store, desk=world.desk)
    await move(world, govern.pause, "visits")
    assert await world.store.read(states) == {"visits": "paused", "visits-2026-11-24": "paused"}
    assert await carry_out(world.clock.now(), store=world.store, desk=world.desk) == 0
    await move(world, govern.resume, "visits")
    assert await carry_out(world.clock.now(), store=world.store, desk=world.desk) == 30
    await move(world, govern.stop, "visits")
    assert await world.store.read(states) == {"visits": "stopped", "visits-2026-11-24": "stopped"}
    assert {outcome for _, outcome, _ in await world.store.read(rows)} == {"not_eligible"}
    await move(world, govern.resume, "visits")
    assert await world.store.read(states) == {"visits": "open", "visits-2026-11-24": "stopped"}


async def test_each_sample_waits_for_its_own_approval(sqlite_world: World) -> None:
    world, standing = sqlite_world, SAMPLE.model_copy(update={"approval": True})
    await keep_slot(standing, world.clock.now(), store=world.store, desk=world.desk)
    await keep_slot(standing, world.clock.now() + DAY, store=world.store, desk=world.desk)
    assert await carry_out(world.clock.now(), store=world.store, desk=world.desk) == 0
    await move(world, govern.refuse, "visits-2026-11-24")
    await move(world, govern.stop, "visits")
    assert await world.store.read(states) == {
        "visits": "stopped",
        "visits-2026-11-24": "refused",
        "visits-2026-11-25": "refused",
    }


ALL = (govern.pause, govern.resume, govern.stop, govern.approve, govern.refuse)


@pytest.mark.parametrize(
    ("state", "legal"),
    [
        (RoundState.WAITING, {govern.approve, govern.refuse}),
        (RoundState.OPEN, {govern.pause, govern.stop}),
        (RoundState.PAUSED, {govern.resume, govern.stop}),
        (RoundState.STOPPED, set()),
        (RoundState.UNDONE, set()),
        (RoundState.REFUSED, set()),
        (RoundState.CLOSED, set()),
    ],
)
async def test_a_round_moves_only_where_its_state_leads(
    sqlite_world: World, state: RoundState, legal: set[Move]
) -> None:
    world = sqlite_world
    for number, how in enumerate(ALL):
        code = f"adhoc-{number}"
        await world.store.write(
            partial(
                rounds.open_round,
                code=code,
                survey="branch_visit",
                origin="adhoc",
                audience="{}",
                seed=1,
                at=world.clock.now(),
                state=state,
            )
        )
        if how in legal:
            await move(world, how, code)
        else:
            with pytest.raises(
                NotGoverned, match=f"round {code} is {state}: there is nothing to {how.__name__}"
            ):
                await move(world, how, code)
    assert len(await told(world)) == len(legal)


async def test_who_asked_for_a_round_does_not_approve_it(sqlite_world: World) -> None:
    world = sqlite_world
    await world.store.write(
        partial(
            rounds.open_round,
            code="mine",
            survey="branch_visit",
            origin="adhoc",
            audience="{}",
            seed=1,
            at=world.clock.now(),
            requested_by="subject-head",
            state=RoundState.WAITING,
        )
    )
    with pytest.raises(NotGoverned, match="round mine: somebody else than who asked for it must approve it"):
        await move(world, govern.approve, "mine", actor="subject-head")
    assert (await move(world, govern.approve, "mine", actor="subject-other")).state == "open"


async def test_round_there_is_not_is_told(sqlite_world: World) -> None:
    with pytest.raises(NotGoverned, match="there is no round 'stres': `spm-bot rounds list` has them all"):
        await move(sqlite_world, govern.pause, "stres")
