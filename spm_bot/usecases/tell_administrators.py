"""A line to every administrator's chat, each in its own language."""

from __future__ import annotations

from datetime import datetime

from spm_bot.messages import Outbound
from spm_bot.storage import outbox, people, roles
from spm_bot.storage.store import Connection
from spm_bot.texts import voice


def tell_administrators(connection: Connection, words: str, /, *, now: datetime, **values: str) -> None:
    """Queues `words`, marked as a `sentence` where they stand, for everybody who holds the role.

    Values that are themselves sentences are said in the reader's language too.
    """
    held = roles.roles_in_force(connection)
    chats = people.chats_of_staff(connection, {role.staff for role in held if role.role == "administrator"})
    for chat in chats.values():
        say = voice(chat.language).say
        told = say(words, **{name: say(value) for name, value in values.items()})
        outbox.put(connection, chat.id, [Outbound(told)], kind="staff", at=now)
