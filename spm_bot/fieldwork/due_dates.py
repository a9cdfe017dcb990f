"""The quiet around the days on which a client pays: when those days come, and from when to when it lasts."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from spm_bot.clauses import DueDates
from spm_bot.times import DAY, Window, at_wall, next_open, on_wall

AHEAD = 14
"""Days for which due dates are looked up: no invitation waits as long for its hour."""

_STEPS = {"weekly": 7 * DAY, "two_weekly": 14 * DAY}

Quiet = tuple[datetime, datetime]
"""From the first moment at which a client is not written to until just before the second."""


@dataclass(frozen=True, slots=True)
class Instalments:
    """How one loan is paid: a due day that the register knows, if any, and how often (see `register`).

    Where the register does not say how often, no other day is guessed.
    """

    due_on: date | None
    frequency: str


def due_days(loan: Instalments, *, first: date, last: date) -> Iterator[date]:
    """The due days from `first` to `last`, in order, projected from the one that is known.

    It may lie in the past. Of those before it one is counted: a list newer than a due day names the next.
    """
    if loan.frequency == "daily":
        yield from (first + number * DAY for number in range((last - first).days + 1))
        return
    if loan.due_on is None:
        return
    if loan.frequency == "monthly":
        days = _monthly(loan.due_on, first=first, last=last)
    elif loan.frequency in _STEPS:
        days = _stepped(loan.due_on, _STEPS[loan.frequency], first=first, last=last)
    else:
        days = iter((loan.due_on,))
    yield from (day for day in days if first <= day <= last)


def quiet_times(
    loans: Iterable[Instalments], *, zone: ZoneInfo, rules: DueDates, since: datetime
) -> list[Quiet]:
    """When a client who pays these loans is not written to, from `since` on, as the clocks of `zone` go."""
    today = on_wall(since, zone=zone).date()
    margin = timedelta(hours=rules.hours)
    reach = -(-margin // DAY) + 1
    first, last = today - reach * DAY, today + AHEAD * DAY
    found = []
    for loan in loans:
        for day in due_days(loan, first=first, last=last):
            if loan.frequency == "daily":
                collected = at_wall(day, rules.collection_at, zone=zone)
                found.append((collected - timedelta(hours=rules.hours_before), collected))
            else:
                begins, ends = (at_wall(each, time(0), zone=zone) for each in (day, day + DAY))
                found.append((begins - margin, ends + margin))
    return found


def first_allowed(instant: datetime, *, zone: ZoneInfo, window: Window, quiet: Sequence[Quiet]) -> datetime:
    """The first moment from `instant` on inside the window and outside every quiet time."""
    at = next_open(instant, zone=zone, window=window)
    while ends := [end for start, end in quiet if start <= at < end]:
        at = next_open(max(ends), zone=zone, window=window)
    return at


def _stepped(known: date, step: timedelta, *, first: date, last: date) -> Iterator[date]:
    day = max(known - step, known + (first - known) // step * step)
    while day <= last:
        yield day
        day += step


def _monthly(known: date, *, first: date, last: date) -> Iterator[date]:
    """The same day of every month, the last one of months that are too short for it."""
    month = max(_months(known) - 1, _months(first))
    while month <= _months(last):
        year, number = divmod(month, 12)
        yield date(year, number + 1, min(known.day, monthrange(year, number + 1)[1]))
        month += 1


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1
