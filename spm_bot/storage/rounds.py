"""Rounds and their invitations: who was asked, when, and how it ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from spm_bot.fieldwork.round_states import RoundState, before
from spm_bot.storage import retries
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import invitations, rounds

REASON = "rounds.reason"


@dataclass(frozen=True, slots=True)
class Round:
    """A survey, an origin and a seed; `audience` says in JSON whom it is for.

    A sample has a `size`, is drawn over `strata`, and invites nobody more once it has `quota` answers.
    """

    id: int
    code: str
    survey: str
    origin: str
    audience: str
    seed: int
    opened_at: datetime
    state: str
    starts_at: datetime | None = None
    closes_at: datetime | None = None
    requested_by: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    size: int | None = None
    quota: int | None = None
    strata: tuple[str, ...] = ()
    spread_hours: int = 0
    window_hours: int = 72
    replacements: int = 1
    waves: int = 0


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
    stratum: str = ""


class Terms(TypedDict, total=False):
    """What a round need not say: see `Round`."""

    starts_at: datetime | None
    requested_by: str
    size: int | None
    quota: int | None
    spread_hours: int
    window_hours: int
    replacements: int
    state: str


def open_round(
    connection: Connection,
    *,
    code: str,
    survey: str,
    origin: str,
    audience: str,
    seed: int,
    at: datetime,
    reason: str = "",
    strata: Sequence[str] = (),
    **terms: Unpack[Terms],
) -> Round:
    """The round with this code, written down now if there is none yet."""
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
        "reason": vault_of(connection).encrypt(reason, associated=REASON) if reason else None,
        "strata": ",".join(strata),
        **terms,
    }
    identity = connection.execute(insert(rounds).returning(rounds.c.id), row).scalar_one()
    return get_round(connection, identity)


def set_state(
    connection: Connection,
    round_id: int,
    state: RoundState,
    *,
    approved_by: str = "",
    approved_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> bool:
    """Moves a round on, with who said yes to it or when it ended; False where it may not go there now."""
    said = {"approved_by": approved_by or None, "approved_at": approved_at, "closes_at": closes_at}
    mine = (rounds.c.id == round_id, rounds.c.state.in_(before(state)))
    news = {"state": state, **{name: value for name, value in said.items() if value is not None}}
    return connection.execute(update(rounds).where(*mine).values(news)).rowcount == 1


def get_round(connection: Connection, round_id: int) -> Round:
    """The round with this id. Raises LookupError."""
    row = connection.execute(_ROUND.where(rounds.c.id == round_id)).first()
    if row is None:
        raise LookupError(f"no round {round_id}")
    return _round(row)


def reason_of(connection: Connection, round_id: int) -> str:
    """Why somebody asked for the round, in their own words; '' if nobody said."""
    sealed = connection.execute(select(rounds.c.reason).where(rounds.c.id == round_id)).scalar()
    return "" if sealed is None else vault_of(connection).decrypt(sealed, associated=REASON)


def find_round(connection: Connection, code: str) -> Round | None:
    row = connection.execute(_ROUND.where(rounds.c.code == code)).first()
    return None if row is None else _round(row)


def all_rounds(connection: Connection) -> list[Round]:
    """Every round, oldest first."""
    return [_round(row) for row in connection.execute(_ROUND.order_by(rounds.c.id))]


def rounds_in(connection: Connection, *states: RoundState) -> list[Round]:
    """The rounds that stand so, oldest first."""
    query = _ROUND.where(rounds.c.state.in_(states)).order_by(rounds.c.id)
    return [_round(row) for row in connection.execute(query)]


def sizes(connection: Connection) -> dict[int, int]:
    """How many invitations each round has, by its id."""
    query = select(invitations.c.round_id, func.count()).group_by(invitations.c.round_id)
    return dict(connection.execute(query).all())


def invite(connection: Connection, round_: Round, fresh: Sequence[NewInvitation]) -> dict[int, int]:
    """Writes invitations of one wave and returns client → invitation id, without those already written.

    One that never reached anybody is written anew, in its own row.
    """
    if not fresh:
        return {}
    known = retries.written(connection, round_.id, [new.client for new in fresh], wave=fresh[0].wave)
    again = {new: made for new in fresh if (made := known.get(new.client)) is not None}
    for new, made in again.items():
        retries.take_up_again(connection, made, _circumstances(new))
    rows = [
        {"round_id": round_.id, "survey": round_.survey, "client_id": new.client, **_circumstances(new)}
        for new in fresh
        if new.client not in known
    ]
    added = insert(invitations).returning(invitations.c.client_id, invitations.c.id)
    made_now = connection.execute(added, rows).all() if rows else []
    return {**dict(made_now), **{new.client: made for new, made in again.items()}}


def _circumstances(new: NewInvitation) -> dict[str, Any]:
    return {name: getattr(new, name) for name in new.__dataclass_fields__ if name != "client"}


def invitation(connection: Connection, invitation_id: int) -> Invitation | None:
    row = connection.execute(INVITATION.where(invitations.c.id == invitation_id)).first()
    return None if row is None else Invitation(*row)


def invitations_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Invitation]:
    rows = connection.execute(INVITATION.where(invitations.c.id.in_(list(ids))))
    return {row.id: Invitation(*row) for row in rows}


def set_outcome(
    connection: Connection, invitation_id: int, outcome: str | None, *, ended_at: datetime | None = None
) -> None:
    """How an invitation ended, and if by an answer when; a late answer may change it."""
    news = {"outcome": outcome} if ended_at is None else {"outcome": outcome, "ended_at": ended_at}
    connection.execute(update(invitations).where(invitations.c.id == invitation_id).values(news))


def close_open(connection: Connection, client_ids: Collection[int], outcome: str) -> None:
    """Gives every invitation of these clients that has no outcome yet the same one."""
    mine = (invitations.c.client_id.in_(list(client_ids)), invitations.c.outcome.is_(None))
    connection.execute(update(invitations).where(*mine).values(outcome=outcome))


def set_delivered(connection: Connection, invitation_ids: Collection[int], *, at: datetime) -> None:
    if invitation_ids:
        mine = invitations.c.id.in_(list(invitation_ids))
        connection.execute(update(invitations).where(mine).values(delivered_at=at))


_ROUND: Select[*tuple[Any, ...]] = select(*(rounds.c[name] for name in Round.__dataclass_fields__))


def _round(row: Row[*tuple[Any, ...]]) -> Round:
    known = dict(row._mapping)
    return Round(**{**known, "strata": tuple(known["strata"].split(",")) if known["strata"] else ()})


INVITATION: Select[*tuple[Any, ...]] = select(
    *(invitations.c[name] for name in ("id", "round_id", "client_id", "survey")),
    rounds.c.origin,
    *(invitations.c[name] for name in ("wave", "invited_at", "expires_at", "delivered_at", "outcome")),
).join(rounds, rounds.c.id == invitations.c.round_id)
