"""A standing round that asks a sample: each slot opens a round of its own, which is then carried out."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from spm_bot.clauses import Round as StandingRound
from spm_bot.fieldwork.audience import EVERYBODY
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.storage import audits, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.times import on_wall
from spm_bot.usecases.eligibility import launch_problem
from spm_bot.usecases.insist import insist
from spm_bot.usecases.stand import STANDING, row_of, seed_of
from spm_bot.usecases.visit import Desk


def sample_code(standing: StandingRound, slot: datetime, *, desk: Desk) -> str:
    """The code of the sample of that day."""
    return f"{standing.code}-{on_wall(slot, zone=desk.institution.time_zone).date().isoformat()}"


async def call_sample(
    standing: StandingRound, slot: datetime, now: datetime | None = None, *, store: Store, desk: Desk
) -> Round | None:
    """Opens the sample of `slot`, or has it wait for approval; None while nothing may be started."""
    if standing.sample is None or launch_problem(desk) is not None:
        return None
    opening = partial(_open, standing=standing, slot=slot, at=now or slot, desk=desk)
    return await insist(opening, store)


def _open(
    connection: Connection, *, standing: StandingRound, slot: datetime, at: datetime, desk: Desk
) -> Round | None:
    if row_of(connection, standing, at=at).state != RoundState.OPEN:
        return None
    code = sample_code(standing, slot, desk=desk)
    known = rounds.find_round(connection, code)
    if known is not None:
        return known
    opened = rounds.open_round(
        connection,
        code=code,
        survey=standing.survey,
        origin=STANDING,
        audience=EVERYBODY.to_json(),
        seed=seed_of(code),
        at=at,
        size=standing.sample,
        quota=standing.quota,
        strata=standing.strata,
        spread_hours=standing.spread_hours,
        window_hours=standing.window_hours,
        replacements=standing.replacements,
        state=RoundState.WAITING if standing.approval else RoundState.OPEN,
    )
    audits.write_down(connection, at=at, actor="system", event="round_opened", round=code, state=opened.state)
    return opened
