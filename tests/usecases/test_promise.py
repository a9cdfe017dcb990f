"""`/wedid`: what managers tell clients, and which client reads it when."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from spm_bot.storage import audits, promises, roles
from tests.stage.fieldworkers import ASK, DAY, HOUR, answer, invited, say_all, staffed
from tests.stage.world import World

LINE = "We open one hour earlier on Mondays"
SKIPS = ("/skip",) * 5
DONE = "Thank you. Clients read it at the end of a survey, for the next 13 weeks."
EXIT = ("6", "3", "1", "Fewer forms, please")
HEARD = f"You said, we did: {LINE}"


async def current(world: World) -> tuple[str, ...]:
    return await world.store.read(partial(promises.current, now=world.clock.now(), languages=("en",)))


async def write(world: World, *words: str, branch: str = "BUN", name: str = "Manager") -> str:
    await world.hire(name, handle="m", branch=branch)
    return await say_all(world, ("/wedid", *words), handle="m")


async def exits(world: World, *, language: str = "en") -> list[str]:
    """What David of Bungoma reads at the end of a standing survey."""
    await world.enrol("David", handle="d", language=language)
    await world.invite("David", "client_exit")
    button = world.phones.chats["d"][-1].look.buttons[0][0].label
    await world.tap(button, handle="d")
    await say_all(world, EXIT, handle="d")
    return world.phones.texts("d")


async def test_client_of_the_branch_reads_it_after_the_thanks(sqlite_world: World) -> None:
    world = sqlite_world
    assert await write(world, LINE, *SKIPS, "1") == DONE
    *_, thanks, last = await exits(world)
    assert (thanks.startswith("That was the last question. Thank you!"), last) == (True, HEARD)
    [audit] = await world.store.read(partial(audits.lines, limit=5, event="promise_written"))
    assert audit.detail == {"branch": "BUN", "languages": "en"}


async def test_client_of_another_language_reads_nothing(sqlite_world: World) -> None:
    await write(sqlite_world, LINE, *SKIPS, "1")
    assert not any(LINE in text for text in await exits(sqlite_world, language="fr"))


async def test_client_reads_nothing_once_it_is_over(sqlite_world: World) -> None:
    await write(sqlite_world, LINE, *SKIPS, "1")
    sqlite_world.clock.advance(timedelta(weeks=13))
    assert HEARD not in await exits(sqlite_world)
    assert await current(sqlite_world) == ()


async def test_line_of_head_office_is_for_one_branch_or_all(sqlite_world: World) -> None:
    world = sqlite_world
    assert await write(world, "3", "For Busia", *SKIPS, "1", branch="", name="Head") == DONE
    assert await say_all(world, ("/wedid", "1", LINE, *SKIPS, "1"), handle="m") == DONE
    assert HEARD in await exits(world)
    assert await current(world) == ("For Busia", LINE)


async def test_ad_hoc_survey_ends_without_it(sqlite_world: World) -> None:
    world = sqlite_world
    await write(world, LINE, *SKIPS, "1")
    await staffed(world, count=40)
    await say_all(world, ASK)
    await world.wait(2 * DAY + HOUR)
    [name] = invited(world)[:1]
    await answer(world, [name])
    assert not any(LINE in text for text in world.phones.texts(name))


@pytest.mark.parametrize(
    "words",
    [
        "x" * 161,
        "Call 0722 000 001",
        "Call (0722)-000-001 now",
        "اتصلوا ٠٧٢٢٠٠٠٠٠١",
        "https://example.org/a",
        "see www.example",
        "see example.com",
        "write to us@example.org",
    ],
)
async def test_long_lines_links_and_numbers_are_refused(sqlite_world: World, words: str) -> None:
    last = await write(sqlite_world, words)
    assert last.startswith("Please write 160 characters at most, without a link")


async def test_year_and_hours_are_no_number_to_call(sqlite_world: World) -> None:
    assert "Français" in await write(sqlite_world, "Since 2026 open 8:00 to 18:30, from 24/11. Thank you")


async def test_nothing_is_kept_when_all_is_skipped_or_refused(sqlite_world: World) -> None:
    world = sqlite_world
    assert await write(world, "/skip", *SKIPS) == "Nothing was written down."
    assert await say_all(world, ("/wedid", LINE, *SKIPS, "2"), handle="m") == "Nothing was written down."
    assert await current(world) == ()


@pytest.mark.parametrize("name", ["Officer", "Administrator"])
async def test_others_are_refused(sqlite_world: World, name: str) -> None:
    assert await write(sqlite_world, name=name) == "Your role does not allow this."


async def test_role_that_is_taken_away_in_the_middle_keeps_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await write(world, LINE, *SKIPS)
    [held] = await world.store.read(roles.roles_in_force)
    await world.store.write(partial(roles.revoke, role_id=held.id, at=world.clock.now()))
    assert await say_all(world, ("1",), handle="m") == "Your role does not allow this."
    assert await current(world) == ()
