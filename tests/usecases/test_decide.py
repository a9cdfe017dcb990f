"""`/decide`: what is stored of a decision, and who may make one."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from spm_bot.analytics.commitments import Decision, Lever
from spm_bot.messages import Tap
from spm_bot.storage import audits, decisions, digests, roles
from spm_bot.texts import voice
from spm_bot.usecases.decide import decide_button
from spm_bot.usecases.draft_decision import day_typed
from tests.stage.digests import keep_digests
from tests.stage.fieldworkers import say_all
from tests.stage.world import World

WEEK = "2026-W47"
TEXT = "No second loan beside a running one"
REFUSED = "Your role does not allow this."
BRANCH_LINE = ("/decide", "1", "3", TEXT, "Jane", "2", "1", "30", "1 % fewer loans", "Fewer debts", "1")
WHOLE_LINE = ("/decide", "1", "2", "11", "The complaint box is new", "Jane", "1", "15", "None", "2")


async def told(world: World, words: tuple[str, ...], *, name: str, branch: str) -> str:
    await keep_digests(world.store, week=WEEK)
    await world.hire(name, handle="m", branch=branch)
    return await say_all(world, words, handle="m")


async def log(world: World) -> list[Decision]:
    return await world.store.read(partial(decisions.lines, zone=world.desk.institution.time_zone))


async def test_line_of_a_branch_manager(sqlite_world: World) -> None:
    world = sqlite_world
    last = await told(world, (*BRANCH_LINE, "1"), name="Manager", branch="BUN")
    assert last.startswith("Thank you. This is decision 1. On 23 Mar 2027 we look")
    assert await log(world) == [
        Decision(
            week=WEEK,
            branch="BUN",
            indicator="DST5",
            value=0.40,
            low=0.32,
            high=0.49,
            lever=Lever.CREDIT_POLICY,
            decision=TEXT,
            reason="",
            owner="Jane",
            due_on=date(2026, 12, 22),
            expected=0.30,
            check_on=date(2027, 3, 23),
            money="1 % fewer loans",
            effect="Fewer debts",
            harms=False,
            approver="",
            number=1,
            made_on=date(2026, 11, 24),
            reviewed_on=date(2026, 11, 24),
        )
    ]


async def test_audit_holds_no_words(sqlite_world: World) -> None:
    await told(sqlite_world, (*BRANCH_LINE, "1"), name="Manager", branch="BUN")
    look = partial(audits.lines, limit=1, event="decision_made")
    [line] = await sqlite_world.store.read(look)
    assert line.detail == {
        "decision": 1,
        "week": WEEK,
        "branch": "BUN",
        "indicator": "DST5",
        "lever": "credit policy",
    }


async def test_no_action_of_head_office_on_a_figure_told_from_its_other_side(sqlite_world: World) -> None:
    await told(sqlite_world, (*WHOLE_LINE, "1"), name="Head", branch="")
    [line] = await log(sqlite_world)
    assert (line.branch, line.indicator, line.lever) == ("", "SAT5", Lever.NO_ACTION)
    assert (line.value, line.expected) == (0.78, 0.85)
    assert (line.decision, line.reason) == ("", "The complaint box is new")
    assert line.due_on == line.check_on == date(2027, 2, 23)


async def test_figure_that_is_hidden_can_be_decided_on_without_a_value(sqlite_world: World) -> None:
    words = ("/decide", "3", "1", "11", "Too few answers there", "Jane", "2", "/skip", "None", "2", "1")
    await told(sqlite_world, words, name="Head", branch="")
    [line] = await log(sqlite_world)
    assert (line.branch, line.value, line.low, line.high, line.expected) == ("BUS", None, None, None, None)


async def test_harm_needs_the_name_of_who_approved_it(sqlite_world: World) -> None:
    words = (*BRANCH_LINE[:-1], "3")
    assert "Who has approved it?" in await told(sqlite_world, words, name="Manager", branch="BUN")
    assert await say_all(sqlite_world, ("/skip",), handle="m") == "I need an answer here to go on."
    await say_all(sqlite_world, ("The board", "1"), handle="m")
    [line] = await log(sqlite_world)
    assert (line.harms, line.approver) == (True, "The board")


async def test_nothing_is_kept_without_a_yes(sqlite_world: World) -> None:
    assert await told(sqlite_world, (*BRANCH_LINE, "2"), name="Manager", branch="BUN") == (
        "Nothing was written down."
    )
    assert await log(sqlite_world) == []


@pytest.mark.parametrize(
    "typed", ["yesterday", "2026-11-24", "24/11/2026", "2026-13-01", "2029-01-01", "31/12"]
)
async def test_day_that_is_none_or_over_or_too_far_is_refused(sqlite_world: World, typed: str) -> None:
    words = (*BRANCH_LINE[:5], "5", typed)
    last = await told(sqlite_world, words, name="Manager", branch="BUN")
    assert last.startswith("Please write a day after today and within two years")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("31/12/2026", date(2026, 12, 31)),
        ("1/2/2027", date(2027, 2, 1)),
        ("٣١/٠١/٢٠٢٧", date(2027, 1, 31)),
        ("31/02/2028", date(2028, 2, 29)),
    ],
)
def test_day_typed(typed: str, day: date) -> None:
    assert day_typed(typed) == day


@pytest.mark.parametrize("typed", ["101", "1000", "-5", "many"])
async def test_number_out_of_range_is_refused(sqlite_world: World, typed: str) -> None:
    await told(sqlite_world, (*BRANCH_LINE[:7], typed), name="Manager", branch="BUN")
    assert await log(sqlite_world) == []
    last = await say_all(sqlite_world, ("30",), handle="m")
    assert "What does it cost" in last


async def test_draft_survives_an_interruption(sqlite_world: World) -> None:
    world = sqlite_world
    await told(world, BRANCH_LINE[:5], name="Manager", branch="BUN")
    world.clock.advance(timedelta(hours=5))
    await say_all(world, ("/whoami", *BRANCH_LINE[5:], "1"), handle="m")
    assert [line.decision for line in await log(world)] == [TEXT]


async def test_button_below_a_digest_opens_the_form_on_its_week(sqlite_world: World) -> None:
    world = sqlite_world
    await keep_digests(world.store, week="2026-W40")
    await keep_digests(world.store, week=WEEK)
    await world.hire("Manager", handle="m", branch="BUN")
    button = decide_button("2026-W40", voice("en"))
    assert button.label == "I will act"
    await world.receive(Tap(button.token), handle="m")
    await say_all(world, (*BRANCH_LINE[1:], "1"), handle="m")
    assert [line.week for line in await log(world)] == ["2026-W40"]


@pytest.mark.parametrize("name", ["Officer", "Administrator"])
async def test_others_are_refused(sqlite_world: World, name: str) -> None:
    assert await told(sqlite_world, ("/decide",), name=name, branch="BUN") == REFUSED
    await sqlite_world.receive(Tap(decide_button(WEEK, voice("en")).token), handle="m")
    assert sqlite_world.phones.texts("m")[-1] == REFUSED


async def test_client_is_told_that_it_is_for_staff(sqlite_world: World) -> None:
    await sqlite_world.enrol("Amina", handle="a")
    assert await say_all(sqlite_world, ("/decide",), handle="a") == "This command is for staff."


async def test_role_that_is_taken_away_in_the_middle_ends_it(sqlite_world: World) -> None:
    world = sqlite_world
    await told(world, BRANCH_LINE[:-1], name="Manager", branch="BUN")
    [held] = await world.store.read(roles.roles_in_force)
    await world.store.write(partial(roles.revoke, role_id=held.id, at=world.clock.now()))
    assert await say_all(world, ("1",), handle="m") == REFUSED
    assert await log(world) == []


async def test_role_that_is_taken_away_before_the_yes_keeps_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await told(world, BRANCH_LINE, name="Manager", branch="BUN")
    [held] = await world.store.read(roles.roles_in_force)
    await world.store.write(partial(roles.revoke, role_id=held.id, at=world.clock.now()))
    assert await say_all(world, ("1",), handle="m") == REFUSED
    assert await log(world) == []


async def test_role_that_is_taken_away_after_the_branch_was_chosen(sqlite_world: World) -> None:
    world = sqlite_world
    await told(world, ("/decide",), name="Head", branch="")
    [held] = await world.store.read(roles.roles_in_force)
    await world.store.write(partial(roles.revoke, role_id=held.id, at=world.clock.now()))
    assert "too few answers to show" in await shown_after(world, "2")
    assert await log(world) == []


async def shown_after(world: World, text: str) -> str:
    await world.say(text, handle="m")
    look = world.phones.chats["m"][-1].look
    return " ".join(button.label for row in look.buttons for button in row)


async def test_without_a_digest_there_is_nothing_to_decide_on(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Manager", handle="m", branch="BUN")
    assert await say_all(world, ("/decide",), handle="m") == "There is no digest yet."
    assert await say_all(world, ("/decide 2026-W47",), handle="m") == "There is no digest for that week."
    await world.store.write(partial(digests.keep, week=WEEK, scope="BUN", body='{"layout": 1}'))
    assert await say_all(world, ("/decide",), handle="m") == "There is no digest yet."
