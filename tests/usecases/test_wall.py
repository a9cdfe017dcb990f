"""The wall: two worlds that differ in what one client did alone look the same to branch staff, to the letter.

Everybody else does the same in both. The counts stand between two steps, so that one client more or less
moves none of them; what happens at a step is told in `tests/fieldwork/test_wall.py`.

Of buttons the words are compared, not the data: the ids in it grow with every session of anybody, which is
known (docs/decisions/0009).
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from spm_bot.chat.commands import WORDS, Command
from spm_bot.messages import Action, Blocked, Body, Contact, Other, Start, Subject, Tap, Text, Token
from spm_bot.storage import audits
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.vault import Vault
from tests.stage.fieldworkers import ASK, DAY, HOUR, answer, invited, say_all
from tests.stage.phones import Seen
from tests.stage.world import World

SECRET = "BUN-20"
"""The client whose affairs are nobody's business."""
PEOPLE = 43
STAFF = {
    "o": ("Officer", "BUN"),
    "m": ("Manager", "BUN"),
    "other": ("Officer", "BUS"),
    "boss": ("Manager", "BUS"),
}
CARD, CARD_CODE = "card-of-Amina", "AMNA2345"
BETWEEN = 10_000
"""What staff do has the same numbers in both worlds, however much the client did before."""


@dataclass(slots=True)
class Seat:
    """What the phones of staff showed, in order, with the words over buttons and the bytes of files."""

    world: World
    seen: list[str] = field(default_factory=list)

    async def does(self, handle: str, *bodies: Body) -> None:
        for body in bodies:
            toast = await self.world.receive(body, handle=handle)
            self.seen.append(f"{handle} {body if not isinstance(body, Tap) else 'taps'}: {toast}")
            self.seen += [_shown(self.world, each) for each in self.world.phones.take_news()]

    async def says(self, handle: str, *texts: str) -> None:
        for number, text in enumerate(texts):
            await self.does(handle, Text(text, f"{handle}{len(self.seen)}.{number}"))


def _shown(world: World, seen: Seen) -> str:
    look = seen.message
    labels = [button.label for row in look.buttons for button in row]
    name = None if look.attachment is None else look.attachment.name
    file = None if name is None else world.phones.files.get(name)
    return f"{seen.handle} {seen.edit} {seen.gone} {look.text} {labels} {name} {file!r} {look.share}"


Deed = Callable[[World], Awaitable[None]]


async def nothing(world: World) -> None:
    """The invitation lies there."""


async def answers_happily(world: World) -> None:
    await answer(world, [SECRET])


async def answers_unhappily(world: World) -> None:
    await answer(world, [SECRET], ("1", "4", "My officer shouts at me."))


async def breaks_off(world: World) -> None:
    await world.tap("Start", handle=SECRET)
    await say_all(world, ("1", "stop"), handle=SECRET)


async def says_no(world: World) -> None:
    await world.tap("No", handle=SECRET)


async def opts_out(world: World) -> None:
    await world.say("stop", handle=SECRET)


async def complains(world: World) -> None:
    await say_all(world, ("/complaint", "My officer shouts at me."), handle=SECRET)


async def blocks(world: World) -> None:
    await world.receive(Blocked(blocked=True), handle=SECRET)


async def asks_for_the_data(world: World) -> None:
    await say_all(world, ("/mydata", "1", "1", "1980"), handle=SECRET)


async def is_forgotten(world: World) -> None:
    await say_all(world, ("/forget", "1", "1980"), handle=SECRET)


DEEDS: dict[str, Deed] = {
    deed.__name__: deed
    for deed in (
        answers_happily,
        answers_unhappily,
        breaks_off,
        says_no,
        opts_out,
        complains,
        blocks,
        asks_for_the_data,
        is_forgotten,
    )
}
NOT_JOINED, JOINED_LATE, OPTED_OUT_BEFORE = "not_joined", "joined_late", "opted_out_before"


