"""The standing panel: week by week, those are invited whose turn in the round's cycle has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from spm_bot.clauses import Round as StandingRound
from spm_bot.fieldwork.audience import eligible
from spm_bot.fieldwork.sampling import is_due
from spm_bot.storage import people, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.surveys.model import Survey
from spm_bot.times import Week
from spm_bot.usecases.eligibility import candidates, launch_problem, signed_languages
from spm_bot.usecases.invite import write_invitations
from spm_bot.usecases.visit import Desk

CHUNK = 500
"""Clients looked at or written in one transaction, so that nobody's answer waits behind a round."""


async def invite_due(standing: StandingRound, slot: datetime, *, store: Store, desk: Desk) -> int:
    """Invites everybody whose turn in the round's cycle has come by `slot`; says how many.

    Running it again for the same slot invites nobody twice: (round, client, wave) is unique.
    """
    if launch_problem(desk) is not None:
        return 0
    survey = desk.library.survey(standing.survey)
    round_ = await store.write(partial(_standing_round, standing=standing, survey=survey, at=slot))
    clients = await store.read(people.clients_where)
    invited = 0
    for first in range(0, len(clients), CHUNK):
        chunk = [client.id for client in clients[first : first + CHUNK]]
        invited += await store.write(
            partial(
                _invite_chunk,
                ids=chunk,
                round_=round_,
                standing=standing,
                survey=survey,
                desk=desk,
                slot=slot,
            )
        )
    return invited


def _standing_round(
    connection: Connection, *, standing: StandingRound, survey: Survey, at: datetime
) -> Round:
    seed = int.from_bytes(sha256(standing.code.encode()).digest()[:4]) >> 1
    return rounds.open_round(
        connection,
        code=standing.code,
        survey=survey.code,
        origin="standing",
        audience="{}",
        seed=seed,
        at=at,
    )


def _invite_chunk(
    connection: Connection,
    *,
    ids: Sequence[int],
    round_: Round,
    standing: StandingRound,
    survey: Survey,
    desk: Desk,
    slot: datetime,
) -> int:
    zone = desk.institution.time_zone
    cycle = standing.cycle_weeks or 1
    weeks = Week.of(slot, zone).since(Week.of(round_.opened_at, zone))
    turn = [
        client
        for client in people.clients_by_id(connection, ids)
        if is_due(client.id, seed=round_.seed, cycle_weeks=cycle, weeks_since_start=weeks)
    ]
    asked = eligible(
        candidates(connection, turn, now=slot),
        survey=survey.code,
        signed=signed_languages(connection, survey),
        rules=desk.rules,
        now=slot,
    )
    when = {candidate.client: slot for candidate in asked}
    wave = weeks // cycle
    window = timedelta(hours=standing.window_hours)
    return write_invitations(connection, desk, round_, survey, asked, when=when, wave=wave, window=window)
