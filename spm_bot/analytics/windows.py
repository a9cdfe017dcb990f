"""The weeks a figure covers, and the weeks at which the figures of branches move on."""

from __future__ import annotations

from dataclasses import dataclass

from spm_bot.times import Week

WINDOW = 13


@dataclass(frozen=True, slots=True)
class Window:
    """Weeks from `first` to `last`, both included, as they are written: `2026-W44`."""

    first: str
    last: str


def window(last: Week) -> Window:
    """The 13 weeks that end with `last`."""
    return Window(str(last.minus(WINDOW - 1)), str(last))


def first_of_month(week: Week) -> bool:
    """Whether the digest of `week`, sent on the Monday after it, is the first of its month."""
    return week.next().start.day <= 7


def monthly_week(week: Week) -> Week:
    """The newest week, `week` or one before it, whose digest is the first of its month."""
    while not first_of_month(week):
        week = week.previous()
    return week
