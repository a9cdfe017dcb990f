"""What a standing round does at a slot of its schedule, whatever kind it is."""

from __future__ import annotations

from datetime import datetime

from spm_bot.clauses import Round as StandingRound
from spm_bot.storage.store import Store
from spm_bot.usecases.call_sample import call_sample
from spm_bot.usecases.follow_events import follow_events
from spm_bot.usecases.take_turns import invite_due
from spm_bot.usecases.visit import Desk


async def keep_slot(standing: StandingRound, slot: datetime, *, store: Store, desk: Desk) -> int:
    """Invites whom the round asks at `slot` and says how many; a sample is only opened."""
    match standing.kind:
        case "panel":
            return await invite_due(standing, slot, store=store, desk=desk)
        case "after":
            return await follow_events(standing, slot, store=store, desk=desk)
        case "sample":
            await call_sample(standing, slot, store=store, desk=desk)
            return 0
