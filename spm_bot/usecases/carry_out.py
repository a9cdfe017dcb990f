"""Carrying out samples: every open one goes as far as it can now, in small steps that may end anywhere.

A wave is drawn and its clients are invited; those who could not be asked are replaced in a later wave. Once
a stratum has its answers, nobody more of it is asked. When there is nothing left to wait for, the round ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from spm_bot.fieldwork.audience import Audience, Candidate, why_not
from spm_bot.fieldwork.contact_rules import Reason
from spm_bot.fieldwork.quotas import filled, replacements
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.fieldwork.sampling import delay
from spm_bot.storage import draws, endings, people, rounds
from spm_bot.storage.draws import Draw
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.surveys.model import Survey
from spm_bot.usecases.brake import room_left
from spm_bot.usecases.draw_sample import draw_again, draw_sample
from spm_bot.usecases.eligibility import candidates, launch_problem, signed_languages
from spm_bot.usecases.find_hour import hours_within
from spm_bot.usecases.invite import write_invitations
from spm_bot.usecases.visit import Desk

CHUNK = 15
"""Clients invited in one transaction, so that nobody's answer waits behind a round."""
FILLED = "quota_filled"


async def carry_out(now: datetime, *, store: Store, desk: Desk) -> int:
    """Takes every open sample as far as it can go at `now`; says how many clients were invited.

    Where two processes do it at once, the one that comes second leaves the rest to the other.
    """
    if launch_problem(desk) is not None:
        return 0
    invited = 0
    for round_ in await store.read(lambda connection: rounds.rounds_in(connection, RoundState.OPEN)):
        if round_.size is not None and await _can_be_asked(round_, store=store, desk=desk):
            invited += await _go_on(round_, now, store=store, desk=desk)
    return invited


async def _can_be_asked(round_: Round, *, store: Store, desk: Desk) -> bool:
    """Whether the survey is there, and signed in some language: a sample is not spent on nothing."""
    if round_.survey not in desk.library.codes:
        return False
    survey = desk.library.survey(round_.survey)
    return bool(await store.read(partial(signed_languages, survey=survey)))


async def _go_on(round_: Round, now: datetime, *, store: Store, desk: Desk) -> int:
    invited = 0
    while round_.state == RoundState.OPEN:
        if round_.waves == 0:
            going = await draw_sample(round_, store=store)
        else:
            await _keep_quota(round_, now, store=store)
            if now < (round_.starts_at or round_.opened_at):
                break
            invited += await _invite(round_, now, store=store, desk=desk)
            going = await _next_wave(round_, now, store=store)
        if not going:
            break
        round_ = await store.read(partial(rounds.get_round, round_id=round_.id))
    return invited


async def _keep_quota(round_: Round, now: datetime, *, store: Store) -> None:
    """Asks nobody more in strata that have their answers, and takes back what has not left."""
    if round_.quota is not None:
        standings = await store.read(partial(draws.standings, round_=round_))
        if full := filled(standings, quota=round_.quota):
            await store.write(partial(_close_strata, round_=round_, full=sorted(full), now=now))


def _close_strata(connection: Connection, *, round_: Round, full: Sequence[str], now: datetime) -> None:
    draws.pass_by(connection, round_, full, reason=FILLED)
    endings.withdraw(connection, round_.id, now=now, strata=full, reason=FILLED)


async def _invite(round_: Round, now: datetime, *, store: Store, desk: Desk) -> int:
    invited = 0
    while True:
        try:
            chunk = await store.write(partial(_invite_chunk, round_id=round_.id, desk=desk, now=now))
        except Conflict:
            return invited  # another process invites the same people
        if chunk is None:
            return invited
        invited += chunk


def _invite_chunk(connection: Connection, *, round_id: int, desk: Desk, now: datetime) -> int | None:
    """Invites or passes over the next few who were drawn; None when there are none, or the round rests."""
    round_ = rounds.get_round(connection, round_id)
    drawn = draws.waiting(connection, round_, limit=CHUNK) if round_.state == RoundState.OPEN else []
    if not drawn:
        return None
    survey = desk.library.survey(round_.survey)
    known = _candidates(connection, drawn, now=now)
    reasons = _judged(connection, known, round_=round_, survey=survey, desk=desk, now=now)
    asked = [known[client] for client, reason in reasons.items() if reason is None]
    spread = timedelta(hours=round_.spread_hours)
    written = write_invitations(
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
    draws.settle(connection, {each.id: reasons.get(each.client or 0, draws.GONE) for each in drawn})
    return written


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
    """Why each is not asked, None for whoever is: by all rules of today, and as many as can be helped."""
    signed = signed_languages(connection, survey)
    audience, has_hour = Audience.from_json(round_.audience), hours_within(desk, now)
    reasons = {
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
    able = [client for client, reason in reasons.items() if reason is None]
    if (left := room_left(connection, desk, survey.code, now)) is not None:
        reasons |= dict.fromkeys(able[left:], Reason.CAPACITY)
    return reasons


async def _next_wave(round_: Round, now: datetime, *, store: Store) -> bool:
    """Draws a wave of replacements if there is to be one, or ends the round if nothing is left of it.

    With a quota it waits until those invited had their time: only then is known who falls short.
    """
    standings = await store.read(partial(draws.standings, round_=round_))
    if any(each.waiting for each in standings.values()):
        return False
    ends_at = await store.read(partial(endings.last_end, round_id=round_.id))
    under_way = ends_at is not None and ends_at > now
    if round_.waves <= round_.replacements and not (under_way and round_.quota is not None):
        places = replacements(standings, size=round_.size or 0, quota=round_.quota)
        if places:
            return await draw_again(round_, places, store=store)
    if not under_way:
        closed = partial(
            rounds.set_state, round_id=round_.id, state=RoundState.CLOSED, closes_at=ends_at or now
        )
        await store.write(closed)
    return False
