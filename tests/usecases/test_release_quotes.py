"""`/quotes`: which comments are offered, and what becomes of them in digests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, insert

from spm_bot.analytics.themes import Quote, ThemeRow, Themes
from spm_bot.storage import audits, roles
from spm_bot.storage.tables import responses, survey_versions
from spm_bot.surveys.library import dump
from spm_bot.times import Week
from spm_bot.usecases.gather_themes import gather_themes
from tests.seed import row
from tests.stage.fieldworkers import say_all
from tests.stage.world import World

NOTHING = "No comment waits to be looked at."
GONE = "That comment is no longer there, or decided already."
WEEK = Week(2026, 48)


async def leaves(world: World, text: str) -> None:
    """David answers client_exit with these words at its end."""
    await world.enrol("David", handle="d")
    await world.invite("David", "client_exit")
    button = world.phones.chats["d"][-1].look.buttons[0][0].label
    await world.tap(button, handle="d")
    await say_all(world, ("6", "3", "1", text), handle="d")


async def look(world: World, *words: str) -> list[str]:
    await world.hire("Head", handle="h", branch="")
    await say_all(world, ("/quotes", *words), handle="h")
    return world.phones.texts("h")


async def gathered(world: World, week: Week = WEEK) -> Themes:
    work = partial(gather_themes, week=week, institution=world.desk.institution)
    return await world.store.read(work)


@pytest.mark.parametrize(
    "text",
    [
        "The officer asked for a bribe, fees are high",
        "The fees are high and I am afraid",
        "Nothing that a list knows",
    ],
)
async def test_staff_harm_and_the_unknown_are_never_offered(sqlite_world: World, text: str) -> None:
    await leaves(sqlite_world, text)
    assert await look(sqlite_world) == [NOTHING]


async def test_released_words_stand_in_thirteen_digests_without_a_small_branch(sqlite_world: World) -> None:
    world = sqlite_world
    await leaves(world, "<b>Fees</b> are =1+1 high, says David Kiprop 0711 000 004 \u202e")
    [shown] = await look(world)
    assert shown == "A comment on: prices and fees\n“<b>Fees</b> are =1+1 high, says […]”"
    await world.tap("Release", handle="h")
    assert world.phones.texts("h")[1:] == [
        "Released. It stands in the digests of the next 13 weeks.",
        NOTHING,
    ]
    quote = Quote("<b>Fees</b> are =1+1 high, says […]", "price", None)
    assert await gathered(world) == Themes(None, None, (), (quote,))
    assert (await gathered(world, WEEK.minus(-12))).quotes == (quote,)
    assert (await gathered(world, WEEK.minus(-13))).quotes == ()
    assert (await gathered(world, WEEK.minus(1))).quotes == ()
    [audit] = await world.store.read(partial(audits.lines, limit=5, event="quote_released"))
    assert audit.detail == {"comment": 1, "theme": "price", "changed": False}


async def test_dropped_is_never_offered_again(sqlite_world: World) -> None:
    world = sqlite_world
    await leaves(world, "The fees are high")
    await look(world)
    await world.tap("Drop", handle="h")
    assert world.phones.texts("h")[1:] == ["Dropped. Nobody else reads it.", NOTHING]
    assert (await gathered(world)).quotes == ()


async def test_button_below_other_words_releases_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await leaves(world, "The fees are high, says Chebet")
    await look(world)
    await world.register([row("C9", name="Chebet Rono", branch="BUN")])
    await world.tap("Release", handle="h")
    assert world.phones.texts("h")[1:] == [
        GONE,
        "A comment on: prices and fees\n“The fees are high, says […]”",
    ]
    assert (await gathered(world)).quotes == ()


async def test_change_that_is_not_confirmed_releases_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await leaves(world, "The fees are high")
    await look(world)
    await world.tap("Change", handle="h")
    last = await say_all(world, ("Fees are high, ask @me", "2"), handle="h")
    assert last.startswith("A comment on: prices and fees")
    assert world.phones.texts("h")[-2] == "Nothing was released."
    assert (await gathered(world)).quotes == ()


async def test_change_that_was_decided_meanwhile_releases_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await leaves(world, "The fees are high")
    await look(world)
    await world.tap("Change", handle="h")
    await world.tap("Drop", handle="h")
    last = await say_all(world, ("High fees",), handle="h")
    assert last == NOTHING
    assert GONE in world.phones.texts("h")


async def test_quote_of_a_client_who_is_forgotten_goes(sqlite_world: World) -> None:
    world = sqlite_world
    await leaves(world, "The fees are high")
    await look(world)
    await world.tap("Release", handle="h")
    await say_all(world, ("/forget", "1", "1970"), handle="d")
    assert len((await gathered(world)).quotes) == 1
    await world.wait(timedelta(days=2))
    assert (await gathered(world)).quotes == ()


@pytest.mark.parametrize(("name", "branch"), [("Officer", "BUN"), ("Manager", ""), ("Administrator", "")])
async def test_others_are_refused(sqlite_world: World, name: str, branch: str) -> None:
    await sqlite_world.hire(name, handle="m", branch=branch)
    assert await say_all(sqlite_world, ("/quotes",), handle="m") == "Your role does not allow this."


async def test_themes_move_on_in_the_first_digest_of_a_month(sqlite_world: World) -> None:
    world = sqlite_world
    institution = world.desk.institution.model_copy(update={"minimum_cell": 1})
    await leaves(world, "The fees are high, thanks")
    later = partial(gather_themes, week=Week(2026, 49), institution=institution)
    rows = (ThemeRow("price", 1, 1), ThemeRow("thanks", 1, 1))
    assert await world.store.read(partial(gather_themes, week=WEEK, institution=institution)) != Themes(
        1, 0.0, rows
    )
    assert await world.store.read(later) == Themes(1, 0.0, rows)


async def test_quote_tells_its_branch_once_thirty_answered_there(sqlite_world: World) -> None:
    world = sqlite_world
    await leaves(world, "The fees are high")
    await look(world)
    await world.tap("Release", handle="h")
    await world.store.write(partial(answered, count=28))
    assert [each.branch for each in (await gathered(world)).quotes] == [None]
    await world.store.write(partial(answered, count=1))
    assert [each.branch for each in (await gathered(world)).quotes] == ["BUN"]


async def test_private_question_and_conduct_question_give_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await leaves(world, "The fees are high")
    survey = world.desk.library.survey("client_exit")
    for asked_of_staff, themes in ((False, 0), (True, 1)):
        questions = tuple(
            replace(each, private=not asked_of_staff, conduct=asked_of_staff) if each.name == "ex4" else each
            for each in survey.questions
        )
        other = dump(replace(survey, questions=questions))
        await world.store.write(partial(rewrite, body=other))
        assert await look_again(world) == NOTHING
        few = world.desk.institution.model_copy(update={"minimum_cell": 1})
        found = await world.store.read(partial(gather_themes, week=Week(2026, 49), institution=few))
        assert len(found.rows) == themes


def rewrite(connection: Connection, *, body: str) -> None:
    """The version that was asked says `body` now."""
    exits = survey_versions.c.code == "client_exit"
    connection.execute(survey_versions.update().where(exits).values(body=body))


async def look_again(world: World) -> str:
    if "h" not in world.phones.chats:
        await world.hire("Head", handle="h", branch="")
    return await say_all(world, ("/quotes",), handle="h")


def answered(connection: Connection, *, count: int) -> None:
    """So many more people of Bungoma answered in this week."""
    at = datetime(2026, 11, 24, tzinfo=UTC)
    fixed = {"survey": "client_exit", "origin": "standing", "partial": False, "late": False}
    where = {"language": "en", "channel": "test", "branch": "BUN", "week": str(WEEK), "scored": "{}"}
    row = {**fixed, **where, "started_at": at, "ended_at": at}
    connection.execute(insert(responses), [row] * count)


async def test_comment_of_which_no_word_is_left_is_not_offered(sqlite_world: World) -> None:
    await leaves(sqlite_world, "price.com")
    assert await look(sqlite_world) == [NOTHING]


async def test_role_that_is_taken_away_releases_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await leaves(world, "The fees are high")
    await look(world)
    await world.tap("Change", handle="h")
    await say_all(world, ("High fees",), handle="h")
    [held] = await world.store.read(roles.roles_in_force)
    await world.store.write(partial(roles.revoke, role_id=held.id, at=world.clock.now()))
    assert await say_all(world, ("1",), handle="h") == "Your role does not allow this."
    await world.tap("Release", handle="h")
    assert world.phones.texts("h")[-1] == "Your role does not allow this."
    assert (await gathered(world)).quotes == ()
