"""Random conversations with the whole bot on a real database, with restarts between them.

Taps may be stale, events come twice, the bot dies and comes back: no answer is lost or doubled.
`SPM_WALKS=2000 pytest tests/chat/test_dialogue_walk.py` walks further.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from spm_bot.messages import Address, Body, Edited, Start, Tap, Text
from spm_bot.storage import people, sessions
from spm_bot.storage.sessions import Opened
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import sessions as session_rows
from spm_bot.storage.vault import Vault
from spm_bot.surveys.plan import relevant_questions
from spm_bot.surveys.session import State
from spm_bot.texts import voice
from spm_bot.usecases.invite import allowed_from
from tests.stage.phones import NAME
from tests.stage.world import World, crowd

WALKS = max(int(os.environ.get("SPM_WALKS", "300")) // 8, 40)
SURVEYS = ["debt_stress", "client_satisfaction", "client_outcomes", "branch_visit"]
SORRY = {
    voice(language).say("Sorry, something went wrong on our side. Please send that again.")
    for language in ("en", "fr")
}
TEXTS = [
    *("1", "2", "3", "9", "yes", "no", "very hard", "vry hard", "1 3", "never", "skip", "back", "done"),
    *("stop charging me twice", "/language", "/consent", "/help", "hello", "", "\u202e2", "x" * 4500),
]
MOVES = [*["tap"] * 8, *["text"] * 5, "stale", "stale", "edit", "again", "restart", "wait", "start", "stop"]
LONGEST = 20


@dataclass(slots=True, repr=False)
class Town:
    """One world for all walks; each walk takes the next client, with a phone of their own."""

    runner: asyncio.Runner
    world: World
    url: str
    vault: Vault
    walks: int = 0

    def restart(self) -> None:
        self.runner.run(self._restart())

    async def _restart(self) -> None:
        await self.world.store.close()
        self.world.reopened(await Store.open(self.url, vault=self.vault, durability="off", lanes=1))

    def next_client(self, survey: str) -> str:
        self.walks += 1
        name = f"KIS-{self.walks}"
        self.world.clock.instant = allowed_from(self.world.desk, "KIS", self.world.clock.now())
        self.runner.run(self.world.enrol(name, handle=name))
        self.runner.run(self.world.invite(name, survey))
        return name

    def does(self, name: str, body: Body) -> None:
        self.runner.run(self.world.receive(body, handle=name))
        assert SORRY.isdisjoint(self.world.phones.texts(name))

    def kept(self, name: str) -> list[Opened]:
        return self.runner.run(self.world.store.read(partial(_sessions, handle=name)))


def _sessions(connection: Connection, *, handle: str) -> list[Opened]:
    chat = people.find_chat(connection, Address(NAME, handle))
    assert chat is not None
    ids = (
        connection.execute(select(session_rows.c.id).where(session_rows.c.address_id == chat.id))
        .scalars()
        .all()
    )
    return [opened for number in ids if (opened := sessions.get(connection, number)) is not None]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, filled_sqlite: Path) -> Iterator[Town]:
    file = tmp_path_factory.mktemp("town") / "town.db"
    shutil.copy(filled_sqlite, file)
    url, vault = f"sqlite+aiosqlite:///{file}", Vault((bytes(range(32)),))
    with asyncio.Runner() as runner:
        store = runner.run(Store.open(url, vault=vault, durability="off", lanes=1))
        world = runner.run(World.build(store))
        runner.run(world.register(crowd(WALKS, branch="KIS")))
        yield Town(runner, world, url, vault)
        runner.run(world.store.close())


@pytest.mark.parametrize("seed", range(WALKS))
def test_walk_through_the_whole_bot_keeps_every_answer(town: Town, seed: int) -> None:
    dice = Random(seed)
    name = town.next_client(dice.choice(SURVEYS))
    town.does(name, Tap(town.world.phones.button(name, "Start")))
    before = town.kept(name)
    for kind in dice.choices(MOVES, k=LONGEST):
        _move(town, name, kind, dice)
        after = town.kept(name)
        _compare(town, before, after, quiet=kind in {"again", "restart"})
        before = after


def _move(town: Town, name: str, kind: str, dice: Random) -> None:
    world = town.world
    match kind:
        case "tap":
            live = [
                b.token for bubble in world.phones.chats[name] for row in bubble.look.buttons for b in row
            ]
            town.does(name, Tap(dice.choice(live)) if live else Text("hello"))
        case "stale":
            town.does(name, Tap(dice.choice(world.phones.tokens(name))))
        case "text":
            world.messages += 1
            town.does(name, Text(dice.choice(TEXTS), f"t{world.messages}"))
        case "edit":
            message = world.messages - dice.randrange(4)
            town.does(name, Edited(dice.choice(TEXTS), f"t{message}"))
        case "again":
            town.runner.run(world.again())
        case "restart":
            town.restart()
        case "wait":
            town.runner.run(world.wait(timedelta(hours=dice.choice([1, 25, 80]))))
        case "start":
            town.does(name, Start())
        case "stop":
            town.does(name, Text("STOP"))


def _compare(town: Town, before: list[Opened], after: list[Opened], *, quiet: bool) -> None:
    """One event answers one question of one session at most, and takes back only what no longer fits."""
    known = {opened.id: opened.session.answers for opened in before}
    fresh = [
        (opened.id, name)
        for opened in after
        for name, answer in opened.session.answers.items()
        if known.get(opened.id, {}).get(name) != answer
    ]
    assert len(fresh) <= (0 if quiet else 1), fresh
    assert [opened.id for opened in before] == [opened.id for opened in after[: len(before)]]
    for opened in after:
        survey = town.world.desk.library.survey(opened.session.survey)
        relevant = {question.name for question in relevant_questions(survey, opened.session)}
        lost = set(known.get(opened.id, {})) - set(opened.session.answers)
        assert not lost & relevant, lost
    assert sum(opened.status == "active" for opened in after) <= 1
    assert all(
        (opened.session.current is None) == (opened.session.state in {State.FINISHED, State.STOPPED})
        for opened in after
    )