@asynccontextmanager
async def opened(file: Path, template: Path, vault: Vault) -> AsyncIterator[World]:
    shutil.copy(template, file)
    store = await Store.open(f"sqlite+aiosqlite:///{file}", vault=vault, durability="off", lanes=1)
    try:
        yield await World.build(store)
    finally:
        await store.close()


async def lived(world: World, secret: str) -> list[str]:
    """All that branch staff see of a fortnight in which the client keeps this secret."""
    await world.enrol_crowd(PEOPLE, branch="BUN", but={SECRET} if secret in (NOT_JOINED, JOINED_LATE) else ())
    for handle, (name, branch) in STAFF.items():
        await world.hire(name, handle=handle, branch=branch)
    if secret == OPTED_OUT_BEFORE:
        await opts_out(world)
    world.clock.advance(2 * DAY)
    if secret == JOINED_LATE:
        await world.enrol(SECRET, handle=SECRET)
    seat = Seat(world)
    _pad(world, 1)
    await preview(seat)
    await seat.says("o", *ASK)
    await world.wait(2 * DAY + HOUR)
    await answer(world, [name for name in invited(world) if name != SECRET][:22])
    if secret in DEEDS:
        await DEEDS[secret](world)
    _pad(world, 2)
    await commands(seat)
    for day in range(3, 9):
        await world.wait(DAY)
        _pad(world, day)
        for handle in STAFF:
            await seat.says(handle, "/progress", "/results", "/enrol " + SECRET)
    _pad(world, 9)
    await commands(seat)
    await everything_else(seat)
    return [*seat.seen, *await world.store.read(_what_staff_did)]


async def preview(seat: Seat) -> None:
    for handle in STAFF:
        await seat.says(handle, *ASK[:5], "/undo")


async def commands(seat: Seat) -> None:
    """Every command, with the client's number behind it and without."""
    for handle in STAFF:
        for command in Command:
            await seat.says(handle, f"/{command}", f"/{command} {SECRET}")


async def everything_else(seat: Seat) -> None:
    """Words, files, cards, every button, and buttons that only a changed phone can press."""
    forged = [
        Tap(Token(subject, number, 1, action))
        for subject in (Subject.SESSION, Subject.INVITATION, Subject.COMMAND)
        for number in (1, 20, 21, 60, 10**6)
        for action in (Action.START, Action.PICK)
    ]
    for handle in STAFF:
        await seat.says(handle, *(words[0] for words in WORDS["en"].values()))
        await seat.says(handle, "hello", SECRET, CARD_CODE, "/start", f"/answers {SECRET}", "", "x" * 5_000)
        await seat.does(handle, Start(CARD), Start("no-such-card"), Start(SECRET), Start(), Other("sticker"))
        await seat.does(handle, Contact("254711000001", own=False), Contact("254711000001", own=True))
        await seat.does(handle, *(Tap(token) for token in seat.world.phones.tokens(handle)[-40:]))
        await seat.does(handle, Tap(None), *forged)


def _pad(world: World, part: int) -> None:
    world.events = world.messages = BETWEEN * part
    world.phones.take_news()


def _what_staff_did(connection: Connection) -> list[str]:
    lines = audits.lines(connection, limit=1_000)
    return [f"{line.actor} {line.event} {line.detail}" for line in lines if "-BU" in line.actor]


@cache
def _known() -> dict[str, list[str]]:
    return {}


@pytest.mark.parametrize("secret", [*DEEDS, NOT_JOINED, JOINED_LATE, OPTED_OUT_BEFORE])
async def test_branch_staff_see_nothing_of_it(
    secret: str, tmp_path: Path, filled_sqlite: Path, vault: Vault
) -> None:
    if not _known():
        async with opened(tmp_path / "one.db", filled_sqlite, vault) as world:
            _known()["nothing"] = await lived(world, "nothing")
    async with opened(tmp_path / "other.db", filled_sqlite, vault) as world:
        seen = await lived(world, secret)
    expected = _known()["nothing"]
    differing = [(one, other) for one, other in zip(expected, seen, strict=False) if one != other]
    assert differing[:3] == []
    assert len(seen) == len(expected)
