"""What officers and the clients they ask do, for tests of what staff see of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from spm_bot.storage import roles
from tests.stage.world import STAFF, World

REASON = "Waiting times since the new counter opened"
ASK = ("/ask", "1", "1", "1", "1", REASON, "1")
"""A loan officer's request for all products of their branch, in the usual size."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VISIT = ("5", "1", "More chairs.")
"""A happy client's answers to branch_visit."""


async def staffed(world: World, *, count: int, branch: str = "BUN") -> None:
    """Clients who joined two days ago, and their loan officer at `o`."""
    await world.enrol_crowd(count, branch=branch)
    world.clock.advance(2 * DAY)
    await world.hire("Officer", handle="o", branch=branch)


async def say_all(world: World, words: Iterable[str], *, handle: str = "o") -> str:
    """What the last message says after these words."""
    for text in words:
        await world.say(text, handle=handle)
    return world.phones.texts(handle)[-1]


def invited(world: World, *, branch: str = "BUN") -> list[str]:
    """The phones of a crowd that show an invitation, in the order of their numbers."""
    names = [handle for handle in list(world.phones.chats) if handle.startswith(f"{branch}-")]
    found = [
        name for name in names if any("Your answers go only" in text for text in world.phones.texts(name))
    ]
    return sorted(found, key=lambda name: int(name.rsplit("-", 1)[1]))


async def answer(world: World, names: Sequence[str], words: Sequence[str] = VISIT) -> None:
    """These clients answer the whole survey."""
    for name in names:
        await world.tap("Start", handle=name)
        await say_all(world, words, handle=name)


async def becomes_too(world: World, name: str, *, of: str, branch: str) -> None:
    """Whoever holds the role named `of` holds that of `name` as well."""
    held = await world.store.read(roles.roles_in_force)
    [staff] = [each.staff for each in held if each.role == STAFF[of]]
    at = world.clock.now()
    await world.store.write(lambda c: roles.grant(c, staff, role=STAFF[name], branch=branch, at=at))
