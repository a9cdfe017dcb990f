"""Who was drawn for a sample, stratum by stratum, and what became of each.

A wave's rows count once the round's `waves` was raised above it: until then they are half a draw, which
whoever draws that wave again throws away first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from spm_bot.fieldwork.outcomes import ANSWERED
from spm_bot.fieldwork.quotas import Standing, Stratum
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.storage.rounds import Round
from spm_bot.storage.tables import draws, invitations, rounds, strata

DRAWN, INVITED, PASSED = "drawn", "invited", "passed"
GONE = "forgotten"
"""The reason of whoever was forgotten after the draw."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One client drawn; `client` is None once they are forgotten."""

    id: int
    client: int | None
    stratum: Stratum


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum as it was when the sample was drawn: who could be drawn, and what it was given."""

    stratum: Stratum
    people: int
    places: int
    quota: int | None


def start_over(connection: Connection, round_: Round) -> bool:
    """Throws away what an interrupted draw of the next wave left; False if there is nothing to draw now."""
    if not _is_next(connection, round_):
        return False
    left = (draws.c.round_id == round_.id, draws.c.wave == round_.waves)
    connection.execute(delete(draws).where(*left))
    return True


def add(connection: Connection, round_: Round, drawn: Sequence[tuple[int, Stratum]]) -> bool:
    """Writes a part of the next wave; False if somebody else finished it. Raises Conflict."""
    if not _is_next(connection, round_):
        return False
    rows = [
        {
            "round_id": round_.id,
            "client_id": client,
            "wave": round_.waves,
            "stratum": stratum,
            "state": DRAWN,
        }
        for client, stratum in drawn
    ]
    connection.execute(insert(draws), rows)
    return True


def finish(
    connection: Connection, round_: Round, drawn: Sequence[tuple[int, Stratum]], parts: Sequence[Part]
) -> bool:
    """Makes the wave count, if the rows of it are those that were drawn and nobody else's. The first wave
    brings the parts of the sample.
    """
    mine = (draws.c.round_id == round_.id, draws.c.wave == round_.waves)
    found = connection.execute(
        select(func.count(), func.coalesce(func.sum(draws.c.client_id), 0)).where(*mine)
    ).one()
    ours = (len(drawn), sum(client for client, _ in drawn))
    if not _is_next(connection, round_) or tuple(found) != ours:
        return False
    if parts:
        rows = [{"round_id": round_.id, **asdict(part)} for part in parts]
        connection.execute(insert(strata), rows)
    connection.execute(update(rounds).where(rounds.c.id == round_.id).values(waves=round_.waves + 1))
    return True


def take_turn(connection: Connection, round_id: int) -> None:
    """Has whoever else would release people of this round wait until this transaction ends."""
    turn = select(rounds.c.id).where(rounds.c.id == round_id).with_for_update(key_share=True)
    connection.execute(turn).one()


def waiting(
    connection: Connection,
    round_: Round,
    *,
    limit: int,
    among: Collection[Stratum] | None = None,
    after: int = 0,
) -> list[Draw]:
    """The next in the order of the draw who were not released yet, of all strata or `among` these."""
    theirs = [*_counted(round_), draws.c.state == DRAWN, draws.c.id > after]
    if among is not None:
        theirs.append(draws.c.stratum.in_(sorted(among)))
    query = select(draws.c.id, draws.c.client_id, draws.c.stratum).where(*theirs)
    return [Draw(*row) for row in connection.execute(query.order_by(draws.c.id).limit(limit))]


def settle(connection: Connection, reasons: Mapping[int, str | None]) -> None:
    """What became of draws, by id: a reason for whoever could not be asked, None for whoever is."""
    rows = [
        {"draw": draw, "news": INVITED if reason is None else PASSED, "why": reason or ""}
        for draw, reason in reasons.items()
    ]
    if rows:
        connection.execute(_SETTLE, rows)


def pass_by(connection: Connection, round_: Round, among: Collection[Stratum], *, reason: str) -> int:
    """Nobody who waits in these strata is asked any more; says how many that were."""
    theirs = (draws.c.state == DRAWN, draws.c.stratum.in_(sorted(among)))
    over = update(draws).where(*_counted(round_), *theirs)
    return connection.execute(over.values(state=PASSED, reason=reason)).rowcount


def give_back(connection: Connection, round_id: int, clients: Iterable[int], *, reason: str) -> None:
    """The invitations of these clients were taken back unsent: their places are free again."""
    theirs = (draws.c.round_id == round_id, draws.c.client_id.in_(list(clients)))
    connection.execute(update(draws).where(*theirs).values(state=PASSED, reason=reason))


def reclaim(connection: Connection, round_: Round) -> int:
    """Gives back the places of those whose invitations ended without ever having left; says how many."""
    unsent = (
        select(draws.c.id, invitations.c.outcome)
        .join(
            invitations,
            (invitations.c.round_id == draws.c.round_id) & (invitations.c.client_id == draws.c.client_id),
        )
        .where(
            draws.c.round_id == round_.id,
            draws.c.state == INVITED,
            invitations.c.delivered_at.is_(None),
            invitations.c.outcome.is_not(None),
            invitations.c.outcome.not_in(sorted(ANSWERED)),
        )
    )
    reasons: dict[int, str | None] = dict(connection.execute(unsent).all())
    settle(connection, reasons)
    return len(reasons)


def standings(connection: Connection, round_: Round) -> dict[Stratum, Standing]:
    """How far each stratum of the round has come."""

    def count(state: str) -> dict[Stratum, int]:
        return {stratum: number for stratum, found, number in by_state if found == state}

    by_state = connection.execute(
        select(draws.c.stratum, draws.c.state, func.count())
        .where(*_counted(round_))
        .group_by(draws.c.stratum, draws.c.state)
    ).all()
    answered = _invited(connection, round_, invitations.c.outcome.in_(sorted(ANSWERED)))
    open_ = _invited(connection, round_, invitations.c.outcome.is_(None))
    parts = select(strata.c.stratum, strata.c.places, strata.c.quota).where(strata.c.round_id == round_.id)
    drawn, invited = count(DRAWN), count(INVITED)
    return {
        stratum: Standing(
            places,
            quota,
            drawn.get(stratum, 0),
            invited.get(stratum, 0),
            answered.get(stratum, 0),
            open_.get(stratum, 0),
        )
        for stratum, places, quota in connection.execute(parts.order_by(strata.c.stratum))
    }


def _invited(connection: Connection, round_: Round, which: ColumnElement[bool]) -> dict[Stratum, int]:
    query = select(invitations.c.stratum, func.count()).where(invitations.c.round_id == round_.id, which)
    return dict(connection.execute(query.group_by(invitations.c.stratum)).all())


def _counted(round_: Round) -> tuple[ColumnElement[bool], ...]:
    """Draws of the round, without those of a wave that is half drawn."""
    return draws.c.round_id == round_.id, draws.c.wave < round_.waves


def _is_next(connection: Connection, round_: Round) -> bool:
    """Whether the round is open and still waits for the wave that this view of it has to draw."""
    query = select(rounds.c.state, rounds.c.waves).where(rounds.c.id == round_.id)
    found = connection.execute(query.with_for_update(key_share=True)).one()
    return tuple(found) == (RoundState.OPEN, round_.waves)


_SETTLE = (
    update(draws)
    .where(draws.c.id == bindparam("draw"))
    .values(state=bindparam("news"), reason=bindparam("why"))
)
