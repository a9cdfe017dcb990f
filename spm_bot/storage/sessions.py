"""Where every person stands in every survey: one row a session, one row an answer.

Answers are rows from the moment they are given, never labels. What else the engine needs (the open
question, ticks, values handed in) is the session's encrypted `state`. `revision` turns a lost race
into a Conflict, so that the whole transaction is tried again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, insert, or_, select, update

from spm_bot.storage import given
from spm_bot.storage.session_state import pack, unpack
from spm_bot.storage.store import Conflict, vault_of
from spm_bot.storage.tables import sessions, survey_versions
from spm_bot.surveys.session import Session

STATE = "sessions.state"

ACTIVE, SUSPENDED, ENDED, EXPIRED = "active", "suspended", "ended", "expired"


@dataclass(frozen=True, slots=True)
class Opened:
    """A stored session with whose it is and what asked for it."""

    id: int
    session: Session
    form: bool
    status: str
    address: int
    client: int | None
    staff: int | None
    invitation: int | None
    started_at: datetime
    expires_at: datetime
    revision: int
    version: int


_SESSION = select(sessions, survey_versions.c.code, survey_versions.c.hash).join(survey_versions)

# Built once: every reply runs these, and building a statement costs more than SQLite needs to run it.
_ACTIVE = _SESSION.where(sessions.c.address_id == bindparam("address"), sessions.c.status == ACTIVE)
_SUSPENDED = (
    _SESSION.where(sessions.c.address_id == bindparam("address"), sessions.c.status == SUSPENDED)
    .order_by(sessions.c.id.desc())
    .limit(1)
)
_ADD = insert(sessions).returning(sessions.c.id)
_SAVE = (
    update(sessions)
    .where(sessions.c.id == bindparam("session"), sessions.c.revision == bindparam("seen"))
    .values(
        status=bindparam("new_status"),
        turn=bindparam("new_turn"),
        state=bindparam("new_state"),
        touched_at=bindparam("now"),
        expires_at=bindparam("until"),
        revision=bindparam("next"),
    )
)


def open_session(
    connection: Connection,
    session: Session,
    *,
    version: int,
    form: bool,
    address: int,
    client: int | None = None,
    staff: int | None = None,
    invitation: int | None = None,
    lasts: timedelta,
) -> Opened:
    """Stores a session just begun. Raises Conflict if the holder has an active one."""
    at = session.started_at
    opened = Opened(0, session, form, ACTIVE, address, client, staff, invitation, at, at + lasts, 1, version)
    row = {
        "survey_version_id": version,
        "address_id": address,
        "client_id": client,
        "staff_id": staff,
        "invitation_id": invitation,
        "form": form,
        "status": ACTIVE,
        "turn": session.turn,
        "state": _sealed(connection, session),
        "started_at": at,
        "touched_at": at,
        "expires_at": opened.expires_at,
        "revision": 1,
    }
    identity = connection.execute(_ADD, row).scalar_one()
    return replace(opened, id=identity)


def active(connection: Connection, address: int) -> Opened | None:
    """The session this address is in now."""
    row = connection.execute(_ACTIVE, {"address": address}).first()
    return None if row is None else _opened(connection, row)


def suspended(connection: Connection, address: int) -> Opened | None:
    """The survey that waits at this address until a form ends."""
    row = connection.execute(_SUSPENDED, {"address": address}).first()
    return None if row is None else _opened(connection, row)


def unfinished(connection: Connection, address: int) -> list[Opened]:
    """Everything open or waiting at this address, oldest first."""
    mine = _SESSION.where(sessions.c.address_id == address, sessions.c.status.in_([ACTIVE, SUSPENDED]))
    return [_opened(connection, row) for row in connection.execute(mine.order_by(sessions.c.id)).all()]


def lately(connection: Connection, address: int, *, since: datetime) -> list[Opened]:
    """Everything open or waiting at this address, or gone on with since then, oldest first."""
    unfinished = sessions.c.status.in_([ACTIVE, SUSPENDED])
    mine = _SESSION.where(sessions.c.address_id == address, or_(unfinished, sessions.c.touched_at >= since))
    return [_opened(connection, row) for row in connection.execute(mine.order_by(sessions.c.id)).all()]


def elsewhere(connection: Connection, client: int, *, address: int) -> list[Opened]:
    """What a client has open, or may still answer late, at other addresses than this one."""
    theirs = _SESSION.where(
        sessions.c.client_id == client,
        sessions.c.address_id != address,
        sessions.c.status.in_([ACTIVE, SUSPENDED, EXPIRED]),
    )
    return [_opened(connection, row) for row in connection.execute(theirs.order_by(sessions.c.id)).all()]


def move(connection: Connection, opened: Opened, address: int) -> None:
    """The session goes on at another address; one that was active there waits until it is shown.

    Raises Conflict when somebody else changed it since it was read: it may be finished by now.
    """
    status = SUSPENDED if opened.status == ACTIVE else opened.status
    values = {"address_id": address, "status": status, "revision": opened.revision + 1}
    as_read = (sessions.c.id == opened.id, sessions.c.revision == opened.revision)
    if connection.execute(update(sessions).where(*as_read).values(values)).rowcount != 1:
        raise Conflict(f"session {opened.id} changed meanwhile")


def get(connection: Connection, session_id: int) -> Opened | None:
    """The session with this id; None for one that was cut from whoever gave its answers."""
    there = (sessions.c.id == session_id, sessions.c.address_id.is_not(None))
    return _first(connection, _SESSION.where(*there))


def of_invitation(connection: Connection, invitation: int) -> Opened | None:
    """The open or waiting session that an invitation led to."""
    begun = _SESSION.where(sessions.c.invitation_id == invitation, sessions.c.status.in_([ACTIVE, SUSPENDED]))
    return _first(connection, begun)


def latest_expired(connection: Connection, address: int, *, since: datetime) -> Opened | None:
    """The newest survey at this address that expired unanswered after `since`, if none came later."""
    newest = _SESSION.where(sessions.c.address_id == address, sessions.c.form.is_(False))
    found = _first(connection, newest.order_by(sessions.c.id.desc()).limit(1))
    return found if found and found.status == EXPIRED and found.expires_at > since else None


def busy_clients(connection: Connection, ids: Collection[int]) -> set[int]:
    """Those of these clients who are in the middle of a survey."""
    query = select(sessions.c.client_id).where(
        sessions.c.client_id.in_(list(ids)),
        sessions.c.status.in_([ACTIVE, SUSPENDED]),
        sessions.c.form.is_(False),
    )
    return {client for client in connection.execute(query).scalars() if client is not None}


def overdue(connection: Connection, *, now: datetime, limit: int) -> list[Opened]:
    """Open sessions whose time is over, oldest first."""
    late = _SESSION.where(sessions.c.status.in_([ACTIVE, SUSPENDED]), sessions.c.expires_at <= now)
    rows = connection.execute(late.order_by(sessions.c.expires_at, sessions.c.id).limit(limit)).all()
    return [_opened(connection, row) for row in rows]


def save(connection: Connection, opened: Opened, session: Session, *, status: str, at: datetime) -> Opened:
    """Stores the session as it is now, with exactly the answers that changed.

    Raises Conflict when somebody else changed it since it was read.
    """
    values = {
        "session": opened.id,
        "seen": opened.revision,
        "new_status": status,
        "new_turn": session.turn,
        "new_state": _sealed(connection, session),
        "now": at,
        "until": opened.expires_at,
        "next": opened.revision + 1,
    }
    if connection.execute(_SAVE, values).rowcount != 1:
        raise Conflict(f"session {opened.id} changed meanwhile")
    given.save(connection, opened.id, before=opened.session.answers, now=session.answers, at=at)
    return replace(opened, session=session, status=status, revision=opened.revision + 1)


def _sealed(connection: Connection, session: Session) -> bytes:
    return vault_of(connection).encrypt(pack(session), associated=STATE)


def _first(connection: Connection, query: Select[*tuple[Any, ...]]) -> Opened | None:
    row = connection.execute(query).first()
    return None if row is None else _opened(connection, row)


def _opened(connection: Connection, row: Row[*tuple[Any, ...]]) -> Opened:
    state = vault_of(connection).decrypt(row.state, associated=STATE)
    session = unpack(state, survey=row.code, version=row.hash, started_at=row.started_at, turn=row.turn)
    session = replace(session, answers=given.answers_of(connection, row.id))
    return Opened(
        row.id,
        session,
        row.form,
        row.status,
        row.address_id,
        row.client_id,
        row.staff_id,
        row.invitation_id,
        row.started_at,
        row.expires_at,
        row.revision,
        row.survey_version_id,
    )
