"""Everything that is held about one client, as it is told to them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, false, or_, select

from spm_bot.storage import sessions as conversations
from spm_bot.storage.envelope import decode
from spm_bot.storage.outbox import BODY
from spm_bot.storage.people import NAME
from spm_bot.storage.sessions import Opened
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import (
    audits,
    clients,
    consents,
    holders,
    invitations,
    links,
    outbox,
    people,
    responses,
    sessions,
)
from spm_bot.storage.vault import Undecipherable


@dataclass(frozen=True, slots=True)
class Word:
    """A yes or no in the ledger of consent."""

    at: datetime
    purpose: str
    given: bool
    text_version: str
    language: str
    channel: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation and how it ended."""

    at: datetime
    survey: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """A joining link, by its dates alone."""

    made: datetime
    expires: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose words we still keep."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the audit log."""

    at: datetime
    event: str
    reason: str


def full_name(connection: Connection, client: int) -> str:
    sealed = connection.execute(select(people.c.name).where(people.c.client_id == client)).scalar()
    return "" if sealed is None else vault_of(connection).decrypt(sealed, associated=NAME)


def hour_of(connection: Connection, client: int) -> int | None:
    return connection.execute(select(clients.c.hour).where(clients.c.id == client)).scalar()


def answered_before(connection: Connection, client: int, instant: datetime) -> bool:
    """Whether a survey of this client began before then."""
    mine = (sessions.c.client_id == client, sessions.c.form.is_(False), sessions.c.started_at < instant)
    return connection.execute(select(sessions.c.id).where(*mine).limit(1)).first() is not None


def holder_since(connection: Connection, client: int) -> datetime | None:
    """Since when the chat of today is this client's."""
    return connection.execute(select(holders.c.since).where(holders.c.client_id == client)).scalar()


def words_of(connection: Connection, subject: str) -> list[Word]:
    columns = (consents.c[name] for name in Word.__dataclass_fields__)
    query = select(*columns).where(consents.c.subject == subject).order_by(consents.c.id)
    return [Word(*row) for row in connection.execute(query)]


def invitations_of(connection: Connection, client: int) -> list[Asked]:
    query = select(invitations.c.invited_at, invitations.c.survey, invitations.c.outcome)
    mine = query.where(invitations.c.client_id == client).order_by(invitations.c.id)
    return [Asked(*row) for row in connection.execute(mine)]


def surveys_of(connection: Connection, client: int) -> list[Opened]:
    """Every survey of a client with its answers, the oldest first."""
    mine = select(sessions.c.id).where(sessions.c.client_id == client, sessions.c.form.is_(False))
    ids = connection.execute(mine.order_by(sessions.c.id)).scalars().all()
    found = (conversations.get(connection, each) for each in ids)
    return [opened for opened in found if opened is not None]


def scored_of(connection: Connection, client: int) -> dict[int, Mapping[str, object]]:
    """What was worked out from answers, by session."""
    mine = select(responses.c.session_id, responses.c.scored).where(responses.c.client_id == client)
    return {row.session_id: json.loads(row.scored) for row in connection.execute(mine)}


def cards_of(connection: Connection, client: int) -> list[Card]:
    query = select(links.c.created_at, links.c.expires_at, links.c.used_at)
    mine = query.where(links.c.client_id == client).order_by(links.c.id)
    return [Card(*row) for row in connection.execute(mine)]


def messages_of(connection: Connection, client: int, *, chat: int) -> list[Message]:
    """The messages to a chat whose words are still kept and which are surely about this client: another
    may have shared the chat.
    """
    refs = [f"s{id_}." for id_ in _ids(connection, sessions, client)]
    refs += [f"i{id_}." for id_ in _ids(connection, invitations, client)]
    mine = [column.like(f"{ref}%") for ref in refs for column in (outbox.c.ref, outbox.c.edits)]
    kept = (outbox.c.address_id == chat, outbox.c.body.is_not(None), or_(*mine) if mine else false())
    rows = select(outbox.c.not_before, outbox.c.body).where(*kept)
    found = []
    for row in connection.execute(rows.order_by(outbox.c.id)):
        try:
            text = decode(vault_of(connection).decrypt(row.body, associated=BODY)).text
        except Undecipherable:
            continue
        if text.strip("…✓ "):
            found.append(Message(row.not_before, text))
    return found


def entries_about(connection: Connection, subject: str) -> list[Entry]:
    """Lines of the audit log that name this subject."""
    mine = audits.c.detail.like(f'%"{subject}"%')
    query = select(audits.c.at, audits.c.event, audits.c.detail).where(mine).order_by(audits.c.id)
    rows = connection.execute(query).all()
    return [Entry(row.at, row.event, json.loads(row.detail).get("reason") or "") for row in rows]


def _ids(connection: Connection, table: Table, client: int) -> Sequence[int]:
    return connection.execute(select(table.c.id).where(table.c.client_id == client)).scalars().all()
