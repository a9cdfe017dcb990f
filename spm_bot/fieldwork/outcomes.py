"""How an invitation ended: one disposition code each, in the sense of AAPOR's Standard Definitions."""

from __future__ import annotations

from enum import StrEnum

PARTIAL_FROM = 0.5
"""Share of the relevant questions answered from which an unfinished survey is partial."""


class Outcome(StrEnum):
    COMPLETED = "completed"
    PARTIAL = "partial"
    BREAK_OFF = "break_off"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    NOT_ELIGIBLE = "not_eligible"


ANSWERED = frozenset({Outcome.COMPLETED, Outcome.PARTIAL})
"""Outcomes that count as a response."""


def of_session(*, finished: bool, answered: int, relevant: int) -> Outcome:
    """The outcome of a survey that was begun; `answered` does not count "rather not say"."""
    if finished:
        return Outcome.COMPLETED
    enough = relevant > 0 and answered / relevant >= PARTIAL_FROM
    return Outcome.PARTIAL if enough else Outcome.BREAK_OFF


def of_silence(*, delivered: bool, reachable: bool) -> Outcome:
    """The outcome of an invitation that nobody reacted to in its time."""
    if not reachable:
        return Outcome.UNREACHABLE
    return Outcome.NO_ANSWER if delivered else Outcome.EXPIRED
