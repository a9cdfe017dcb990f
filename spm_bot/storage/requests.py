"""What clients asked for about their own data: to read it, or to be forgotten.

An open request without `due_at` waits for a person; one with it happens by itself at that time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from spm_bot.storage.tables import clients, files, renderings, requests

DATA, FORGET = "data", "forget"
OPEN, DONE, UNDONE = "open", "done", "undone"

_DRAWN = (renderings.c.picture, renderings.c.line, renderings.c.pages, renderings.c.workbook)


@dataclass(frozen=True, slots=True)
class Request:
    """`code` is the client's in the register; `opened_by` a member of staff by subject id, '' the client."""

    id: int
    client: int
    code: str
    kind: str
    opened_by: str
    asked_at: datetime
    due_at: datetime | None
    state: str


_REQUEST = (
    select(
        requests.c.id,
        requests.c.client_id,
        clients.c.code,
        requests.c.kind,
        requests.c.opened_by,
        requests.c.asked_at,
        requests.c.due_at,
        requests.c.state,
    )
    .join(clients, clients.c.id == requests.c.client_id)
    .order_by(requests.c.id)
)


def ask(
    connection: Connection,
    client: int,
    *,
    kind: str,
    address: int | None,
    at: datetime,
    due_at: datetime | None = None,
    opened_by: str = "",
) -> int:
    """Opens a request, or takes up the one that is open already; returns its id. A file that was sent is
    not sent again by the same request.
    """
    known = open_one(connection, client, kind=kind)
    if known is not None and (known.due_at is None or kind == FORGET):
        again = update(requests).where(requests.c.id == known.id)
        connection.execute(again.values(due_at=due_at or known.due_at))
        return known.id
    row = {
        "client_id": client,
        "address_id": address,
        "kind": kind,
        "opened_by": opened_by,
        "asked_at": at,
        "due_at": due_at,
        "state": OPEN,
    }
    identity: int = connection.execute(insert(requests).returning(requests.c.id), row).scalar_one()
    return identity


def open_one(connection: Connection, client: int, *, kind: str) -> Request | None:
    """The open request of a client, if there is one; rather one that waits for a person."""
    mine = _REQUEST.where(requests.c.client_id == client, requests.c.kind == kind, requests.c.state == OPEN)
    found = [Request(*row) for row in connection.execute(mine)]
    return min(found, key=lambda each: each.due_at is not None, default=None)


def all_open(connection: Connection) -> list[Request]:
    """Every open request, the oldest first."""
    return [Request(*row) for row in connection.execute(_REQUEST.where(requests.c.state == OPEN))]


def of_client(connection: Connection, client: int) -> list[Request]:
    """Everything a client ever asked for, the oldest first."""
    return [Request(*row) for row in connection.execute(_REQUEST.where(requests.c.client_id == client))]


def due(connection: Connection, *, kind: str, now: datetime) -> list[Request]:
    """Open requests whose time has come."""
    ripe = (requests.c.kind == kind, requests.c.state == OPEN, requests.c.due_at <= now)
    return [Request(*row) for row in connection.execute(_REQUEST.where(*ripe))]


def settle(connection: Connection, request: int, *, state: str) -> None:
    """The request is over: done or undone."""
    connection.execute(update(requests).where(requests.c.id == request).values(state=state))


def attach(connection: Connection, request: int, *, file: str) -> None:
    """The stored file that answers the request."""
    connection.execute(update(requests).where(requests.c.id == request).values(file=file))


def drop_file(connection: Connection, request: int) -> None:
    """The file of a request is kept no longer; one that stands elsewhere too stays there."""
    name = connection.execute(select(requests.c.file).where(requests.c.id == request)).scalar()
    connection.execute(update(requests).where(requests.c.id == request).values(file=None))
    elsewhere = (
        select(requests.c.file)
        .where(requests.c.file == name)
        .union(*(select(column).where(column == name) for column in _DRAWN))
    )
    if name is not None and connection.execute(elsewhere).first() is None:
        connection.execute(delete(files).where(files.c.id == name))
