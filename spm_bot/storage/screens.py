"""What stands in a chat: the messages that reached it, and those that are about to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from spm_bot.storage.outbox import DROPPED, QUEUED, SENT
from spm_bot.storage.tables import outbox

_STAYS = ("edit", "staff")
"""Kinds that are no message of their own, or a paper of the staff's that nothing brings again."""


def on_screen(connection: Connection, address_id: int, *, since: datetime) -> list[str]:
    """The channel's ids of what was sent to an address since then and still stands there, newest first."""
    standing = (
        outbox.c.address_id == address_id,
        outbox.c.state == SENT,
        outbox.c.kind.not_in(_STAYS),
        outbox.c.message.is_not(None),
        outbox.c.sent_at >= since,
    )
    query = select(outbox.c.message).where(*standing).order_by(outbox.c.id.desc())
    return [message for message in connection.execute(query).scalars() if message is not None]


def taken_out(connection: Connection, address_id: int, messages: Collection[str]) -> None:
    """These messages stand in the chat no more: they are neither edited nor taken out again."""
    if messages:
        gone = (outbox.c.address_id == address_id, outbox.c.message.in_(list(messages)))
        connection.execute(update(outbox).where(*gone).values(message=None))


def call_back(connection: Connection, address_id: int, *, now: datetime) -> list[str]:
    """Replies that are about to be sent to an address are not sent any more. Returns the names of those
    that have one: a message on its way at this moment arrives all the same.
    """
    waiting = (
        outbox.c.address_id == address_id,
        outbox.c.state == QUEUED,
        outbox.c.kind == "reply",
        or_(outbox.c.not_before <= now, outbox.c.attempts > 0),
    )
    named = select(outbox.c.ref).where(*waiting, outbox.c.ref.is_not(None)).order_by(outbox.c.id)
    refs = [ref for ref in connection.execute(named).scalars() if ref is not None]
    connection.execute(update(outbox).where(*waiting).values(state=DROPPED, body=None))
    return refs
