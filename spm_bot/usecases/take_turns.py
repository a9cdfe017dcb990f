"""The standing panel: week by week, those are invited whose turn in the round's cycle has come."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial

from spm_bot.clauses import Round as StandingRound
from spm_bot.fieldwork.sampling import latest_turn, rank
from spm_bot.storage import panels
from spm_bot.storage.panels import Panel
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Store
from spm_bot.times import Week
from spm_bot.usecases.eligibility import launch_problem
from spm_bot.usecases.insist import insist
from spm_bot.usecases.invite_in_turn import Turn, invite_in_turn
from spm_bot.usecases.stand import row_of
from spm_bot.usecases.visit import Desk

SLICE = 2000
"""Members looked at before others may go on: each costs a hash."""


async def invite_due(
    standing: StandingRound, slot: datetime, now: datetime | None = None, *, store: Store, desk: Desk
) -> int:
    """Invites everybody whose turn in the round's cycle has come by `slot`; says how many.

    Where not all can be asked, chance decides and not the order of the register; who is left over is due
    in the next week again, and so is whom no message reached. A turn is numbered by its week, counted from
    the opening of the round, so that another length of the cycle neither repeats turns nor skips people.
    """
    if launch_problem(desk) is not None:
        return 0
    at = now or slot
    round_ = await insist(partial(row_of, standing=standing, at=at), store)
    zone = desk.institution.time_zone
    cycle = standing.cycle_weeks or 1
    # A slot that is made up may lie before the round was first launched by hand.
    weeks = max(Week.of(slot, zone).since(Week.of(round_.opened_at, zone)), 0)
    begun = weeks - weeks % cycle
    panel = await store.read(partial(panels.panel, round_id=round_.id, since=begun))
    turns = await _line(panel, round_, cycle=cycle, weeks=weeks)
    return await invite_in_turn(turns, round_, at=at, store=store, desk=desk)


async def _line(panel: Panel, round_: Round, *, cycle: int, weeks: int) -> list[Turn]:
    """Those whose turn has come and who were not asked since, in an order of chance."""
    begun = weeks - weeks % cycle
    ranked: list[tuple[int, Turn]] = []
    for number, (client, asked) in enumerate(zip(panel.clients, panel.asked, strict=True), start=1):
        turn = latest_turn(client, seed=round_.seed, cycle_weeks=cycle, weeks_since_start=weeks)
        if turn is not None and asked < turn:
            ranked.append((rank(client, seed=round_.seed, wave=begun), Turn(client, turn)))
        if number % SLICE == 0:
            await asyncio.sleep(0)
    ranked.sort(key=lambda each: each[0])
    return [turn for _, turn in ranked]
