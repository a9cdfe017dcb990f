"""The standing panel: every active client who joined, as ids alone, for there may be millions."""

from __future__ import annotations

from array import array

from sqlalchemy import Connection, exists, select

from spm_bot.fieldwork.register import ACTIVE
from spm_bot.storage.tables import clients, holders, invitations


def not_asked(connection: Connection, round_id: int, *, wave: int) -> array[int]:
    """Those whom the round has not invited in this wave, by id."""
    asked = exists().where(
        invitations.c.round_id == round_id,
        invitations.c.client_id == clients.c.id,
        invitations.c.wave == wave,
    )
    joined = select(clients.c.id).join(holders, holders.c.client_id == clients.c.id)
    return array("q", connection.execute(joined.where(clients.c.status == ACTIVE, ~asked)).scalars())
