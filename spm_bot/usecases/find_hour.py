"""When a client may be written to: their own hour if they chose one, else the hours of the rules."""

from __future__ import annotations

from datetime import datetime

from spm_bot.fieldwork.contact_rules import client_window
from spm_bot.times import next_open
from spm_bot.usecases.visit import Desk


def allowed_from(desk: Desk, branch: str, instant: datetime, *, hour: int | None = None) -> datetime:
    """The first moment from `instant` on at which a client of a branch may be written to; `hour` is the
    hour of the day they chose.
    """
    institution = desk.institution
    window = client_window(
        desk.rules,
        rest_days=institution.rest_days_of(branch),
        holidays=institution.holidays_of(branch),
        hour=hour,
    )
    return next_open(instant, zone=institution.zone_of(branch), window=window)


def sendable_from(desk: Desk, branch: str, instant: datetime, *, hour: int | None) -> datetime:
    """When a message that was due before may still leave: in the client's own hour or in anybody's."""
    anybody = allowed_from(desk, branch, instant)
    return anybody if hour is None else min(anybody, allowed_from(desk, branch, instant, hour=hour))
