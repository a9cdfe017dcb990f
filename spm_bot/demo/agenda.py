"""What happens when in the demo: moments of the institution's rules, of its register, and of people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import IntEnum
from heapq import heapify, heappop, heappush
from zoneinfo import ZoneInfo

from spm_bot.institution import Institution
from spm_bot.times import DAY, Week, at_wall

LAST_WEEK = Week(2026, 44)
"""Its digest is the first one of November, so branches get verdicts."""

HARD_WEEKS = 13
"""For how long, up to the end, the first branch is in trouble."""

_OPENS = time(6)
_REGISTER_EVERY = 4
_SATURDAY = 5


class Kind(IntEnum):
    """What is done first at one moment: the institution's own work, then people."""

    REGISTER = 0
    CARDS = 1
    RULES = 2
    PERSON = 3


@dataclass(slots=True)
class ManualClock:
    """Stands still until it is set."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


@dataclass(frozen=True, slots=True)
class Span:
    """The weeks that are lived, the last one always the same, in the zone of the institution."""

    weeks: int
    zone: ZoneInfo

    @property
    def first(self) -> Week:
        return LAST_WEEK.minus(self.weeks - 1)

    @property
    def begins(self) -> datetime:
        return at_wall(self.first.start, _OPENS, zone=self.zone)

    def week(self, number: int) -> Week:
        return self.first.minus(-number)

    def hard_times(self, now: datetime) -> bool:
        """Whether the first branch is in trouble at this moment."""
        return LAST_WEEK.since(Week.of(now, self.zone)) < HARD_WEEKS


@dataclass(slots=True)
class Agenda:
    """Entries in the order of time; at one moment by kind, then by number."""

    _entries: list[tuple[datetime, Kind, int]] = field(default_factory=list)

    def put(self, at: datetime, kind: Kind, number: int = 0) -> None:
        heappush(self._entries, (at, kind, number))

    def put_all(self, entries: Iterator[tuple[datetime, Kind, int]]) -> None:
        self._entries += entries
        heapify(self._entries)

    def next_moment(self) -> tuple[datetime, list[tuple[Kind, int]]] | None:
        """The next moment with everything that is to be done at it; None when nothing is left."""
        if not self._entries:
            return None
        at = self._entries[0][0]
        found = []
        while self._entries and self._entries[0][0] == at:
            _, kind, number = heappop(self._entries)
            found.append((kind, number))
        return at, found


def institution_days(institution: Institution, span: Span) -> Iterator[tuple[datetime, Kind, int]]:
    """Cards and rules of every day, and the register every four weeks, on the last Saturday too."""
    zone = span.zone
    ends = institution.digest.slot
    for number in range(span.weeks):
        monday = span.week(number).start
        yield at_wall(monday, _OPENS, zone=zone), Kind.CARDS, number
        if (span.weeks - 1 - number) % _REGISTER_EVERY == 0:
            yield at_wall(monday + _SATURDAY * DAY, _OPENS, zone=zone), Kind.REGISTER, number
        for day in range(7):
            for at in _looks(institution):
                yield at_wall(monday + day * DAY, at, zone=zone), Kind.RULES, 7 * number + day
    yield (
        at_wall(LAST_WEEK.next().start + int(ends.weekday) * DAY, ends.at, zone=zone),
        Kind.RULES,
        7 * span.weeks,
    )


def _looks(institution: Institution) -> list[time]:
    """When, each day, the demo looks for due work: at the hours at which something can be due."""
    asked = {standing.slots.at for standing in institution.rounds}
    return sorted({institution.digest.slot.at, *asked})
