"""Rounds and their invitations: who was asked, when, and how it ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, insert, select, update

from spm_bot.storage.sessions import ACTIVE, SUSPENDED
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import invitations, rounds, sessions

REASON = "rounds.reason"


@dataclass(frozen=True, slots=True)
class Round:
    """A survey, an origin and a seed; `audience` says in JSON whom it is for."""

    id: int
    code: str
    survey: str
    origin: str
    audience: str
    seed: int
    opened_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """One client asked once; `client` is None once they are forgotten."""

    id: int
    round: int
    client: int | None
    survey: str
    origin: str
    wave: int
    invited_at: datetime
    expires_at: datetime
    delivered_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """What a round writes for one client; `in_arrears`, `has_loan` and `branch` are those of that day."""

    client: int
    wave: int
    invited_at: datetime
    expires_at: datetime
    in_arrears: bool
    has_loan: bool
    branch: str
    week: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What one client was asked, when, and when we reminded them of it."""

    survey: str
    invited_at: datetime
    reminded_at: datetime | None

    @property
    def messages_at(self) -> tuple[datetime, ...]:
        return (self.invited_at,) if self.reminded_at is None else (self.invited_at, self.reminded_at)


def open_round(
    connection: Connection,
    *,
    code: str,
    survey: str,
    origin: str,
    audience: str,
    seed: int,
    at: datetime,
    requested_by: str = "",
    reason: str = "",
) -> Round:
    """The round with this code, opened now if there is none yet."""
    known = find_round(connection, code)
    if known is not None:
        return known
    row = {
        "code": code,
        "survey": survey,
        "origin": origin,
        "audience": audience,
        "seed": seed,
        "opened_at": at,
        "requested_by": requested_by,
        "reason": vault_of(connection).encrypt(reason, associated=REASON) if reason else None,
        "state": "open",
    }
    identity = connection.execute(insert(rounds).returning(rounds.c.id), row).scalar_one()
    return Round(identity, code, survey, origin, audience, seed, at, "open")


def find_round(connection: Connection, code: str) -> Round | None:
    row = connection.execute(_ROUND.where(rounds.c.code == code)).first()
    return None if row is None else Round(*row)


def all_rounds(connection: Connection) -> list[Round]:
    """Every round, oldest first."""
    return [Round(*row) for row in connection.execute(_ROUND.order_by(rounds.c.id))]


def sizes(connection: Connection) -> dict[int, int]:
    """How many invitations each round has, by its id."""
    query = select(invitations.c.round_id, func.count()).group_by(invitations.c.round_id)
    return dict(connection.execute(query).all())


def invite(connection: Connection, round_: Round, fresh: Sequence[NewInvitation]) -> dict[int, int]:
    """Writes invitations and returns client → invitation id, without those already written."""
    if not fresh:
        return {}
    mine = (invitations.c.round_id == round_.id, invitations.c.wave == fresh[0].wave)
    known = set(
        connection.execute(
            select(invitations.c.client_id).where(
                *mine, invitations.c.client_id.in_([new.client for new in fresh])
            )
        ).scalars()
    )
    rows = [
        {
            "round_id": round_.id,
            "client_id": new.client,
            "wave": new.wave,
            "survey": round_.survey,
            "invited_at": new.invited_at,
            "expires_at": new.expires_at,
            "in_arrears": new.in_arrears,
            "has_loan": new.has_loan,
            "branch": new.branch,
            "week": new.week,
        }
        for new in fresh
        if new.client not in known
    ]
    if not rows:
        return {}
    connection.execute(insert(invitations), rows)
    written = select(invitations.c.client_id, invitations.c.id).where(
        *mine, invitations.c.client_id.in_([row["client_id"] for row in rows])
    )
    return dict(connection.execute(written).all())


def invitation(connection: Connection, invitation_id: int) -> Invitation | None:
    row = connection.execute(_INVITATION.where(invitations.c.id == invitation_id)).first()
    return None if row is None else Invitation(*row)


def invitations_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Invitation]:
    rows = connection.execute(_INVITATION.where(invitations.c.id.in_(list(ids))))
    return {row.id: Invitation(*row) for row in rows}


def set_outcome(connection: Connection, invitation_id: int, outcome: str | None) -> None:
    """How an invitation ended; a late answer may change it."""
    connection.execute(update(invitations).where(invitations.c.id == invitation_id).values(outcome=outcome))


def close_open(connection: Connection, client_ids: Collection[int], outcome: str) -> None:
    """Gives every invitation of these clients that has no outcome yet the same one."""
    mine = (invitations.c.client_id.in_(list(client_ids)), invitations.c.outcome.is_(None))
    connection.execute(update(invitations).where(*mine).values(outcome=outcome))


def set_delivered(connection: Connection, invitation_ids: Collection[int], *, at: datetime) -> None:
    if invitation_ids:
        mine = invitations.c.id.in_(list(invitation_ids))
        connection.execute(update(invitations).where(mine).values(delivered_at=at))


def overdue(connection: Connection, *, now: datetime, limit: int) -> list[Invitation]:
    """Invitations without an outcome whose time is over, except those in the midst of an answer."""
    begun = exists().where(
        sessions.c.invitation_id == invitations.c.id,
        sessions.c.status.in_([ACTIVE, SUSPENDED]),
    )
    late = _INVITATION.where(invitations.c.outcome.is_(None), invitations.c.expires_at <= now, ~begun)
    rows = connection.execute(late.order_by(invitations.c.expires_at, invitations.c.id).limit(limit))
    return [Invitation(*row) for row in rows]


def history(
    connection: Connection, client_ids: Collection[int], *, since: datetime
) -> dict[int, list[Asked]]:
    """What each client was asked since then, oldest first."""
    query = (
        select(
            invitations.c.client_id,
            invitations.c.survey,
            invitations.c.invited_at,
            invitations.c.reminded_at,
        )
        .where(invitations.c.client_id.in_(list(client_ids)), invitations.c.invited_at >= since)
        .order_by(invitations.c.invited_at)
    )
    found: dict[int, list[Asked]] = {}
    for client, survey, invited_at, reminded_at in connection.execute(query):
        found.setdefault(client, []).append(Asked(survey, invited_at, reminded_at))
    return found


_ROUND: Select[*tuple[Any, ...]] = select(
    rounds.c.id,
    rounds.c.code,
    rounds.c.survey,
    rounds.c.origin,
    rounds.c.audience,
    rounds.c.seed,
    rounds.c.opened_at,
    rounds.c.state,
)
_INVITATION: Select[*tuple[Any, ...]] = select(
    invitations.c.id,
    invitations.c.round_id,
    invitations.c.client_id,
    invitations.c.survey,
    rounds.c.origin,
    invitations.c.wave,
    invitations.c.invited_at,
    invitations.c.expires_at,
    invitations.c.delivered_at,
    invitations.c.outcome,
).join(rounds, rounds.c.id == invitations.c.round_id)
