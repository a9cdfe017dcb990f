from __future__ import annotations

from datetime import timedelta

import pytest

from tests.stage.fieldworkers import ASK, DAY, HOUR, answer, becomes_too, invited, say_all, staffed
from tests.stage.world import World

NOTHING = "There are no results yet. They come when a survey has ended."
TOO_FEW = "Too few people answered to show anything."
UNHAPPY = ("1", "4", "Fewer queues.")


async def ended(world: World, *, happy: int, unhappy: int, count: int = 40) -> None:
    """A sample of Bungoma that has been asked and has ended."""
    await staffed(world, count=count)
    await say_all(world, ASK)
    await world.wait(2 * DAY + HOUR)
    names = invited(world)
    await answer(world, names[:happy])
    await answer(world, names[happy : happy + unhappy], UNHAPPY)
    await world.wait(timedelta(days=5))


async def results(world: World, *, handle: str) -> list[str]:
    return (await say_all(world, ("/results",), handle=handle)).split("\n")


async def test_manager_of_the_branch_reads_shares_once_it_has_ended(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=40)
    await world.hire("Manager", handle="m", branch="BUN")
    await say_all(world, ASK)
    await world.wait(2 * DAY + HOUR)
    names = invited(world)
    await answer(world, names[:24])
    await answer(world, names[24:32], UNHAPPY)
    assert await results(world, handle="m") == [NOTHING]
    await world.wait(timedelta(days=5))
    assert await results(world, handle="m") == [
        "26 Nov · Your last visit to the branch, Bungoma",
        "Answers of about 30 people.",
        "",
        "How happy were you with your last visit to our branch?",
        "Answers of about 30 people.",
        "– Very happy: >65 %",
        "– Happy: <35 %",
        "– Not happy, not unhappy: <35 %",
        "– Unhappy: <35 %",
        "– Very unhappy: <35 %",
        "",
        "How long did you wait to be served?",
        "Answers of about 30 people.",
        "– Less than 15 minutes: >65 %",
        "– 15 to 30 minutes: <35 %",
        "– 30 minutes to 1 hour: <35 %",
        "– More than 1 hour: <35 %",
        "– I left without being served: <35 %",
    ]
    await world.hire("Head", handle="h", branch="")
    assert (await results(world, handle="h"))[5:10] == [
        "– Very happy: 75 %",
        "– Happy: 0 %",
        "– Not happy, not unhappy: 0 %",
        "– Unhappy: 0 %",
        "– Very unhappy: 25 %",
    ]


async def test_another_role_does_not_lift_the_wall_from_the_manager_of_a_branch(sqlite_world: World) -> None:
    world = sqlite_world
    await ended(world, happy=24, unhappy=8)
    await world.hire("Manager", handle="m", branch="BUN")
    await becomes_too(world, "Head", of="Manager", branch="")
    assert (await results(world, handle="m"))[5:7] == ["– Very happy: >65 %", "– Happy: <35 %"]


async def test_few_answers_come_in_coarse_shares_without_all_and_none(sqlite_world: World) -> None:
    world = sqlite_world
    await ended(world, happy=11, unhappy=1)
    await world.hire("Head", handle="h", branch="")
    assert (await results(world, handle="h"))[4:10] == [
        "Answers of about 10 people.",
        "– Very happy: >90 %",
        "– Happy: <10 %",
        "– Not happy, not unhappy: <10 %",
        "– Unhappy: <10 %",
        "– Very unhappy: <10 %",
    ]


async def test_fewer_than_the_minimum_cell_show_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await ended(world, happy=9, unhappy=0)
    await world.hire("Manager", handle="m", branch="BUN")
    head = "26 Nov · Your last visit to the branch, Bungoma"
    assert await results(world, handle="m") == [head, TOO_FEW]


async def test_results_do_not_change_when_a_client_is_forgotten(sqlite_world: World) -> None:
    """Or whoever compares would know what that client had said."""
    world = sqlite_world
    await ended(world, happy=11, unhappy=1)
    await world.hire("Manager", handle="m", branch="BUN")
    before = await results(world, handle="m")
    await say_all(world, ("/forget", "1", "1980"), handle=invited(world)[0])
    await world.wait(DAY + HOUR)
    assert await results(world, handle="m") == before


async def test_other_branches_and_loan_officers_see_no_results(sqlite_world: World) -> None:
    world = sqlite_world
    await ended(world, happy=12, unhappy=0)
    await world.hire("Manager", handle="m", branch="BUS")
    assert await results(world, handle="m") == [NOTHING]
    assert await results(world, handle="o") == ["Your role does not allow this."]


@pytest.mark.parametrize("role", ["Manager", "Head"])
async def test_questions_on_conduct_are_not_for_the_manager_of_the_branch(
    role: str, sqlite_world: World
) -> None:
    world = sqlite_world
    await world.enrol_crowd(40, branch="BUN")
    await world.hire("Head", handle="h", branch="")
    await say_all(world, ("/ask", "4", "2", "1", "1", "1", "A new price list", "1"), handle="h")
    await world.wait(2 * DAY + HOUR)
    for name in invited(world)[:15]:
        await world.tap("Start", handle=name)
        await say_all(world, ("5", "9", "Good.", "1"), handle=name)
        await world.say("stop", handle=name)
    await world.wait(timedelta(days=5))
    if role == "Manager":
        await world.hire("Manager", handle="m", branch="BUN")
    seen = "\n".join(await results(world, handle="m" if role == "Manager" else "h"))
    assert "In the last 3 months, how happy were you with our service?" in seen
    assert ("treat you with respect" in seen) is (role == "Head")


async def test_one_of_several_surveys_is_picked(sqlite_world: World) -> None:
    world = sqlite_world
    await ended(world, happy=12, unhappy=0)
    await world.enrol_crowd(40, branch="BUS")
    await world.hire("Head", handle="h", branch="")
    await say_all(world, ("/ask", "1", "3", "1", "1", "1", "A second counter", "1"), handle="h")
    await world.wait(timedelta(days=8))
    asked = await say_all(world, ("/results",), handle="h")
    assert asked == "Which survey?"
    assert (await say_all(world, ("2",), handle="h")).split("\n")[1] == "Answers of about 10 people."
