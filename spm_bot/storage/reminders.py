"""Invitations on which nothing happens: which deserve their one reminder, and what was written of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, null, select, union_all, update

from spm_bot.storage.sessions import ACTIVE, SUSPENDED
from spm_bot.storage.tables import invitations, outbox, sessions

KIND = "reminder"
_OPEN = (invitations.c.outcome.is_(None), invitations.c.reminded_at.is_(None))


@dataclass(frozen=True, slots=True)
class Silence:
    """An invitation on which nothing happens since then, and the survey begun with it, if any."""

    invitation: int
    since: datetime
    session: int | None


def unreminded(connection: Connection, *, earlier: datetime, later: datetime, limit: int) -> list[Silence]:
    """Invitations that deserve their one reminder: silent since a moment between `earlier` and `later`,
    not answered at all or broken off; the ids in order.
    """
    unanswered = select(
        invitations.c.id, invitations.c.delivered_at.label("since"), null().label("session_id")
    ).where(
        *_OPEN,
        invitations.c.delivered_at > earlier,
        invitations.c.delivered_at <= later,
        ~exists().where(sessions.c.invitation_id == invitations.c.id),
    )
    broken_off = (
        select(invitations.c.id, sessions.c.touched_at.label("since"), sessions.c.id.label("session_id"))
        .join(sessions, sessions.c.invitation_id == invitations.c.id)
        .where(
            *_OPEN,
            sessions.c.status.in_([ACTIVE, SUSPENDED]),
            sessions.c.touched_at > earlier,
            sessions.c.touched_at <= later,
        )
    )
    rows = union_all(unanswered, broken_off).order_by("id").limit(limit)
    return [Silence(*row) for row in connection.execute(rows)]


def set_reminded(connection: Connection, invitation_id: int, *, at: datetime) -> None:
    connection.execute(update(invitations).where(invitations.c.id == invitation_id).values(reminded_at=at))


def written(connection: Connection, invitation: int) -> int:
    """How many reminders of an invitation were written, whatever became of them."""
    mine = (outbox.c.invitation_id == invitation, outbox.c.kind == KIND)
    return connection.execute(select(func.count()).select_from(outbox).where(*mine)).scalar_one()
