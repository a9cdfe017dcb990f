"""The standing panel: week by week, those are invited whose turn in the round's cycle has come."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from spm_bot.clauses import Round as StandingRound
from spm_bot.fieldwork.sampling import is_due, rank
from spm_bot.storage import panels
from spm_bot.storage.store import Store
from spm_bot.times import Week
from spm_bot.usecases.eligibility import launch_problem
from spm_bot.usecases.insist import insist
from spm_bot.usecases.invite_in_turn import Turn, invite_in_turn
from spm_bot.usecases.stand import row_of
from spm_bot.usecases.visit import Desk


async def invite_due(standing: StandingRound, slot: datetime, *, store: Store, desk: Desk) -> int:
    """Invites everybody whose turn in the round's cycle has come by `slot`; says how many.

    Where not all can be asked, chance decides and not the order of the register; who is left over is due
    in the next week again.
    """
    if launch_problem(desk) is not None:
        return 0
    round_ = await insist(partial(row_of, standing=standing, at=slot), store)
    zone = desk.institution.time_zone
    cycle = standing.cycle_weeks or 1
    # A slot that is made up may lie before the round was first launched by hand.
    weeks = max(Week.of(slot, zone).since(Week.of(round_.opened_at, zone)), 0)
    wave = weeks // cycle
    due = [
        client
        for client in await store.read(partial(panels.not_asked, round_id=round_.id, wave=wave))
        if is_due(client, seed=round_.seed, cycle_weeks=cycle, weeks_since_start=weeks)
    ]
    due.sort(key=lambda client: rank(client, seed=round_.seed, wave=wave))
    turns = [Turn(client, wave) for client in due]
    return await invite_in_turn(turns, round_, at=slot, store=store, desk=desk)
