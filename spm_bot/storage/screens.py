"""What stands in a chat: the messages that reached it, and those that are about to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from spm_bot.storage.outbox import DROPPED, QUEUED, SENT
from spm_bot.storage.tables import outbox


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that reached a chat: the channel's id of it, and the name we gave it, if any."""

    message: str
    ref: str | None


def on_screen(connection: Connection, address_id: int, *, since: datetime) -> list[Shown]:
    """What was sent to an address since then and may still stand there, the newest first."""
    sent = (
        outbox.c.address_id == address_id,
        outbox.c.state == SENT,
        outbox.c.edits.is_(None),
        outbox.c.kind != "edit",
        outbox.c.message.is_not(None),
        outbox.c.sent_at >= since,
    )
    query = select(outbox.c.message, outbox.c.ref).where(*sent).order_by(outbox.c.id.desc())
    return [Shown(row.message, row.ref) for row in connection.execute(query)]


def call_back(connection: Connection, address_id: int, *, now: datetime) -> None:
    """Replies that are about to be sent to an address are not sent any more."""
    waiting = (
        outbox.c.address_id == address_id,
        outbox.c.state == QUEUED,
        outbox.c.kind == "reply",
        outbox.c.not_before <= now,
    )
    connection.execute(update(outbox).where(*waiting).values(state=DROPPED, body=None))
