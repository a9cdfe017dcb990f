"""Answers cut from whoever gave them: kept without a name where enough others look the same, else dropped."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, func, select, update

from spm_bot.analytics.dimensions import Dimension
from spm_bot.storage.requests import OPEN
from spm_bot.storage.session_state import pack
from spm_bot.storage.sessions import ENDED, EXPIRED, STATE
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import (
    answers,
    clients,
    comments,
    consents,
    invitations,
    observations,
    requests,
    responses,
    sessions,
)
from spm_bot.surveys.session import Session
from spm_bot.times import Week

WEEKS_EACH_SIDE = 6
"""A cell is 13 weeks wide, with the week of the response in its middle."""

_LOOKS = tuple(responses.c[name] for name in ("survey", "origin", *Dimension))
_OBSERVED = exists().where(observations.c.response_id == responses.c.id)


def cut_responses(connection: Connection, client: int, *, minimum_cell: int) -> None:
    """A client's responses lose their giver, time and scores; those in a small cell go altogether."""
    mine = select(responses.c.id, responses.c.week).where(responses.c.client_id == client)
    for row in connection.execute(mine).all():
        if _cell(connection, row) < minimum_cell:
            connection.execute(delete(observations).where(observations.c.response_id == row.id))
            connection.execute(delete(responses).where(responses.c.id == row.id))
            continue
        monday = datetime.combine(Week.parse(row.week).start, time(), tzinfo=UTC)
        nameless = {"client_id": None, "session_id": None, "scored": "{}"}
        changed = update(responses).where(responses.c.id == row.id)
        connection.execute(changed.values(**nameless, started_at=monday, ended_at=monday))


def drop_sessions(connection: Connection, ids: Collection[int]) -> None:
    """Sessions go with everything that was said in them."""
    for table in (answers, comments):
        connection.execute(delete(table).where(table.c.session_id.in_(list(ids))))
    connection.execute(delete(sessions).where(sessions.c.id.in_(list(ids))))


def cut_old_surveys(connection: Connection, *, before: datetime, limit: int) -> int:
    """Surveys last touched before then lose client, chat and invitation, and every typed word. What was
    picked stays as codes. Says how many.
    """
    ripe = (
        sessions.c.form.is_(False),
        sessions.c.status.in_([ENDED, EXPIRED]),
        sessions.c.touched_at < before,
        sessions.c.address_id.is_not(None),
    )
    ids = list(connection.execute(select(sessions.c.id).where(*ripe).limit(limit)).scalars())
    connection.execute(delete(comments).where(comments.c.session_id.in_(ids)))
    connection.execute(update(responses).where(responses.c.session_id.in_(ids)).values(client_id=None))
    # The instant of the answer would lead from the invitation back to it.
    asked = select(sessions.c.invitation_id).where(sessions.c.id.in_(ids))
    ended = update(invitations).where(invitations.c.id.in_(asked), invitations.c.ended_at.is_not(None))
    connection.execute(ended.values(ended_at=invitations.c.expires_at))
    empty = pack(Session("", "", "", started_at=before))
    for each in ids:
        cut = dict.fromkeys(("client_id", "staff_id", "address_id", "invitation_id"))
        state = vault_of(connection).encrypt(empty, associated=STATE)
        connection.execute(update(sessions).where(sessions.c.id == each).values(**cut, state=state))
    return len(ids)


def drop_old_forms(connection: Connection, *, before: datetime, limit: int) -> int:
    """Ended forms last touched before then go altogether; says how many."""
    ripe = (
        sessions.c.form,
        sessions.c.status.in_([ENDED, EXPIRED]),
        sessions.c.touched_at < before,
        sessions.c.address_id.is_not(None),
    )
    ids = list(connection.execute(select(sessions.c.id).where(*ripe).limit(limit)).scalars())
    drop_sessions(connection, ids)
    return len(ids)


def cut_old_invitations(connection: Connection, *, before: datetime, limit: int) -> int:
    """Ended invitations from before then forget whom they asked; says how many."""
    ripe = (
        invitations.c.client_id.is_not(None),
        invitations.c.outcome.is_not(None),
        invitations.c.invited_at < before,
    )
    ids = list(connection.execute(select(invitations.c.id).where(*ripe).limit(limit)).scalars())
    connection.execute(update(invitations).where(invitations.c.id.in_(ids)).values(client_id=None))
    return len(ids)


def drop_old_requests(connection: Connection, *, before: datetime, limit: int) -> int:
    """Requests that are over, and were made before then; says how many."""
    ripe = (requests.c.state != OPEN, requests.c.asked_at < before, requests.c.file.is_(None))
    return _drop(connection, requests.c.id, *ripe, limit=limit)


def drop_old_consents(connection: Connection, *, before: datetime, limit: int) -> int:
    """Words of consent from before then, but never the last word of somebody who is still in the register."""
    last = (
        select(func.max(consents.c.id))
        .where(consents.c.subject.in_(select(clients.c.subject)))
        .group_by(consents.c.subject, consents.c.purpose)
    )
    return _drop(connection, consents.c.id, consents.c.at < before, consents.c.id.not_in(last), limit=limit)


def _cell(connection: Connection, response: Row[*tuple[Any, ...]]) -> int:
    """How many people said something in the same weeks and look the same in every column that we keep."""
    own = select(*_LOOKS).where(responses.c.id == response.id, _OBSERVED)
    looks = connection.execute(own).first()
    if looks is None:
        return 0
    week = Week.parse(response.week)
    person = func.coalesce(responses.c.client_id, -responses.c.id)
    alike = select(func.count(person.distinct())).where(
        responses.c.week >= str(week.minus(WEEKS_EACH_SIDE)),
        responses.c.week <= str(week.minus(-WEEKS_EACH_SIDE)),
        *(column == value for column, value in zip(_LOOKS, looks, strict=True)),
        _OBSERVED,
    )
    return int(connection.execute(alike).scalar_one())


def _drop(connection: Connection, key: Any, *ripe: ColumnElement[bool], limit: int) -> int:
    ids = list(connection.execute(select(key).where(*ripe).limit(limit)).scalars())
    connection.execute(delete(key.table).where(key.in_(ids)))
    return len(ids)
