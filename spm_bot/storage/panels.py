"""The standing panel: every active client who joined, as numbers alone, for there may be millions."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from spm_bot.fieldwork.register import ACTIVE
from spm_bot.storage.retries import NEVER_ARRIVED
from spm_bot.storage.tables import clients, holders, invitations

NEVER = -1


@dataclass(frozen=True, slots=True)
class Panel:
    """The members by id, and beside each the newest wave in which they were asked, or `NEVER`."""

    clients: array[int]
    asked: array[int]


def panel(connection: Connection, round_id: int, *, since: int) -> Panel:
    """The members, and when the round last asked them, of the waves from `since` on; what reached nobody does
    not count.
    """
    theirs = (
        (invitations.c.round_id == round_id)
        & (invitations.c.client_id == clients.c.id)
        & (invitations.c.wave >= since)
        & ~NEVER_ARRIVED
    )
    query = (
        select(clients.c.id, func.coalesce(func.max(invitations.c.wave), NEVER))
        .join(holders, holders.c.client_id == clients.c.id)
        .outerjoin(invitations, theirs)
        .where(clients.c.status == ACTIVE)
        .group_by(clients.c.id)
    )
    found = Panel(array("q"), array("q"))
    for client, wave in connection.execute(query):
        found.clients.append(client)
        found.asked.append(wave)
    return found
