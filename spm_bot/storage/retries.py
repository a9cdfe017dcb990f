"""Invitations that never reached anybody: they use up nobody's turn, and are tried again in the same row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, and_, case, func, select, update

from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.storage.outbox import DROPPED, QUEUED
from spm_bot.storage.tables import invitations, outbox

# Without an outcome `in_` is null, and so would be its negation: the row must count as one that still may.
NEVER_ARRIVED = and_(
    invitations.c.delivered_at.is_(None),
    func.coalesce(invitations.c.outcome, "").in_(
        [Outcome.EXPIRED, Outcome.UNREACHABLE, Outcome.NOT_ELIGIBLE]
    ),
)


def written(
    connection: Connection, round_id: int, client_ids: Collection[int], *, wave: int
) -> dict[int, int | None]:
    """The clients whom the round has a row for in this wave; with its id if it may be used again."""
    again = case((NEVER_ARRIVED, invitations.c.id)).label("again")
    mine = (invitations.c.round_id == round_id, invitations.c.wave == wave)
    query = select(invitations.c.client_id, again).where(*mine, invitations.c.client_id.in_(list(client_ids)))
    return {row.client_id: row.again for row in connection.execute(query)}


def take_up_again(connection: Connection, invitation_id: int, circumstances: Mapping[str, Any]) -> None:
    """Opens an invitation anew, and lets go of the message that did not leave: another one follows."""
    old = outbox.c.invitation_id == invitation_id
    connection.execute(update(outbox).where(old).values(dedupe=None, ref=None))
    unsent = (old, outbox.c.state == QUEUED)
    connection.execute(update(outbox).where(*unsent).values(state=DROPPED, body=None))
    fresh = {**circumstances, "outcome": None, "ended_at": None, "reminded_at": None}
    connection.execute(update(invitations).where(invitations.c.id == invitation_id).values(fresh))
