"""Invitations that end before anybody answered them: their time is over, or their round takes them back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, String, cast, exists, func, literal, select, update

from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.storage import draws
from spm_bot.storage.outbox import DROPPED, QUEUED
from spm_bot.storage.rounds import INVITATION, Invitation
from spm_bot.storage.sessions import ACTIVE, SUSPENDED
from spm_bot.storage.tables import invitations, outbox, sessions

CHUNK = 500


def overdue(connection: Connection, *, now: datetime, limit: int) -> list[Invitation]:
    """Invitations without an outcome whose time is over, except those in the midst of an answer."""
    begun = exists().where(
        sessions.c.invitation_id == invitations.c.id,
        sessions.c.status.in_([ACTIVE, SUSPENDED]),
    )
    late = INVITATION.where(invitations.c.outcome.is_(None), invitations.c.expires_at <= now, ~begun)
    rows = connection.execute(late.order_by(invitations.c.expires_at, invitations.c.id).limit(limit))
    return [Invitation(*row) for row in rows]


def last_end(connection: Connection, round_id: int) -> datetime | None:
    """When the time of the round's last invitation is over, of those that were not taken back unsent."""
    taken_back = (invitations.c.outcome == Outcome.NOT_ELIGIBLE) & invitations.c.delivered_at.is_(None)
    mine = (invitations.c.round_id == round_id, taken_back.is_not(True))
    found: datetime | None = connection.execute(
        select(func.max(invitations.c.expires_at)).where(*mine)
    ).scalar()
    return found


def withdraw(
    connection: Connection,
    round_id: int,
    *,
    now: datetime,
    strata: Collection[str] | None = None,
    reason: str = "withdrawn",
) -> int:
    """Takes back the invitations of a round, or of strata of it, that have not left; says how many."""
    key = literal("invitation:", String).concat(cast(invitations.c.id, String))
    unsent = (
        select(invitations.c.id, invitations.c.client_id, outbox.c.id.label("message"))
        .join(outbox, outbox.c.dedupe == key)
        .where(
            invitations.c.round_id == round_id,
            invitations.c.outcome.is_(None),
            invitations.c.expires_at > now,
            outbox.c.state == QUEUED,
        )
    )
    if strata is not None:
        unsent = unsent.where(invitations.c.stratum.in_(sorted(strata)))
    rows = connection.execute(unsent).all()
    for first in range(0, len(rows), CHUNK):
        chunk = rows[first : first + CHUNK]
        over = update(invitations).where(invitations.c.id.in_([row.id for row in chunk]))
        connection.execute(over.values(outcome=Outcome.NOT_ELIGIBLE))
        dropped = update(outbox).where(outbox.c.id.in_([row.message for row in chunk]))
        connection.execute(dropped.values(state=DROPPED, body=None))
        gone = [row.client_id for row in chunk if row.client_id is not None]
        draws.give_back(connection, round_id, gone, reason=reason)
    return len(rows)
