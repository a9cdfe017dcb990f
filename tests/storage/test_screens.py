"""What stands in a chat by the rows of the outbox: what was sent, taken out, or is on its way."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from spm_bot.messages import Outbound
from spm_bot.storage import outbox, screens
from spm_bot.storage.outbox import QUEUED, SENT, Outcome
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import outbox as table
from tests.seed import AT, DAY, HOUR, meet, rows_of


def speak(connection: Connection, *messages: Outbound, kind: str = "reply", handle: str = "a") -> int:
    chat = meet(connection, handle)
    outbox.put(connection, chat, messages, kind=kind, at=AT)
    return chat


def deliver(connection: Connection) -> None:
    """Everything that is due arrives; its id in the chat is that of its row."""
    due = outbox.due(connection, now=AT, limit=99)
    outbox.settle(connection, [Outcome(each.id, SENT, message=f"m{each.id}") for each in due], at=AT)


async def test_newest_first_without_edits_papers_and_other_chats(store: Store) -> None:
    def prepare(connection: Connection) -> int:
        chat = speak(connection, Outbound("one", ref="s1.1"), Outbound("two"))
        speak(connection, Outbound("✓", edits="s1.1"), Outbound("", erases="t1"))
        speak(connection, Outbound("digest"), kind="staff")
        speak(connection, Outbound("invited"), kind="invitation")
        speak(connection, Outbound("hello"), handle="b")
        deliver(connection)
        return chat

    chat = await store.write(prepare)
    look = partial(screens.on_screen, address_id=chat, since=AT)
    assert await store.read(look) == ["m6", "m2", "m1"]
    await store.write(partial(screens.taken_out, address_id=chat, messages=["m6", "m1"]))
    assert await store.read(look) == ["m2"]
    assert await store.read(partial(screens.on_screen, address_id=chat, since=AT + HOUR)) == []


async def test_only_replies_are_called_back(store: Store) -> None:
    def prepare(connection: Connection) -> int:
        chat = speak(connection, Outbound("one", ref="s1.1"), Outbound("two"), Outbound("", erases="t1"))
        speak(connection, Outbound("✓", edits="s1.1"))
        outbox.put(connection, chat, [Outbound("next week")], kind="reply", at=AT + DAY)
        tried = replace(Outcome(1, QUEUED), not_before=AT + HOUR, attempts=1)
        outbox.settle(connection, [tried], at=AT)
        return chat

    chat = await store.write(prepare)
    assert await store.write(partial(screens.call_back, address_id=chat, now=AT)) == ["s1.1"]
    states = await store.read(lambda c: rows_of(c, table, "kind", "state"))
    assert states == [
        ("reply", "dropped"),
        ("reply", "dropped"),
        ("edit", "queued"),
        ("edit", "queued"),
        ("reply", "queued"),
    ]
