"""Clients who are forgotten: first everything about them goes, then, once they were told, their chat.

The message that tells them has a dedupe key by which the second step is found, so nothing else has to
remember it. Each step is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, false, or_, select, update

from spm_bot.storage.cuts import cut_responses, drop_sessions
from spm_bot.storage.envelope import decode
from spm_bot.storage.outbox import BODY, QUEUED
from spm_bot.storage.requests import drop_file
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import (
    addresses,
    clients,
    draws,
    holders,
    invitations,
    links,
    loans,
    outbox,
    people,
    requests,
    sessions,
    tries,
    waiting,
)
from spm_bot.storage.vault import Undecipherable

_TOLD = "forgotten:"


def told_by(subject: str) -> str:
    """The dedupe key of the message which says that this subject is forgotten. Numbers of rows that are
    gone may be given again; a subject never is.
    """
    return f"{_TOLD}{subject}"


def erase(
    connection: Connection, client: int, *, code: str, minimum_cell: int, openings: tuple[str, ...] = ()
) -> set[int]:
    """Everything about a client goes, but for the chats, which it returns. `openings` are the beginnings
    by which words in a shared chat are known to be said to them alone.
    """
    chats = _chats(connection, client)
    _silence(connection, client, chats, openings=openings)
    _silence_staff(connection, code)
    cut_responses(connection, client, minimum_cell=minimum_cell)
    drop_sessions(connection, _sessions(connection, client, chats))
    for kept in (invitations, draws):
        connection.execute(update(kept).where(kept.c.client_id == client).values(client_id=None))
    connection.execute(delete(tries).where(tries.c.key == f"client:{client}"))
    for request in connection.execute(select(requests.c.id).where(requests.c.client_id == client)).scalars():
        drop_file(connection, request)
    for table in (requests, waiting, links, loans, holders, people):
        connection.execute(delete(table).where(table.c.client_id == client))
    connection.execute(delete(clients).where(clients.c.id == client))
    return chats


def told(connection: Connection, *, now: datetime) -> list[int]:
    """Chats whose client was forgotten and where nothing is on its way any more, or whose word about it
    has had its time.
    """
    rows = select(outbox.c.address_id, outbox.c.expires_at).where(outbox.c.dedupe.like(f"{_TOLD}%"))
    found = connection.execute(rows.order_by(outbox.c.id)).all()
    under_way = select(outbox.c.address_id).where(
        outbox.c.address_id.in_([row.address_id for row in found]), outbox.c.state == QUEUED
    )
    busy = set(connection.execute(under_way).scalars())
    done = [row.address_id for row in found if row.address_id not in busy or row.expires_at <= now]
    return list(dict.fromkeys(done))


def let_go(connection: Connection, chat: int) -> None:
    """A chat that leads to nobody any more goes with its messages; of a shared one go the words."""
    settled = (outbox.c.address_id == chat, outbox.c.state != QUEUED)
    if _leads_somewhere(connection, chat):
        its_word = (outbox.c.address_id == chat, outbox.c.dedupe.like(f"{_TOLD}%"))
        connection.execute(delete(outbox).where(*its_word))
        connection.execute(update(outbox).where(*settled).values(body=None))
        return
    theirs = select(sessions.c.id).where(sessions.c.address_id == chat)
    drop_sessions(connection, list(connection.execute(theirs).scalars()))
    connection.execute(delete(outbox).where(outbox.c.address_id == chat))
    connection.execute(delete(tries).where(tries.c.key.in_([f"chat:{chat}", f"contact:{chat}"])))
    connection.execute(update(links).where(links.c.address_id == chat).values(address_id=None))
    connection.execute(delete(addresses).where(addresses.c.id == chat))


def _chats(connection: Connection, client: int) -> set[int]:
    """Every chat in which this client ever was, as far as a row still says so."""
    asked = select(invitations.c.id).where(invitations.c.client_id == client)
    found = set(
        connection.execute(
            select(outbox.c.address_id).where(outbox.c.invitation_id.in_(asked)).distinct()
        ).scalars()
    )
    for table in (holders, sessions, waiting, requests):
        theirs = select(table.c.address_id).where(table.c.client_id == client)
        found.update(chat for chat in connection.execute(theirs).scalars() if chat is not None)
    return found


def _sessions(connection: Connection, client: int, chats: Collection[int]) -> list[int]:
    """Their surveys and forms, and the forms of nobody in particular in their chats: one may hold a name."""
    nobodys = sessions.c.form & sessions.c.client_id.is_(None) & sessions.c.staff_id.is_(None)
    theirs = or_(sessions.c.client_id == client, nobodys & sessions.c.address_id.in_(list(chats)))
    return list(connection.execute(select(sessions.c.id).where(theirs)).scalars())


def _silence(
    connection: Connection, client: int, chats: Collection[int], *, openings: tuple[str, ...]
) -> None:
    """Nothing that was sent to these chats can be read any more, and nothing of the client's goes out."""
    theirs = outbox.c.invitation_id.in_(select(invitations.c.id).where(invitations.c.client_id == client))
    connection.execute(delete(outbox).where(theirs, outbox.c.state == QUEUED))
    for chat in chats:
        mine = outbox.c.address_id == chat
        if _others_hold(connection, chat, client):
            _withhold(connection, chat, openings)
            ids = _sessions(connection, client, [chat])
            named = [column.like(f"s{each}.%") for each in ids for column in (outbox.c.ref, outbox.c.edits)]
            mine = mine & (or_(*named) if named else false())
        connection.execute(delete(outbox).where(mine, outbox.c.state == QUEUED))
    connection.execute(update(outbox).where(theirs).values(invitation_id=None, dedupe=None))
    settled = (outbox.c.address_id.in_(list(chats)), outbox.c.state != QUEUED)
    connection.execute(update(outbox).where(*settled).values(body=None))


def _withhold(connection: Connection, chat: int, openings: tuple[str, ...]) -> None:
    """What waits to be said to one of a shared chat is not said."""
    _drop_said(
        connection,
        outbox.c.address_id == chat,
        outbox.c.state == QUEUED,
        said=lambda text: text.startswith(openings),
    )


def _silence_staff(connection: Connection, code: str) -> None:
    """What staff were told about this client by their code is told no more."""
    _drop_said(connection, outbox.c.kind == "staff", said=lambda text: code in text)


def _drop_said(connection: Connection, *where: ColumnElement[bool], said: Callable[[str], bool]) -> None:
    kept = select(outbox.c.id, outbox.c.body).where(*where, outbox.c.body.is_not(None))
    for row in connection.execute(kept).all():
        with suppress(Undecipherable):
            if said(decode(vault_of(connection).decrypt(row.body, associated=BODY)).text):
                connection.execute(delete(outbox).where(outbox.c.id == row.id))


def _others_hold(connection: Connection, chat: int, client: int) -> bool:
    mine = holders.c.client_id.is_(None) | (holders.c.client_id != client)
    held = select(holders.c.id).where(holders.c.address_id == chat, mine)
    return connection.execute(held.limit(1)).first() is not None


def _leads_somewhere(connection: Connection, chat: int) -> bool:
    """Whether somebody holds this chat, waits in it, or has left something there."""

    def of_somebody(table: Table) -> bool:
        rows = select(table.c.id).where(table.c.address_id == chat)
        if table is sessions:
            rows = rows.where(sessions.c.client_id.is_not(None) | sessions.c.staff_id.is_not(None))
        return connection.execute(rows.limit(1)).first() is not None

    return any(of_somebody(table) for table in (holders, waiting, requests, sessions))
