"""Releasing those who were drawn, in the order of the draw: each is invited, passed over, or stays drawn.

With a quota no more of a stratum are under way than could still fill it. Whoever the brake holds back, or
who has another survey open, stays drawn for another day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from spm_bot.fieldwork.audience import Audience, Candidate, why_not
from spm_bot.fieldwork.contact_rules import Reason
from spm_bot.fieldwork.quotas import Stratum
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.fieldwork.sampling import delay
from spm_bot.storage import audits, draws, people, rounds
from spm_bot.storage.draws import Draw
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.surveys.model import Survey
from spm_bot.times import DAY
from spm_bot.usecases.brake import BRAKE, room_left, tell_held_back
from spm_bot.usecases.eligibility import candidates, signed_languages
from spm_bot.usecases.find_hour import hours_within
from spm_bot.usecases.invite import write_invitations
from spm_bot.usecases.visit import Desk

CHUNK = 15
"""Clients looked at in one transaction, so that nobody's answer waits behind a round."""
LINES = 200


@dataclass(frozen=True, slots=True)
class _Done:
    """How many were invited; `last` is the draw to go on after, None to stop; how many the brake holds."""

    invited: int
    last: int | None
    held_back: int = 0


@dataclass(frozen=True, slots=True)
class _Choice:
    """Clients to invite, what became of draws, and how many could be asked if there were room."""

    asked: list[Candidate]
    settled: dict[int, str | None]
    held_back: int


async def release(round_: Round, now: datetime, *, store: Store, desk: Desk) -> int:
    """Invites as many of the drawn as may be invited at `now`; says how many."""
    invited, after = 0, 0
    while True:
        chunk = partial(_release_chunk, round_id=round_.id, after=after, desk=desk, now=now)
        try:
            done = await store.write(chunk)
        except Conflict:
            return invited  # another process invites the same people
        invited += done.invited
        if done.held_back and not await store.read(partial(_told, round_=round_, now=now)):
            await tell_held_back(
                done.held_back,
                round_code=round_.code,
                survey=round_.survey,
                store=store,
                desk=desk,
                now=now,
            )
        if done.last is None:
            return invited
        after = done.last


def _release_chunk(connection: Connection, *, round_id: int, after: int, desk: Desk, now: datetime) -> _Done:
    draws.take_turn(connection, round_id)
    round_ = rounds.get_round(connection, round_id)
    if round_.state != RoundState.OPEN:
        return _Done(0, None)
    standings = draws.standings(connection, round_)
    room = {stratum: each.room for stratum, each in standings.items() if each.room}
    drawn = draws.waiting(connection, round_, limit=CHUNK, among=room, after=after) if room else []
    if not drawn:
        return _Done(0, None)
    survey = desk.library.survey(round_.survey)
    known = _candidates(connection, drawn, now=now)
    reasons = _judged(connection, known, round_=round_, survey=survey, desk=desk, now=now)
    choice = _choose(drawn, known, reasons, room=room, left=room_left(connection, desk, round_.survey, now))
    written = _write(connection, round_, survey, choice.asked, drawn=drawn, desk=desk, now=now)
    draws.settle(connection, choice.settled)
    if not choice.held_back:
        return _Done(written, drawn[-1].id)
    waiting = sum(each.room for each in standings.values()) - len(choice.settled)
    return _Done(written, None, max(waiting, choice.held_back))


def _choose(
    drawn: Sequence[Draw],
    known: Mapping[int, Candidate],
    reasons: Mapping[int, Reason | None],
    *,
    room: Mapping[Stratum, int],
    left: int | None,
) -> _Choice:
    """Goes along the draw; nobody is passed over for whom there was no place yet."""
    places = dict(room)
    choice: list[Candidate] = []
    settled: dict[int, str | None] = {}
    held_back = 0
    for each in drawn:
        reason = reasons.get(each.client or 0, draws.GONE)
        if not places[each.stratum] or reason == Reason.OPEN_SESSION:
            continue
        if reason is None and left is not None and len(choice) >= left:
            held_back += 1
            continue
        settled[each.id] = reason
        if reason is None and each.client is not None:
            places[each.stratum] -= 1
            choice.append(known[each.client])
    return _Choice(choice, settled, held_back)


def _write(
    connection: Connection,
    round_: Round,
    survey: Survey,
    asked: Sequence[Candidate],
    *,
    drawn: Sequence[Draw],
    desk: Desk,
    now: datetime,
) -> int:
    spread = timedelta(hours=round_.spread_hours)
    return write_invitations(
        connection,
        desk,
        round_,
        survey,
        asked,
        when={each.client: now + delay(each.client, seed=round_.seed, spread=spread) for each in asked},
        wave=round_.waves - 1,
        window=timedelta(hours=round_.window_hours),
        strata={each.client: each.stratum for each in drawn if each.client is not None},
    )


def _candidates(connection: Connection, drawn: Sequence[Draw], *, now: datetime) -> dict[int, Candidate]:
    """Those who are still there, in the order of the draw."""
    ids = [each.client for each in drawn if each.client is not None]
    found = candidates(connection, people.clients_by_id(connection, ids), now=now)
    known = {each.client: each for each in found}
    return {client: known[client] for client in ids if client in known}


def _judged(
    connection: Connection,
    known: Mapping[int, Candidate],
    *,
    round_: Round,
    survey: Survey,
    desk: Desk,
    now: datetime,
) -> dict[int, Reason | None]:
    """Why each is not asked, None for whoever is, by all rules of today."""
    signed = signed_languages(connection, survey)
    audience, has_hour = Audience.from_json(round_.audience), hours_within(desk, now)
    return {
        client: why_not(
            each,
            survey=survey.code,
            signed=signed,
            rules=desk.rules,
            now=now,
            audience=audience,
            has_hour=has_hour,
        )
        for client, each in known.items()
    }


def _told(connection: Connection, *, round_: Round, now: datetime) -> bool:
    """Whether it was written down within a day that the brake holds people of this round back."""
    lines = audits.lines(connection, limit=LINES, event=BRAKE, since=now - DAY)
    return any(line.detail.get("round") == round_.code for line in lines)
