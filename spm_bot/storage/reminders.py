"""Invitations on which nothing happens: which deserve their one reminder, and what was written of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, null, select, union_all, update

from spm_bot.storage.outbox import DROPPED, QUEUED
from spm_bot.storage.sessions import ACTIVE, SUSPENDED
from spm_bot.storage.tables import invitations, outbox, sessions

KIND = "reminder"
WISHED = "wished"
"""A reminder that the client asked for, at a moment of their own choice."""

_OPEN = (invitations.c.outcome.is_(None), invitations.c.reminded_at.is_(None))


@dataclass(frozen=True, slots=True)
class Silence:
    """An invitation on which nothing happens since then, and the survey begun with it, if any."""

    invitation: int
    since: datetime
    session: int | None


def unreminded(
    connection: Connection, *, earlier: datetime, later: datetime, after: int = 0, limit: int
) -> list[Silence]:
    """Invitations that deserve their one reminder: silent since a moment between `earlier` and `later`,
    not answered at all or broken off; those with ids beyond `after`, in order.
    """
    unanswered = select(
        invitations.c.id, invitations.c.delivered_at.label("since"), null().label("session_id")
    ).where(
        *_OPEN,
        invitations.c.id > after,
        invitations.c.delivered_at > earlier,
        invitations.c.delivered_at <= later,
        ~exists().where(sessions.c.invitation_id == invitations.c.id),
    )
    broken_off = (
        select(invitations.c.id, sessions.c.touched_at.label("since"), sessions.c.id.label("session_id"))
        .join(sessions, sessions.c.invitation_id == invitations.c.id)
        .where(
            *_OPEN,
            invitations.c.id > after,
            sessions.c.status.in_([ACTIVE, SUSPENDED]),
            sessions.c.touched_at > earlier,
            sessions.c.touched_at <= later,
        )
    )
    rows = union_all(unanswered, broken_off).order_by("id").limit(limit)
    return [Silence(*row) for row in connection.execute(rows)]


def set_reminded(connection: Connection, invitation_id: int, *, at: datetime) -> None:
    """The first reminder counts as a message that we started; what a client asks for later is a reply."""
    first = (invitations.c.id == invitation_id, invitations.c.reminded_at.is_(None))
    connection.execute(update(invitations).where(*first).values(reminded_at=at))


def set_arrived(connection: Connection, invitation_ids: Collection[int], *, at: datetime) -> None:
    """The reminders of these invitations, planned for an hour before, reached a chat now."""
    if invitation_ids:
        mine = invitations.c.id.in_(list(invitation_ids))
        connection.execute(update(invitations).where(mine).values(reminded_at=at))


def begun(connection: Connection, invitation_ids: Collection[int]) -> set[int]:
    """Those of these invitations whose survey is open or waits."""
    open_ = select(sessions.c.invitation_id).where(
        sessions.c.invitation_id.in_(list(invitation_ids)), sessions.c.status.in_([ACTIVE, SUSPENDED])
    )
    return {each for each in connection.execute(open_).scalars() if each is not None}


def under_way(connection: Connection, invitation_ids: Collection[int], *, since: datetime) -> set[int]:
    """Those of these invitations whose survey is being answered: open, and gone on with since then."""
    answering = select(sessions.c.invitation_id).where(
        sessions.c.invitation_id.in_(list(invitation_ids)),
        sessions.c.status == ACTIVE,
        sessions.c.touched_at > since,
    )
    return {each for each in connection.execute(answering).scalars() if each is not None}


def call_off(connection: Connection, invitation_id: int) -> None:
    """A reminder that still waits for its hour is not sent: another moment was chosen."""
    waiting = (
        outbox.c.invitation_id == invitation_id,
        outbox.c.kind.in_([KIND, WISHED]),
        outbox.c.state == QUEUED,
    )
    connection.execute(update(outbox).where(*waiting).values(state=DROPPED, body=None))


def written(connection: Connection, invitation: int) -> int:
    """How many reminders of an invitation were written, whatever became of them."""
    mine = (outbox.c.invitation_id == invitation, outbox.c.kind.in_([KIND, WISHED]))
    return connection.execute(select(func.count()).select_from(outbox).where(*mine)).scalar_one()
