"""How a client of the demo uses the phone: when, whether to the end, by tapping or by typing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from spm_bot.demo.cast import Member
from spm_bot.demo.dice import dice, drawn
from spm_bot.times import DAY, at_wall, on_wall

SITTINGS = (time(19, 30),)
"""The moments of a day at which people look at their phones, on the wall."""

_EARLY_WEEKS = (0.45, 0.25, 0.17, 0.13)
_KEEN_IN_ARREARS = 0.87


@dataclass(frozen=True, slots=True)
class Habits:
    """One client's ways; shares are between 0 and 1. `joins_in` is the week of joining, None for never."""

    joins_in: int | None
    phone_speaks: str
    speaks: str
    agrees: bool
    agrees_to_private: bool
    takes_up: float
    refuses: float
    puts_off: float
    breaks_off: float
    comes_back: float
    skips: float
    goes_back: float
    types: float
    blocks: float
    stops: float


def habits(member: Member, *, languages: tuple[str, ...], weeks: int, seed: int) -> Habits:
    """The ways of one client, the same for the same seed."""
    rng = dice(seed, "habits", member.number)
    spoken = drawn({"en": 0.84, "fr": 0.16}, rng)
    spoken = spoken if spoken in languages else languages[0]
    typist = rng.random()
    return Habits(
        joins_in=_joining_week(rng, weeks=weeks),
        phone_speaks=drawn({spoken: 0.9, "sw": 0.1}, rng),
        speaks=spoken,
        agrees=rng.random() < 0.94,
        agrees_to_private=rng.random() < 0.94,
        takes_up=rng.uniform(0.55, 0.95),
        refuses=0.03,
        puts_off=0.08,
        breaks_off=rng.choice((0.0, 0.04, 0.08, 0.16)),
        comes_back=0.6,
        skips=rng.choice((0.0, 0.01, 0.03, 0.06)),
        goes_back=0.01,
        types=0.85 if typist < 0.15 else 0.3 if typist < 0.4 else 0.03,
        blocks=0.006,
        stops=0.006,
    )


def keenness(ways: Habits, *, late: bool) -> float:
    """How likely an invitation is taken up; people in arrears answer a bit less."""
    return ways.takes_up * (_KEEN_IN_ARREARS if late else 1.0)


def next_sitting(after: datetime, *, zone: ZoneInfo, skipping: int = 0) -> datetime:
    """The first moment after `after` at which people look at their phones, or one of those that follow."""
    day = on_wall(after, zone=zone).date()
    while True:
        for at in SITTINGS:
            instant = at_wall(day, at, zone=zone)
            if instant > after:
                if skipping == 0:
                    return instant
                skipping -= 1
        day += DAY


def patience(rng: Random, *, longest: int = 12) -> int:
    """How many looks at the phone pass before somebody acts: most act at the first or second."""
    passed = 0
    while passed < longest and rng.random() < 0.3:
        passed += 1
    return passed


THINKS = timedelta(minutes=1)
"""From one question to its answer."""


def _joining_week(rng: Random, *, weeks: int) -> int | None:
    """Four in five join in the first weeks, some later, some never."""
    turn = rng.random()
    if turn < 0.80:
        return min(drawn(dict(enumerate(_EARLY_WEEKS)), rng), weeks - 1)
    return rng.randrange(weeks) if turn < 0.93 else None
