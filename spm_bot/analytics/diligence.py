"""What came of invitations, and how carefully answers were given: what data quality is counted from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from spm_bot.analytics.heard import Span

PAUSE = 30 * 60
"""Seconds after which a survey was put aside in between, so that its pace says nothing."""

IN_A_ROW = 3
"""Choices of the same length from which on giving them all in the same place is a mark."""


@dataclass(frozen=True, slots=True)
class EndingRow:
    """How the invitations to one survey ended that went to clients of one branch and band of arrears.

    `asked` are all within `span` but those whom a rule forbade to ask; some of them are still open or ran
    out unsent. The band is that of the client list now ('' for whoever is forgotten).
    """

    span: Span
    survey: str
    branch: str
    arrears: str
    asked: int
    delivered: int
    completed: int
    partial: int
    broke_off: int
    refused: int
    unanswered: int
    unreachable: int


@dataclass(frozen=True, slots=True)
class MannerRow:
    """How one whole response was given: see `pace` and `alike`."""

    survey: str
    seconds: float | None
    alike: bool | None


@dataclass(frozen=True, slots=True)
class SilenceRow:
    """How many of those whom a question was put to would rather not say."""

    survey: str
    question: str
    asked: int
    silent: int


def pace(seconds: float, answers: int) -> float | None:
    """The mean time from one answer to the next, of the time between the first and the last of `answers`.

    None where one answer stands alone, and where the survey was put aside for longer than `PAUSE`.
    """
    return seconds / (answers - 1) if answers > 1 and seconds <= PAUSE else None


def alike(places: Iterable[tuple[int, int]]) -> bool | None:
    """Whether somebody gave the same place in every choice of the same length (straight-lining).

    `places` are (number of choices, place chosen), one a single choice. Only lengths that came up
    `IN_A_ROW` times or more count; None where none did. A mark to look at, not a proof: whoever has no
    trouble says "never" to everything.
    """
    chosen: dict[int, list[int]] = {}
    for choices, place in places:
        chosen.setdefault(choices, []).append(place)
    rows = [each for each in chosen.values() if len(each) >= IN_A_ROW]
    return all(len(set(row)) == 1 for row in rows) if rows else None
