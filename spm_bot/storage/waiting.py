"""Clients whose joining waits for a call by a person, and what tells that it should."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from spm_bot.storage.tables import clients, links, waiting


@dataclass(frozen=True, slots=True)
class Waiting:
    """A client who will join in the chat `address` once somebody has called; `code` is the register's."""

    id: int
    client: int
    code: str
    address: int
    reason: str
    at: datetime


_WAITING = select(
    waiting.c.id,
    waiting.c.client_id,
    clients.c.code,
    waiting.c.address_id,
    waiting.c.reason,
    waiting.c.at,
).join(clients, clients.c.id == waiting.c.client_id)


def wait(connection: Connection, client: int, *, address: int, reason: str, at: datetime) -> None:
    """A client waits from now on; one who waited already waits in this chat instead."""
    row = {"address_id": address, "reason": reason, "at": at}
    again = connection.execute(update(waiting).where(waiting.c.client_id == client).values(row))
    if again.rowcount == 0:
        connection.execute(insert(waiting), {"client_id": client, **row})


def everybody(connection: Connection) -> list[Waiting]:
    """Who waits, the longest first."""
    return [Waiting(*row) for row in connection.execute(_WAITING.order_by(waiting.c.at, waiting.c.id))]


def get(connection: Connection, waiting_id: int) -> Waiting | None:
    row = connection.execute(_WAITING.where(waiting.c.id == waiting_id)).first()
    return None if row is None else Waiting(*row)


def of_client(connection: Connection, client: int) -> Waiting | None:
    row = connection.execute(_WAITING.where(waiting.c.client_id == client)).first()
    return None if row is None else Waiting(*row)


def drop(connection: Connection, waiting_id: int) -> bool:
    """Takes a client off the list; False when somebody was quicker."""
    return connection.execute(delete(waiting).where(waiting.c.id == waiting_id)).rowcount == 1


def forget_client(connection: Connection, client: int) -> None:
    """A client waits no more, if they did: they have joined in another way."""
    connection.execute(delete(waiting).where(waiting.c.client_id == client))


def handed_out_lately(connection: Connection, maker: str, *, since: datetime) -> int:
    """How many clients have used a card since then that this member of staff (a subject) made."""
    cards = select(func.count(links.c.client_id.distinct()))
    return connection.execute(
        cards.where(links.c.made_by == maker, links.c.client_id.is_not(None), links.c.used_at >= since)
    ).scalar_one()


def redeemed_lately(connection: Connection, officer: str, *, since: datetime) -> int:
    """How many clients of this officer have used a card since then."""
    cards = (
        select(func.count(links.c.client_id.distinct()))
        .join(clients, clients.c.id == links.c.client_id)
        .where(clients.c.officer == officer, links.c.used_at >= since)
    )
    return connection.execute(cards).scalar_one()
