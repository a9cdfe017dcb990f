"""When a client may be written to: their own hour if they chose one, else the hours of the rules; never on a
day of rest, a holiday, or near a day on which they pay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from spm_bot.fieldwork.audience import Candidate
from spm_bot.fieldwork.contact_rules import client_window
from spm_bot.fieldwork.due_dates import Instalments, first_allowed, quiet_times
from spm_bot.times import WEEK
from spm_bot.usecases.visit import Desk


def allowed_from(
    desk: Desk,
    branch: str,
    instant: datetime,
    *,
    hour: int | None = None,
    dues: Sequence[Instalments] = (),
) -> datetime:
    """The first moment from `instant` on at which a client of a branch may be written to; `hour` is the
    hour of the day they chose, `dues` how they pay their loans.

    It may lie weeks ahead: whoever writes for a certain time looks whether it comes soon enough.
    """
    institution = desk.institution
    zone = institution.zone_of(branch)
    window = client_window(
        desk.rules,
        rest_days=institution.rest_days_of(branch),
        holidays=institution.holidays_of(branch),
        hour=hour,
    )
    quiet = quiet_times(dues, zone=zone, rules=desk.rules.due_dates, since=instant)
    return first_allowed(instant, zone=zone, window=window, quiet=quiet)


def sendable_from(
    desk: Desk, branch: str, instant: datetime, *, hour: int | None, dues: Sequence[Instalments] = ()
) -> datetime:
    """When a message that was due before may still leave: in the client's own hour or in anybody's."""
    anybody = allowed_from(desk, branch, instant, dues=dues)
    return (
        anybody if hour is None else min(anybody, allowed_from(desk, branch, instant, hour=hour, dues=dues))
    )


def hours_within(desk: Desk, instant: datetime, *, within: timedelta = WEEK) -> Callable[[Candidate], bool]:
    """Whether a client can be written to soon enough after `instant`: the `has_hour` of `why_not`.

    A week by default, whatever the time to answer: who pays every week on the day after a round's would else
    never be asked by it.
    """

    def has_hour(candidate: Candidate) -> bool:
        at = allowed_from(desk, candidate.branch, instant, hour=candidate.hour, dues=candidate.dues)
        return at < instant + within

    return has_hour
