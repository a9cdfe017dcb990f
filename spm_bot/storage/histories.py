"""What was started with each client, which the rules of contact count, and how the rounds of it stand.

An invitation counts from the moment at which it reached a chat, and as long as it waits from the one for
which it is planned. One that ended without reaching anybody was never said, and does not count.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, or_, select

from spm_bot.fieldwork.contact_rules import Asked, History
from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.storage.tables import invitations, rounds

_NEVER_SAID = (Outcome.EXPIRED, Outcome.UNREACHABLE, Outcome.NOT_ELIGIBLE)
_LEFT = func.coalesce(invitations.c.delivered_at, invitations.c.invited_at)
_ASKED = (
    select(
        invitations.c.client_id,
        invitations.c.survey,
        _LEFT.label("left_at"),
        invitations.c.reminded_at,
        invitations.c.id,
        invitations.c.delivered_at.is_not(None).label("arrived"),
    )
    .where(
        invitations.c.client_id.in_(bindparam("ids", expanding=True)),
        invitations.c.invited_at >= bindparam("since"),
        or_(
            invitations.c.delivered_at.is_not(None),
            invitations.c.outcome.is_(None),
            invitations.c.outcome.not_in(_NEVER_SAID),
        ),
    )
    .order_by(_LEFT, invitations.c.id)
)
_PLANNED = (
    select(
        invitations.c.client_id,
        invitations.c.survey,
        invitations.c.invited_at,
        case((invitations.c.reminded_at < bindparam("at"), invitations.c.reminded_at)).label("reminded_at"),
    )
    .where(
        invitations.c.client_id.in_(bindparam("ids", expanding=True)),
        invitations.c.invited_at >= bindparam("since"),
        invitations.c.invited_at < bindparam("at"),
        # Whether a message arrived depends on the client until its time is over.
        or_(
            invitations.c.delivered_at.is_not(None),
            invitations.c.expires_at >= bindparam("at"),
            invitations.c.outcome.not_in(_NEVER_SAID),
        ),
    )
    .order_by(invitations.c.invited_at, invitations.c.id)
)
_STATES = select(invitations.c.id, rounds.c.state).join(rounds, rounds.c.id == invitations.c.round_id)


def of_clients(connection: Connection, ids: Collection[int], *, since: datetime) -> dict[int, History]:
    """What each client was invited to since then, oldest first; nothing for those who were not."""
    found: dict[int, list[Asked]] = {}
    for client, *asked in connection.execute(_ASKED, {"ids": list(ids), "since": since}):
        found.setdefault(client, []).append(Asked(*asked))
    return {client: History(tuple(asked)) for client, asked in found.items()}


def as_known(
    connection: Connection, ids: Collection[int], *, since: datetime, at: datetime
) -> dict[int, History]:
    """What each client was invited to since then, as it stood at an instant: nothing that a client did
    after it counts, nor whether what waited then arrived.
    """
    found: dict[int, list[Asked]] = {}
    for client, *asked in connection.execute(_PLANNED, {"ids": list(ids), "since": since, "at": at}):
        found.setdefault(client, []).append(Asked(*asked))
    return {client: History(tuple(asked)) for client, asked in found.items()}


def states_of_rounds(connection: Connection, invitation_ids: Collection[int]) -> dict[int, str]:
    """How the round of each of these invitations stands: open, paused, stopped, …"""
    rows = connection.execute(_STATES.where(invitations.c.id.in_(list(invitation_ids))))
    return {row.id: row.state for row in rows}
