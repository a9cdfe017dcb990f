"""`/decisions`: who sees what is open, and what a review keeps."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from spm_bot.analytics.commitments import Decision, Outcome
from spm_bot.messages import Action, Subject, Tap, Token
from spm_bot.storage import audits, decisions, roles
from spm_bot.usecases.review_decision import MOST
from tests.seed import DRAFT
from tests.stage.fieldworkers import say_all
from tests.stage.world import World

REFUSED = "Your role does not allow this."


async def write(world: World, *, branch: str = "BUN", count: int = 1) -> None:
    draft = replace(DRAFT, branch=branch)
    for _ in range(count):
        await world.store.write(partial(decisions.write, draft=draft, by="s1", at=world.clock.now()))


async def review(world: World, number: int, *words: str) -> str:
    await world.receive(Tap(Token(Subject.COMMAND, number, 0, Action.YES, "review")), handle="m")
    return await say_all(world, words, handle="m") if words else world.phones.texts("m")[-1]


async def line(world: World) -> Decision:
    [found] = await world.store.read(partial(decisions.lines, zone=world.desk.institution.time_zone))
    return found


@pytest.mark.parametrize(
    ("said", "outcome"), [("1", Outcome.MET), ("2", Outcome.NOT_MET), ("3", Outcome.UNCLEAR)]
)
async def test_outcome_closes_it(sqlite_world: World, said: str, outcome: Outcome) -> None:
    world = sqlite_world
    await world.hire("Manager", handle="m")
    await write(world)
    assert await review(world, 1, said, "Board 7, point 4") == "Thank you. Decision 1 is closed."
    found = await line(world)
    assert (found.outcome, found.minute, found.done_on) == (outcome, "Board 7, point 4", None)
    assert await review(world, 1) == "That decision is closed already."
    assert await say_all(world, ("/decisions",), handle="m") == "No decision is open."
    [audit] = await world.store.read(partial(audits.lines, limit=5, event="decision_reviewed"))
    assert audit.detail == {"decision": 1, "said": outcome.value.replace(" ", "_")}


async def test_branch_managers_see_their_own_branch(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Manager", handle="m", branch="BUN")
    await write(world, branch="BUS")
    await write(world, branch="")
    assert await say_all(world, ("/decisions",), handle="m") == "No decision is open."
    assert await review(world, 1) == "Your role does not allow this."


async def test_the_oldest_are_shown_and_the_others_counted(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Head", handle="m", branch="")
    await write(world, count=MOST + 2)
    assert await say_all(world, ("/decisions",), handle="m") == "2 more are open."
    shown = [text for text in world.phones.texts("m") if text.startswith("Decision ")]
    assert (len(shown), shown[0].split(",")[0]) == (MOST, "Decision 1")


async def test_role_that_is_taken_away_in_the_middle(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Manager", handle="m")
    await write(world)
    await review(world, 1, "1")
    [held] = await world.store.read(roles.roles_in_force)
    await world.store.write(partial(roles.revoke, role_id=held.id, at=world.clock.now()))
    assert await say_all(world, ("/skip",), handle="m") == REFUSED
    assert (await line(world)).outcome is None
    assert await review(world, 1) == REFUSED
