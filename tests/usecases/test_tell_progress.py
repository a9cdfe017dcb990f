from __future__ import annotations

import pytest

from tests.stage.fieldworkers import ASK, DAY, HOUR, answer, becomes_too, invited, say_all, staffed
from tests.stage.world import World

HEAD = "26 Nov · Your last visit to the branch, Bungoma"
TOO_EARLY = "Too few were asked by the day before yesterday to say more."


async def progress(world: World, *, handle: str = "o") -> list[str]:
    return (await say_all(world, ("/progress",), handle=handle)).split("\n")


async def test_answers_show_a_day_late_in_steps_and_never_as_all(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=60)
    await say_all(world, ASK)
    assert await progress(world) == [HEAD, "Goes out soon.", "/undo takes it back."]
    await world.wait(2 * DAY + HOUR)
    # All have been written to, but for branch staff it is still the evening of the first day.
    assert await progress(world) == [HEAD, "Going out.", TOO_EARLY]
    names = invited(world)
    await answer(world, names[:23])
    assert await progress(world) == [HEAD, "Going out.", TOO_EARLY]
    await world.wait(DAY)
    few = "Answered by the day before yesterday: fewer than 10."
    assert (await progress(world))[-1] == few
    await answer(world, names[23:])
    await world.wait(DAY)
    sent = "Asked so far: about 60."
    assert await progress(world) == [
        HEAD,
        "Going out.",
        sent,
        "Answered by the day before yesterday: at least 20.",
    ]
    await world.wait(4 * DAY)
    assert await progress(world) == [
        HEAD,
        "Ended. Results go to managers.",
        sent,
        "Answered by the day before yesterday: at least 50.",
    ]


async def test_erasing_a_client_does_not_show(sqlite_world: World) -> None:
    """Their answers go, but that they were asked and answered still counts."""
    world = sqlite_world
    await staffed(world, count=40)
    await say_all(world, ASK)
    await world.wait(2 * DAY)
    names = invited(world)
    await answer(world, names[:10])
    await world.wait(3 * DAY)
    before = await progress(world)
    assert before[-1] == "Answered by the day before yesterday: at least 10."
    await say_all(world, ("/forget", "1", "1980"), handle=names[0])
    await world.wait(DAY + HOUR)
    assert await progress(world) == before


async def test_answer_of_a_client_who_is_forgotten_shows_no_earlier_than_any_other(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await staffed(world, count=60)
    await say_all(world, ASK)
    await world.wait(2 * DAY - HOUR)
    names = invited(world)
    await answer(world, names[:14])
    await world.wait(DAY)
    await answer(world, names[20:21])
    await say_all(world, ("/forget", "1", "1980"), handle=names[20])
    await world.wait(DAY + HOUR)
    assert (await progress(world))[-1] == "Answered by the day before yesterday: at least 10."
    await world.wait(DAY)
    assert (await progress(world))[-1] == "Answered by the day before yesterday: at least 15."


async def test_manager_who_lends_as_well_sees_only_their_own_requests(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=40)
    await say_all(world, ASK)
    await world.hire("Head", handle="h", branch="")
    await becomes_too(world, "Officer", of="Head", branch="BUS")
    assert await progress(world, handle="h") == [
        "There is no request of the last 13 weeks. To begin one: /ask"
    ]


async def test_officer_of_another_branch_sees_nothing_and_the_spm_manager_everything(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    await staffed(world, count=40)
    await say_all(world, ASK)
    await world.hire("Officer", handle="other", branch="BUS")
    await world.hire("Head", handle="h", branch="")
    nothing = "There is no request of the last 13 weeks. To begin one: /ask"
    assert await progress(world, handle="other") == [nothing]
    assert await progress(world, handle="h") == [HEAD, "Goes out soon."]


@pytest.mark.parametrize(
    ("name", "told"),
    [("Manager", "Your role does not allow this."), ("Administrator", "Your role does not allow this.")],
)
async def test_progress_is_for_those_who_ask(name: str, told: str, sqlite_world: World) -> None:
    await sqlite_world.hire(name, handle="m", branch="BUN")
    assert await progress(sqlite_world, handle="m") == [told]
