"""Rounds after an event: some days after clients got a loan, or were done with their last one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from spm_bot.clauses import After
from spm_bot.clauses import Round as StandingRound
from spm_bot.storage import job_runs, loan_events
from spm_bot.storage.store import Store
from spm_bot.times import DAY, WEEK, YEAR, due_slots, on_wall
from spm_bot.usecases.eligibility import launch_problem
from spm_bot.usecases.insist import insist
from spm_bot.usecases.invite_in_turn import Turn, invite_in_turn
from spm_bot.usecases.stand import row_of
from spm_bot.usecases.visit import Desk

LATE = 4 * WEEK
"""How much later somebody is still asked who could not be asked at once, or of whom the list told late."""

SAME = 8 * WEEK
"""How long after an invitation another event counts as the same: the list may correct its day."""

_FOUND = {"disbursement": loan_events.disbursements, "closing": loan_events.closings}


async def follow_events(
    standing: StandingRound, slot: datetime, now: datetime | None = None, *, store: Store, desk: Desk
) -> int:
    """Invites everybody whose event is long enough ago at `slot`, once for each event; says how many."""
    if standing.after is None or launch_problem(desk) is not None:
        return 0
    at = now or slot
    round_ = await insist(partial(row_of, standing=standing, at=at), store)
    kept = await store.read(partial(job_runs.last_done, job=f"round:{standing.code}"))
    first, last = _days(standing, standing.after, slot, kept=kept, desk=desk)
    happened = await store.read(partial(_FOUND[standing.after.event], first=first, last=last))
    asked = await store.read(partial(loan_events.asked_since, round_id=round_.id, since=at - SAME))
    turns = [Turn(client, day.toordinal()) for client, day in happened if client not in asked]
    return await invite_in_turn(turns, round_, at=at, store=store, desk=desk)


def _days(
    standing: StandingRound, after: After, slot: datetime, *, kept: datetime | None, desk: Desk
) -> tuple[date, date]:
    """The first and the last day of an event that is asked about at `slot`: none lies between it and the
    last slot that was `kept`, or came before it where none is known to be.
    """
    zone = desk.institution.time_zone
    before = due_slots(standing.slots, zone=zone, after=slot - YEAR, until=slot - timedelta(minutes=1))
    known = [*before[-1:], *([kept] if kept is not None else [])]
    since = max(min([slot - LATE, *known]), slot - YEAR)
    day = on_wall(slot, zone=zone).date()
    return on_wall(since, zone=zone).date() - (after.days - 1) * DAY, day - after.days * DAY
