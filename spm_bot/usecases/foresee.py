"""How many people of an audience can be asked, and what holds the others back, before anybody is asked.

Branch staff are told what was so at the start of yesterday, and never which of the things that a client
decides holds somebody back: who joined and who agreed is not theirs to know. One number alone of what they
are told depends on clients, in steps of five; the rest is the register and what follows from that number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from spm_bot.fieldwork.audience import NEEDS, Audience, Candidate, Needs, reasons
from spm_bot.fieldwork.contact_rules import LOOK_BACK, History, Reason
from spm_bot.fieldwork.register import ACTIVE, WRITTEN_OFF
from spm_bot.fieldwork.wall import LEAST, in_steps, seen_until
from spm_bot.protection.consent import Purpose
from spm_bot.storage import audiences, consents, histories
from spm_bot.storage.store import Connection
from spm_bot.surveys.model import Survey
from spm_bot.texts import Voice, sentence
from spm_bot.usecases.eligibility import candidates, signed_languages
from spm_bot.usecases.find_hour import hours_within
from spm_bot.usecases.visit import Desk

MOST = 2_000
"""People looked at one by one; of more, every so manieth, for nobody's answer may wait long behind it."""

_LATELY = sentence("were asked not long ago, or have no good hour in the next days")
_NOT_NOW = sentence("cannot be asked now")

_REASONS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.WORKS_HERE: sentence("work here themselves"),
        Reason.UNDER_AGE: sentence("are too young"),
        Reason.AGE_UNKNOWN: sentence("have no known age"),
        Reason.NO_LOAN: sentence("have no loan now"),
        Reason.HAS_LOAN: sentence("have a loan now"),
        Reason.NOT_JOINED: sentence("have not joined"),
        Reason.UNREACHABLE: sentence("cannot be reached"),
        Reason.NO_CONSENT: sentence("did not agree to surveys"),
        Reason.NO_LANGUAGE: sentence("speak a language without a signed survey"),
        Reason.OPEN_SESSION: sentence("have a survey open"),
        Reason.SURVEY_COOL_DOWN: _LATELY,
        Reason.SURVEYS_TOO_NEAR: _LATELY,
        Reason.COOL_DOWN: _LATELY,
        Reason.INVITATIONS_SPENT: _LATELY,
        Reason.MESSAGES_SPENT: _LATELY,
        Reason.WINDOW_SHUT: _LATELY,
    }
)
_OF_THE_REGISTER = frozenset(
    {Reason.WORKS_HERE, Reason.UNDER_AGE, Reason.AGE_UNKNOWN, Reason.NO_LOAN, Reason.HAS_LOAN}
)
_LIVE = _REASONS.keys() - _OF_THE_REGISTER


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many can be asked, behind the wall in steps, and how many each sentence holds back, in order."""

    eligible: int
    held_back: tuple[tuple[str, int], ...]

    def lines(self, voice: Voice) -> list[str]:
        """A line for every reason that holds back at least ten."""
        return [
            voice.say("About %(count)s %(reason)s.", count=in_steps(count), reason=voice.say(reason))
            for reason, count in self.held_back
            if count >= LEAST
        ]


def foresee(
    connection: Connection,
    desk: Desk,
    survey: Survey,
    audience: Audience,
    *,
    now: datetime,
    behind_wall: bool,
) -> Outlook:
    """What a request for this audience comes to; `behind_wall` for branch staff."""
    needs = NEEDS.get(survey.code, Needs())
    statuses = [ACTIVE, WRITTEN_OFF] if needs.no_loan else [ACTIVE]
    look = audiences.look_at(connection, audience, statuses=statuses, most=MOST)
    people = candidates(connection, look.clients, now=now)
    signed = signed_languages(connection, survey)
    if behind_wall and signed:
        people = _as_known(connection, desk, people, language=min(signed), now=now)
    found = reasons(
        people,
        survey=survey.code,
        signed=signed,
        rules=desk.rules,
        now=now,
        has_hour=hours_within(desk, now),
    )
    counts = {reason: _scaled(count, people, look.of) for reason, count in found.items()}
    return _behind_wall(counts) if behind_wall else _in_full(counts)


def _in_full(counts: Mapping[Reason | None, int]) -> Outlook:
    told: Counter[str] = Counter()
    for reason, words in _REASONS.items():
        told[words] += counts.get(reason, 0)
    return Outlook(counts.get(None, 0), tuple(told.items()))


def _behind_wall(counts: Mapping[Reason | None, int]) -> Outlook:
    """Whoever the register does not hold back can be asked or cannot: the one number gives the other."""
    told = {_REASONS[each]: counts.get(each, 0) for each in _REASONS if each in _OF_THE_REGISTER}
    possible = sum(count for each, count in counts.items() if each is None or each in _LIVE)
    eligible = in_steps(counts.get(None, 0))
    return Outlook(eligible, (*told.items(), (_NOT_NOW, in_steps(possible) - eligible)))


def _as_known(
    connection: Connection, desk: Desk, people: list[Candidate], *, language: str, now: datetime
) -> list[Candidate]:
    """People as branch staff may know them: nothing that a client did since the start of yesterday counts."""
    until = seen_until(now, zone=desk.institution.time_zone)
    ids = [each.client for each in people]
    agreed = consents.clients_agreeing(connection, Purpose.SURVEY, ids, before=until)
    asked = histories.as_known(connection, ids, since=now - LOOK_BACK, at=until)
    return [
        replace(
            each,
            address=each.address or 0,
            reachable=True,
            agrees=each.client in agreed,
            language=language,
            busy=False,
            history=asked.get(each.client, History()),
            hour=None,
        )
        for each in people
    ]


def _scaled(count: int, looked_at: list[Candidate], of: int) -> int:
    return count * of // len(looked_at) if looked_at else 0
