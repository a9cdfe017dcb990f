"""Where every person stands in every survey: one row a session, one row an answer.

Answers are rows from the moment they are given, never labels. What else the engine needs (the open
question, ticks, values handed in) is the session's encrypted `state`. `revision` turns a lost race
into a Conflict, so that the whole transaction is tried again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, insert, select, update

from spm_bot.storage.session_state import pack, unpack
from spm_bot.storage.store import Conflict, vault_of
from spm_bot.storage.tables import answers, comments, sessions, survey_versions
from spm_bot.surveys.session import Answer, Session

STATE = "sessions.state"
COMMENT = "comments.body"

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
    identity = connection.execute(insert(sessions).returning(sessions.c.id), row).scalar_one()
    return replace(opened, id=identity)


def active(connection: Connection, address: int) -> Opened | None:
    """The session this address is in now."""
    return _first(connection, _SESSION.where(sessions.c.address_id == address, sessions.c.status == ACTIVE))


def suspended(connection: Connection, address: int) -> Opened | None:
    """The survey that waits at this address until a form ends."""
    waiting = _SESSION.where(sessions.c.address_id == address, sessions.c.status == SUSPENDED)
    return _first(connection, waiting.order_by(sessions.c.id.desc()).limit(1))


def get(connection: Connection, session_id: int) -> Opened | None:
    return _first(connection, _SESSION.where(sessions.c.id == session_id))


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
    same = (sessions.c.id == opened.id, sessions.c.revision == opened.revision)
    values = {
        "status": status,
        "turn": session.turn,
        "state": _sealed(connection, session),
        "touched_at": at,
        "expires_at": opened.expires_at,
        "revision": opened.revision + 1,
    }
    if connection.execute(update(sessions).where(*same).values(values)).rowcount != 1:
        raise Conflict(f"session {opened.id} changed meanwhile")
    _save_answers(connection, opened, session.answers, at=at)
    return replace(opened, session=session, status=status, revision=opened.revision + 1)


def _save_answers(connection: Connection, opened: Opened, now: Mapping[str, Answer], *, at: datetime) -> None:
    before = opened.session.answers
    changed = {name: answer for name, answer in now.items() if before.get(name) != answer}
    stale = [name for name in before if name not in now or name in changed]
    for table in (answers, comments) if stale else ():
        mine = and_(table.c.session_id == opened.id, table.c.question.in_(stale))
        connection.execute(delete(table).where(mine))
    rows = [row for name, answer in changed.items() for row in _rows(opened.id, name, answer, at)]
    if rows:
        connection.execute(insert(answers), rows)
    texts = {name: answer.text for name, answer in changed.items() if answer.text is not None}
    if texts:
        vault = vault_of(connection)
        sealed = [
            {"session_id": opened.id, "question": name, "body": vault.encrypt(words, associated=COMMENT)}
            for name, words in texts.items()
        ]
        connection.execute(insert(comments), sealed)


def _rows(session_id: int, name: str, answer: Answer, at: datetime) -> list[dict[str, object]]:
    common = {"session_id": session_id, "question": name, "at": answer.at or at, "late": answer.late}
    return [{**common, "choice": code, "number": answer.number} for code in answer.codes or ("",)]


def _sealed(connection: Connection, session: Session) -> bytes:
    return vault_of(connection).encrypt(pack(session), associated=STATE)


def _first(connection: Connection, query: Select[*tuple[Any, ...]]) -> Opened | None:
    row = connection.execute(query).first()
    return None if row is None else _opened(connection, row)


def _opened(connection: Connection, row: Row[*tuple[Any, ...]]) -> Opened:
    state = vault_of(connection).decrypt(row.state, associated=STATE)
    session = unpack(state, survey=row.code, version=row.hash, started_at=row.started_at, turn=row.turn)
    session = replace(session, answers=_answers(connection, row.id))
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


def _answers(connection: Connection, session_id: int) -> Mapping[str, Answer]:
    joined = answers.outerjoin(
        comments,
        (comments.c.session_id == answers.c.session_id) & (comments.c.question == answers.c.question),
    )
    query = (
        select(answers, comments.c.body)
        .select_from(joined)
        .where(answers.c.session_id == session_id)
        .order_by(answers.c.id)
    )
    found: dict[str, Answer] = {}
    for row in connection.execute(query):
        codes = (*found[row.question].codes, row.choice) if row.question in found else (row.choice,)
        text = None if row.body is None else vault_of(connection).decrypt(row.body, associated=COMMENT)
        found[row.question] = Answer(
            tuple(code for code in codes if code), row.number, text, row.at, row.late
        )
    return MappingProxyType(found)
