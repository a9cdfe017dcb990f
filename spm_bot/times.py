"""Weeks, due slots and opening hours: wall-clock arithmetic over time zones, with no clock of its own.

Every instant that comes in or goes out is aware and means UTC; a zone says how it looks on the wall.
Where a clock change removes a local time it is taken at the shifted hour after the gap, and where
one repeats a local time the first of the two counts, so whatever is due happens exactly once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from typing import Protocol
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
YEAR = timedelta(days=365)

# A window that stays shut longer than this is a mistake in its holidays, not a pause.
_FURTHEST = 400


class Clock(Protocol):
    """Whoever knows what time it is: `now()` is an aware instant in UTC."""

    def now(self) -> datetime: ...


class Weekday(IntEnum):
    """The days of a week, numbered as `date.weekday()` does."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


def at_wall(day: date, at: time, *, zone: ZoneInfo) -> datetime:
    """The instant at which clocks in `zone` show `at` on `day`."""
    # fold=0 reads a missing time with the offset before the gap, which lands just behind it.
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def on_wall(instant: datetime, *, zone: ZoneInfo) -> datetime:
    """What a clock in `zone` shows at `instant`. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {instant.isoformat()}")
    return instant.astimezone(zone)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO 8601 week, Monday to Sunday. Raises ValueError for a week the year does not have."""

    year: int
    number: int

    def __post_init__(self) -> None:
        try:
            date.fromisocalendar(self.year, self.number, 7)
        except ValueError:
            raise ValueError(f"there is no week {self.number} in {self.year}") from None

    @classmethod
    def parse(cls, text: str) -> Week:
        """The week written as `2026-W47`, of the years 2000 to 2999. Raises ValueError."""
        match = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a week: write it as 2026-W47")
        # Weeks are counted back and forth from it, and the calendar ends somewhere.
        if not 2000 <= int(match[1]) <= 2999:
            raise ValueError(f"{text!r} is no week of this millennium: take one of 2000 to 2999")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def on(cls, day: date) -> Week:
        """The week that holds `day`."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def of(cls, instant: datetime, zone: ZoneInfo) -> Week:
        """The week in which people in `zone` live at `instant`."""
        return cls.on(on_wall(instant, zone=zone).date())

    @property
    def start(self) -> date:
        """Its Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """Its Sunday."""
        return date.fromisocalendar(self.year, self.number, 7)

    def next(self) -> Week:
        return self.minus(-1)

    def previous(self) -> Week:
        return self.minus(1)

    def minus(self, weeks: int) -> Week:
        """The week that many weeks earlier."""
        return Week.on(self.start - weeks * WEEK)

    def since(self, other: Week) -> int:
        """How many weeks lie between `other` and this one; negative if `other` is later."""
        return (self.start - other.start) // WEEK

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"


@dataclass(frozen=True, slots=True)
class Weekly:
    """Once a week, when the wall clock shows `at` on `weekday`."""

    weekday: Weekday
    at: time


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day when the wall clock shows `at`."""

    at: time


@dataclass(frozen=True, slots=True)
class Cron:
    """On days that fit a crontab line of five fields, at its one minute of its one hour. Day of the month
    and weekday must both fit; weekdays stand in it by name.
    """

    line: str

    @property
    def at(self) -> time:
        """When on such a day."""
        minute, hour = self.line.split()[:2]
        return time(int(hour), int(minute))


Schedule = Weekly | Daily | Cron


def due_slots(
    schedule: Schedule, *, zone: ZoneInfo, after: datetime, until: datetime
) -> tuple[datetime, ...]:
    """The instants of `schedule` later than `after` and not later than `until`, in order."""
    # A gap may push a slot over midnight, so the day before the first one is looked at as well.
    first, last = on_wall(after, zone=zone).date() - DAY, on_wall(until, zone=zone).date()
    slots = {at_wall(day, schedule.at, zone=zone) for day in _days(schedule, first=first, last=last)}
    return tuple(sorted(slot for slot in slots if after < slot <= until))


def next_slot(schedule: Schedule, *, zone: ZoneInfo, after: datetime) -> datetime | None:
    """The first instant of `schedule` later than `after`; None if there is none within five years."""
    for span in (WEEK, YEAR, 5 * YEAR):
        if slots := due_slots(schedule, zone=zone, after=after, until=after + span):
            return slots[0]
    return None


def _days(schedule: Schedule, *, first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last` on which something falls."""
    if isinstance(schedule, Cron):
        yield from _cron_days(schedule, first=first, last=last)
        return
    for number in range((last - first).days + 1):
        day = first + number * DAY
        if isinstance(schedule, Daily) or day.weekday() == schedule.weekday:
            yield day


def _cron_days(cron: Cron, *, first: date, last: date) -> Iterator[date]:
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415  # few commands need it

    # Only days are asked of it, in UTC, which has no clock changes: `at_wall` knows those.
    trigger = CronTrigger.from_crontab(cron.line, timezone=UTC)
    seen = datetime.combine(first, time(0), tzinfo=UTC)
    while (fits := trigger.get_next_fire_time(None, seen)) is not None and fits.date() <= last:
        yield fits.date()
        seen = fits + timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens` until just before `closes`; past midnight when it closes at or before it opens."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Window:
    """When we may write to people: hours by weekday, none on a holiday.

    A weekday without hours is shut. Hours past midnight belong to the day on which they open, so a
    holiday shuts the night that follows it, not the one that led into it.
    """

    hours: Mapping[Weekday, Hours]
    holidays: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not self.hours:
            raise ValueError("a window needs hours on one weekday at least")


def is_open(instant: datetime, *, zone: ZoneInfo, window: Window) -> bool:
    """Whether `instant` lies inside the window as seen in `zone`."""
    today = on_wall(instant, zone=zone).date()
    return any(opens <= instant < closes for opens, closes in _spans(today, 2, zone=zone, window=window))


def next_open(instant: datetime, *, zone: ZoneInfo, window: Window) -> datetime:
    """`instant` itself when the window is open, else the moment it opens next.

    Raises ValueError when holidays keep it shut for over a year.
    """
    today = on_wall(instant, zone=zone).date()
    for opens, closes in _spans(today, _FURTHEST, zone=zone, window=window):
        if instant < closes:
            return max(opens, instant.astimezone(UTC))
    raise ValueError(f"nothing is open within {_FURTHEST} days of {today.isoformat()}: check the holidays")


def _spans(today: date, days: int, *, zone: ZoneInfo, window: Window) -> Iterator[tuple[datetime, datetime]]:
    """The open stretches of `days` days, beginning with the night that leads into `today`."""
    for number in range(-1, days - 1):
        day = today + number * DAY
        hours = window.hours.get(Weekday(day.weekday()))
        if hours is None or day in window.holidays:
            continue
        last = day if hours.opens < hours.closes else day + DAY
        opens = at_wall(day, hours.opens, zone=zone)
        closes = at_wall(last, hours.closes, zone=zone)
        if opens < closes:
            yield opens, closes
