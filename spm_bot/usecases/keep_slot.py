"""What a standing round does at a slot of its schedule, whatever kind it is."""

from __future__ import annotations

from datetime import datetime

from spm_bot.clauses import Round as StandingRound
from spm_bot.storage.store import Store
from spm_bot.usecases.call_sample import call_sample
from spm_bot.usecases.eligibility import launch_problem
from spm_bot.usecases.follow_events import follow_events
from spm_bot.usecases.stand import rests
from spm_bot.usecases.take_turns import invite_due
from spm_bot.usecases.visit import Desk


async def keep_slot(
    standing: StandingRound, slot: datetime, now: datetime | None = None, *, store: Store, desk: Desk
) -> int:
    """Invites whom the round asks at `slot` and says how many; a sample is only opened.

    `now` is later than `slot` where the slot is made up: people are judged and written to as of `now`.
    """
    match standing.kind:
        case "panel":
            return await invite_due(standing, slot, now, store=store, desk=desk)
        case "after":
            return await follow_events(standing, slot, now, store=store, desk=desk)
        case "sample":
            await call_sample(standing, slot, now, store=store, desk=desk)
            return 0


async def may_not_ask(standing: StandingRound, slot: datetime, *, store: Store, desk: Desk) -> bool:
    """Whether the slot has to wait: the round rests, or nobody could be helped as the institution stands."""
    return launch_problem(desk) is not None or await rests(standing, slot, store=store)
