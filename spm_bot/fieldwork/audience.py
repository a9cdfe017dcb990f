"""Who may be asked now, with the one reason why not: a pure function of what is known of a client."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from spm_bot.fieldwork.contact_rules import ContactRules, History, Reason, too_soon

ADULT = 18


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a round is for, by what the register says of people; an empty set stands for everybody."""

    branches: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    genders: frozenset[str] = frozenset()

    def to_json(self) -> str:
        """As it is kept with the round: without what stands for everybody."""
        said = {name: sorted(getattr(self, name)) for name in self.__dataclass_fields__}
        return json.dumps({name: codes for name, codes in said.items() if codes})

    @classmethod
    def from_json(cls, text: str) -> Audience:
        return cls(**{name: frozenset(codes) for name, codes in json.loads(text).items()})


@dataclass(frozen=True, slots=True)
class Needs:
    """What a survey asks of its respondents beyond the rules for all: a loan now, a known age."""

    loan: bool = False
    known_age: bool = False


NEEDS: Mapping[str, Needs] = MappingProxyType(
    {
        "debt_stress": Needs(loan=True, known_age=True),
        "client_outcomes": Needs(known_age=True),
    }
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the rules need to know of one client. `language` is what the chat speaks, '' if none; `hour`
    the hour of the day at which they want to be written to.
    """

    client: int
    address: int | None
    branch: str
    status: str
    birth_year: int | None
    has_loan: bool
    in_arrears: bool
    reachable: bool
    agrees: bool
    language: str
    busy: bool
    history: History
    hour: int | None = None


def why_not(
    candidate: Candidate, *, survey: str, signed: frozenset[str], rules: ContactRules, now: datetime
) -> Reason | None:
    """Why this client is not invited to `survey` now, or None. Being in arrears is never a reason."""
    standing = why_not_at_all(candidate, survey=survey, now=now)
    if standing is not None:
        return standing
    if not candidate.reachable:
        return Reason.UNREACHABLE
    if candidate.language not in signed:
        return Reason.NO_LANGUAGE
    if candidate.busy:
        return Reason.OPEN_SESSION
    return too_soon(candidate.history, survey=survey, rules=rules, now=now)


def why_not_at_all(candidate: Candidate, *, survey: str, now: datetime) -> Reason | None:
    """Why this client is not asked `survey` at any hour: looked at when inviting, sending, starting."""
    standing = _standing(candidate, NEEDS.get(survey, Needs()), now)
    if standing is not None:
        return standing
    if candidate.address is None:
        return Reason.NOT_JOINED
    return None if candidate.agrees else Reason.NO_CONSENT


def eligible(
    candidates: Iterable[Candidate],
    *,
    survey: str,
    signed: frozenset[str],
    rules: ContactRules,
    now: datetime,
) -> list[Candidate]:
    """Those who may be invited now, in the order given."""
    return [c for c in candidates if why_not(c, survey=survey, signed=signed, rules=rules, now=now) is None]


def _standing(candidate: Candidate, needs: Needs, now: datetime) -> Reason | None:
    """What the register alone says against it."""
    if candidate.status != "active":
        return Reason.DECEASED if candidate.status == "deceased" else Reason.CLOSED
    if candidate.birth_year is None:
        if needs.known_age:
            return Reason.AGE_UNKNOWN
    elif now.year - candidate.birth_year <= ADULT:
        # The day is not known, so the year in which someone turns 18 does not count yet.
        return Reason.UNDER_AGE
    if needs.loan and not candidate.has_loan:
        return Reason.NO_LOAN
    return None
