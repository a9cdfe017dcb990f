"""Standing rounds as rows: each has one from its first slot on, which says whether it goes on or rests."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import sha256

from spm_bot.clauses import Round as StandingRound
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.log import event
from spm_bot.storage import rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.insist import insist

STANDING = "standing"

_log = logging.getLogger("spm_bot.rounds")


def seed_of(code: str) -> int:
    """The seed of whatever a round with this code draws."""
    return int.from_bytes(sha256(code.encode()).digest()[:4]) >> 1


def row_of(connection: Connection, standing: StandingRound, *, at: datetime) -> Round:
    """The row of a standing round, made at `at` if there is none. What waits for approval is a panel or a
    round after an event as a whole, but of a round of samples each sample.
    """
    waits = standing.approval and standing.kind != "sample"
    row = rounds.open_round(
        connection,
        code=standing.code,
        survey=standing.survey,
        origin=STANDING,
        audience="{}",
        seed=seed_of(standing.code),
        at=at,
        window_hours=standing.window_hours,
        state=RoundState.WAITING if waits else RoundState.OPEN,
    )
    return replace(row, window_hours=standing.window_hours)


async def rests(standing: StandingRound, slot: datetime, *, store: Store) -> bool:
    """Whether the round waits for approval, is paused or stopped, or asked another survey under this code
    before, so that nothing is asked at `slot`.
    """
    known = await store.read(partial(rounds.find_round, code=standing.code))
    if known is None:
        known = await insist(partial(row_of, standing=standing, at=slot), store)
    if known.survey != standing.survey:
        event(_log, "round_changed", severity=logging.WARNING, round=known.code, survey=standing.survey)
        return True
    return known.state != RoundState.OPEN
