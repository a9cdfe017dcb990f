"""The capacity brake: nobody is asked about debts whom nobody could help."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import Any

from spm_bot.fieldwork.capacity import BRAKED, weekly_limit
from spm_bot.fieldwork.contact_rules import Reason
from spm_bot.log import event
from spm_bot.storage import audits, loads
from spm_bot.storage.store import Connection, Store
from spm_bot.times import Week, at_wall
from spm_bot.usecases.visit import Desk

BRAKE = "capacity_brake"
"""The event under which it stands in the log and in the audit log that people were held back."""

_log = logging.getLogger("spm_bot.brake")


@dataclass(frozen=True, slots=True)
class Room:
    """How many may be invited in a week, how many are, and how many cases are overdue meanwhile."""

    limit: int
    invited: int
    overdue: int

    @property
    def left(self) -> int:
        return max(self.limit - self.invited, 0)


def room(connection: Connection, desk: Desk, survey: str, now: datetime) -> Room | None:
    """The room in the week of `now` for invitations to `survey`; None if it has no limit."""
    if survey not in BRAKED:
        return None
    zone = desk.institution.time_zone
    week = Week.of(now, zone)
    load = loads.load(connection, survey, week=week)
    limit = weekly_limit(load, cases_per_week=desk.institution.protection.cases_per_week)
    # What was planned for one week may leave in the next: a limit is one of messages that arrive.
    monday = at_wall(week.start, time(0), zone=zone)
    return Room(limit, loads.invited_since(connection, survey, since=monday), load.overdue)


def room_left(connection: Connection, desk: Desk, survey: str, now: datetime) -> int | None:
    """How many more people may be invited to `survey` in the week of `now`; None if it has no limit."""
    found = room(connection, desk, survey, now)
    return None if found is None else found.left


async def tell_held_back(
    held_back: int, *, round_code: str, survey: str, store: Store, desk: Desk, now: datetime
) -> None:
    """Writes down that the brake held people back, and why: it must not look as if nobody was due."""
    found = await store.read(partial(room, desk=desk, survey=survey, now=now))
    if not held_back or found is None:
        return
    counts: dict[str, Any] = {"held_back": held_back, "limit": found.limit, "overdue": found.overdue}
    told = partial(
        audits.write_down,
        at=now,
        actor="system",
        event=BRAKE,
        round=round_code,
        survey=survey,
        reason=Reason.CAPACITY,
        **counts,
    )
    await store.write(told)
    event(_log, BRAKE, severity=logging.WARNING, round=round_code, survey=survey, **counts)
