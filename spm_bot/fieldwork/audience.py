"""Who may be asked now, with the one reason why not: a pure function of what is known of a client."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import NotRequired, TypedDict, Unpack

from spm_bot.fieldwork.contact_rules import ContactRules, History, Reason, too_soon
from spm_bot.fieldwork.due_dates import Instalments
from spm_bot.fieldwork.register import ACTIVE, DECEASED, WRITTEN_OFF

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

    def holds(self, candidate: Candidate) -> bool:
        """Whether the round is for this client."""
        asked = (
            (self.branches, candidate.branch),
            (self.products, candidate.product),
            (self.genders, candidate.gender),
        )
        return all(code in codes for codes, code in asked if codes)


EVERYBODY = Audience()


@dataclass(frozen=True, slots=True)
class Needs:
    """What a survey asks of its respondents beyond the rules for all: a loan now or none, a known age.

    What is about the last loan is asked of clients whose loan was written off as well: without the worst
    off every figure would be too good.
    """

    loan: bool = False
    no_loan: bool = False
    known_age: bool = False


NEEDS: Mapping[str, Needs] = MappingProxyType(
    {
        "debt_stress": Needs(loan=True, known_age=True),
        "client_outcomes": Needs(known_age=True),
        "client_exit": Needs(no_loan=True),
    }
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the rules need to know of one client. `language` is what the chat speaks, '' if none; `hour`
    the hour of the day at which they want to be written to; `dues` how their present loans are paid.
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
    born_on: date | None = None
    works_here: bool = False
    product: str = ""
    gender: str = ""
    dues: tuple[Instalments, ...] = ()


def _at_any_hour(candidate: Candidate) -> bool:
    return True


def why_not(
    candidate: Candidate,
    *,
    survey: str,
    signed: frozenset[str],
    rules: ContactRules,
    now: datetime,
    audience: Audience = EVERYBODY,
    has_hour: Callable[[Candidate], bool] = _at_any_hour,
) -> Reason | None:
    """Why this client is not invited to `survey` now, or None. Being in arrears is never a reason.

    `has_hour` tells whether there is an hour for them soon enough; it is asked last.
    """
    return (
        _standing(candidate, NEEDS.get(survey, Needs()), now)
        or (None if audience.holds(candidate) else Reason.NOT_IN_AUDIENCE)
        or (Reason.NOT_JOINED if candidate.address is None else None)
        or (None if candidate.reachable else Reason.UNREACHABLE)
        or (None if candidate.agrees else Reason.NO_CONSENT)
        or (None if candidate.language in signed else Reason.NO_LANGUAGE)
        or (Reason.OPEN_SESSION if candidate.busy else None)
        or too_soon(candidate.history, survey=survey, rules=rules, now=now)
        or (None if has_hour(candidate) else Reason.WINDOW_SHUT)
    )


def why_not_at_all(candidate: Candidate, *, survey: str, now: datetime) -> Reason | None:
    """Why this client is not asked `survey` at any hour, even if they ask for it themselves."""
    return (
        _standing(candidate, NEEDS.get(survey, Needs()), now)
        or (Reason.NOT_JOINED if candidate.address is None else None)
        or (None if candidate.agrees else Reason.NO_CONSENT)
    )


class Terms(TypedDict):
    """What `why_not` judges by, for many candidates."""

    survey: str
    signed: frozenset[str]
    rules: ContactRules
    now: datetime
    audience: NotRequired[Audience]
    has_hour: NotRequired[Callable[[Candidate], bool]]


def eligible(candidates: Iterable[Candidate], **terms: Unpack[Terms]) -> list[Candidate]:
    """Those who may be invited now, in the order given."""
    return [each for each in candidates if why_not(each, **terms) is None]


def reasons(candidates: Iterable[Candidate], **terms: Unpack[Terms]) -> Counter[Reason | None]:
    """How many of them each reason holds back, and under None how many may be invited now."""
    return Counter(why_not(each, **terms) for each in candidates)


def _standing(candidate: Candidate, needs: Needs, now: datetime) -> Reason | None:
    """What the register alone says against it."""
    if candidate.status == DECEASED:
        return Reason.DECEASED
    if candidate.status != ACTIVE and not (candidate.status == WRITTEN_OFF and needs.no_loan):
        return Reason.CLOSED
    if candidate.works_here:
        return Reason.WORKS_HERE
    if (too_young := _too_young(candidate, needs, now)) is not None:
        return too_young
    if needs.loan and not candidate.has_loan:
        return Reason.NO_LOAN
    return Reason.HAS_LOAN if needs.no_loan and candidate.has_loan else None


def _too_young(candidate: Candidate, needs: Needs, now: datetime) -> Reason | None:
    # Behind UTC it may still be yesterday, and nobody is asked on the eve of their birthday.
    today = (now - timedelta(hours=12)).date()
    born = candidate.born_on
    if born is not None:
        of_age = (today.year - ADULT, today.month, today.day) >= (born.year, born.month, born.day)
    elif candidate.birth_year is not None:
        # The day is not known, so the year in which someone turns 18 does not count yet.
        of_age = today.year - candidate.birth_year > ADULT
    else:
        return Reason.AGE_UNKNOWN if needs.known_age else None
    return None if of_age else Reason.UNDER_AGE
