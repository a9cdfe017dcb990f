"""A line to every administrator's chat, each in its own language."""

from __future__ import annotations

from datetime import datetime

from spm_bot.messages import Outbound
from spm_bot.storage import outbox, people, roles
from spm_bot.storage.store import Connection
from spm_bot.texts import voice


def tell_administrators(
    connection: Connection, words: str, /, *, now: datetime, but: str = "", **values: str
) -> None:
    """Queues `words`, marked as a `sentence` where they stand, for everybody who holds the role `but` for
    one, named by their subject.

    Values that are themselves sentences are said in the reader's language too.
    """
    held = roles.roles_in_force(connection)
    told_to = {role.staff for role in held if role.role == "administrator"}
    told_to -= {roles.staff_of_subject(connection, but)}
    for chat in people.chats_of_staff(connection, told_to).values():
        say = voice(chat.language).say
        told = say(words, **{name: say(value) for name, value in values.items()})
        outbox.put(connection, chat.id, [Outbound(told)], kind="staff", at=now)
