"""A survey answered in the terminal, through the same dialogue that serves every phone."""

from __future__ import annotations

import sys
from functools import partial

from spm_bot.app import WallClock
from spm_bot.chat.console import NAME, Console
from spm_bot.chat.dialogue import Dialogue
from spm_bot.cli.output import tell
from spm_bot.messages import Address
from spm_bot.storage import people, sessions
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.deliver import Postman
from spm_bot.usecases.practise import practise
from spm_bot.usecases.visit import Desk

PLACE = Address(NAME, "local")


async def play_in_terminal(code: str, *, language: str, store: Store, desk: Desk) -> None:
    """Asks the survey line by line until it ends or the input does. Raises SurveyError."""
    survey = desk.library.survey(code)
    clock = WallClock()
    console = Console(sys.stdout)
    dialogue = Dialogue(store, desk, clock)
    postman = Postman(store, desk, clock, {NAME: console})
    begin = partial(practise, desk=desk, survey=survey, address=PLACE, language=language, now=clock.now())
    await store.write(begin)
    tell("Type a number or a word; also: back, skip, stop. This is practice, nothing counts.")
    await postman.flush()
    while await store.read(_is_open):
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        await dialogue.receive(console.typed(line.rstrip("\n"), at=clock.now()))
        await postman.flush()


def _is_open(connection: Connection) -> bool:
    chat = people.find_chat(connection, PLACE)
    return chat is not None and sessions.active(connection, chat.id) is not None
