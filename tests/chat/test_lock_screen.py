"""What a bystander reads on a locked phone, in every golden conversation and in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from spm_bot.messages import Outbound
from spm_bot.storage import people
from spm_bot.storage.envelope import decode
from spm_bot.storage.outbox import BODY
from spm_bot.storage.store import Connection, vault_of
from spm_bot.storage.tables import outbox
from spm_bot.surveys.discretion import telling
from tests.seed import HOUR
from tests.stage.player import Player
from tests.stage.world import World

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "transcripts").glob("*.txt"))
LANGUAGES = ("en", "fr", "es", "sw", "hi", "ar")
OURS = frozenset({"invitation", "reminder", "wished"})
ON_A_LOCKED_PHONE = 100
"""Letters that a notification shows of a message, at most."""


def written(connection: Connection) -> Iterator[tuple[str, str, Outbound]]:
    """Kind, language of the chat and message of everything that was ever queued for clients."""
    vault = vault_of(connection)
    for row in connection.execute(select(outbox).where(outbox.c.body.is_not(None)).order_by(outbox.c.id)):
        chat = people.chat(connection, row.address_id)
        if chat.staff is None:
            yield row.kind, chat.language, decode(vault.decrypt(row.body, associated=BODY))


async def revealed(world: World) -> list[tuple[str, str, tuple[str, ...]]]:
    """What tells too much: anything we started with a telling word in it, and any other new message that
    begins with one, questions of an open survey apart.
    """
    found = []
    for kind, language, message in await world.store.read(lambda c: list(written(c))):
        if kind == "edit" or (kind not in OURS and _asks(message)):
            continue
        shown = message.text if kind in OURS else message.text.split("\n")[0][:ON_A_LOCKED_PHONE]
        if words := telling(shown, language):
            found.append((kind, shown, words))
    return found


def _asks(message: Outbound) -> bool:
    """Whether it is a question, which a person who reads it is in the midst of answering."""
    return message.ref is not None and message.ref.startswith("s")


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
async def test_conversation_tells_nothing(path: Path, sqlite_world: World) -> None:
    await Player(sqlite_world).play(script(path))
    assert await revealed(sqlite_world) == []


def script(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("begun", [False, True], ids=["silent", "broken off"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_we_start_tells_nothing_in_any_language(
    sqlite_world: World, language: str, begun: bool
) -> None:
    """Every survey: the invitation, the reminder, and another one that was asked for."""
    world = sqlite_world
    surveys = {"client_satisfaction": "Amina", "debt_stress": "Beatrice", "client_exit": "David"}
    surveys |= {"client_outcomes": "Chantal"}
    for survey, name in surveys.items():
        await world.enrol(name, handle=name, language=language)
        await world.invite(name, survey)
        if begun:
            await world.tap(reply(world, name, 0), handle=name)
            await world.say("1", handle=name)
    await world.wait(28 * HOUR)
    for name in surveys.values():
        await world.tap(reply(world, name, 1), handle=name)
        await world.say("1", handle=name)
    await world.wait(HOUR)
    kinds = [kind for kind, _, _ in await world.store.read(lambda c: list(written(c)))]
    assert {kind: kinds.count(kind) for kind in OURS} == dict.fromkeys(OURS, 4)
    assert await revealed(world) == []


def reply(world: World, handle: str, place: int) -> str:
    """The label of Start, Later or No on the newest message."""
    return world.phones.chats[handle][-1].look.buttons[0][place].label


def test_a_telling_message_would_be_found() -> None:
    assert telling("Your debt survey", "en") == ("debt",)
