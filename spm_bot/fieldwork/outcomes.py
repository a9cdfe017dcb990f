"""How an invitation ended: one disposition code each, in the sense of AAPOR's Standard Definitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from spm_bot.fieldwork.contact_rules import Reason

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
    """The outcome of a survey that was begun; `answered` does not count "rather not say", so that whoever
    said nothing else has broken off.
    """
    if finished and answered:
        return Outcome.COMPLETED
    enough = relevant > 0 and answered / relevant >= PARTIAL_FROM
    return Outcome.PARTIAL if enough else Outcome.BREAK_OFF


def of_silence(*, delivered: bool, reachable: bool) -> Outcome:
    """The outcome of an invitation that nobody reacted to in its time."""
    if not reachable:
        return Outcome.UNREACHABLE
    return Outcome.NO_ANSWER if delivered else Outcome.EXPIRED


def of_drop(reason: Reason | None) -> Outcome:
    """The outcome of an invitation that was held back unsent, by what spoke against it.

    A closed chat and a no are answers of people who could have been asked: they stay in every denominator.
    """
    match reason:
        case Reason.UNREACHABLE | Reason.NOT_JOINED:
            return Outcome.UNREACHABLE
        case Reason.NO_CONSENT:
            return Outcome.REFUSED
        case _:
            return Outcome.NOT_ELIGIBLE


@dataclass(frozen=True, slots=True)
class Tally:
    """The invitations of a round by how they ended; `open` ones have not. All of these together are those
    `invited`. `delivered` counts those that reached a phone, however they ended.

    Rates are those of AAPOR's Standard Definitions, where what is still open counts as if it were never
    answered: while a round goes on they can only rise. A rate of nobody is None.
    """

    delivered: int = 0
    completed: int = 0
    partial: int = 0
    break_off: int = 0
    refused: int = 0
    no_answer: int = 0
    unreachable: int = 0
    expired: int = 0
    not_eligible: int = 0
    open: int = 0

    @classmethod
    def of(cls, counts: Mapping[str | None, int], *, delivered: int) -> Tally:
        """From how often each outcome code occurs; None is an invitation without one yet."""
        return cls(delivered=delivered, **{"open" if code is None else code: n for code, n in counts.items()})

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def invited(self) -> int:
        """All codes together."""
        ended: list[int] = [getattr(self, outcome) for outcome in Outcome]
        return self.open + sum(ended)

    @property
    def eligible(self) -> int:
        """Invited, without those whom a rule forbade to ask or whose message was taken back unsent."""
        return self.invited - self.not_eligible

    @property
    def responded(self) -> int:
        """Reacted in any way: what is called contact with an interviewer."""
        return self.completed + self.partial + self.break_off + self.refused

    @property
    def delivery_rate(self) -> float | None:
        """Delivered / invited."""
        return _rate(self.delivered, self.invited)

    @property
    def contact_rate(self) -> float | None:
        """CON1: (completed + partial + break-off + refused) / eligible."""
        return _rate(self.responded, self.eligible)

    @property
    def cooperation_rate(self) -> float | None:
        """COOP2: (completed + partial) / (completed + partial + break-off + refused)."""
        return _rate(self.completed + self.partial, self.responded)

    @property
    def refusal_rate(self) -> float | None:
        """REF1: (refused + break-off) / eligible."""
        return _rate(self.refused + self.break_off, self.eligible)

    @property
    def response_rate_1(self) -> float | None:
        """RR1: completed / eligible."""
        return _rate(self.completed, self.eligible)

    @property
    def response_rate_2(self) -> float | None:
        """RR2: (completed + partial) / eligible."""
        return _rate(self.completed + self.partial, self.eligible)


def _rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None
