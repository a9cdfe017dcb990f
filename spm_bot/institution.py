"""The institution file as a validated value: what one lender decides for itself, in one place.

Secrets and addresses of servers are not here; they come from the environment (`settings`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, ValidationError, field_validator

from spm_bot.bounds import UnreadableError, text_in
from spm_bot.clauses import (
    Asking,
    Branch,
    ChatCompany,
    Code,
    Contact,
    Days,
    DigestSlot,
    Helpline,
    Joining,
    Line,
    Objective,
    OpeningHours,
    OutsideBody,
    Positive,
    Process,
    Product,
    Protection,
    Remedy,
    Retention,
    Round,
    Section,
    Template,
)
from spm_bot.documents import Document, Place, flaw, problems, read_document, unknown
from spm_bot.handwriting import Country, Currency, Day, DayName, Language, SpokenLine, Stem, Zone
from spm_bot.times import Weekday, Window

NEVER_BY_STAFF = frozenset({"debt_stress", "client_outcomes"})
"""Surveys that field staff never start: whoever collects a loan must not choose who is asked about it."""


class InstitutionError(Exception):
    """The institution file cannot be used; the message is one line a problem."""


class Institution(Section):
    """One lender. Branches may override time zone, working days, rest days and holidays."""

    name: Line
    country: Country
    time_zone: Zone
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    currency: Currency
    working_days: Days
    working_hours: OpeningHours
    rest_days: tuple[DayName, ...] = (Weekday.SUNDAY,)
    holidays: tuple[Day, ...] = ()
    answers_seen_by: SpokenLine
    chat_company: ChatCompany
    hotline: Line
    outside_body: OutsideBody
    regulators: tuple[Line, ...] = ()
    helplines: tuple[Helpline, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    protection: Protection
    branches: Annotated[tuple[Branch, ...], Field(min_length=1)]
    products: Annotated[tuple[Product, ...], Field(min_length=1)]
    rounds: tuple[Round, ...] = ()
    joining: Joining = Joining()
    contact: Contact = Contact()
    asking: Asking = Asking()
    objectives: tuple[Objective, ...] = ()
    limits: dict[Code, float] = Field(default_factory=dict)
    processes: tuple[Process, ...] = ()
    templates: tuple[Template, ...] = ()
    themes: dict[Code, dict[Language, tuple[Stem, ...]]] = Field(default_factory=dict)
    emergency_amount: Positive
    poverty_bands: tuple[Line, ...] = ()
    minimum_cell: Annotated[int, Field(ge=5)] = 10
    small_institution: bool = False
    digest: DigestSlot = DigestSlot()
    retention: Retention = Retention()

    _document: Document | None = PrivateAttr(default=None)

    @field_validator("branches", "products", "rounds", "remedies")
    @classmethod
    def _codes_differ(cls, rows: tuple[Branch | Product | Round | Remedy, ...]) -> object:
        seen: set[str] = set()
        for number, row in enumerate(rows):
            if row.code in seen:
                raise flaw(f"{row.code!r} is used twice (give each a code of its own)", number, "code")
            seen.add(row.code)
        return rows

    @field_validator("rest_days")
    @classmethod
    def _some_day_is_left(cls, days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if len(set(days)) == len(Weekday):
            raise flaw("leaves no day to write to anybody (take out one at least)")
        return days

    def zone_of(self, branch: str) -> ZoneInfo:
        """The time zone in which a branch and its clients live."""
        own = self._branch(branch)
        return (own.time_zone if own else None) or self.time_zone

    def rest_days_of(self, branch: str) -> frozenset[Weekday]:
        """The weekdays on which nobody of that branch is written to."""
        own = self._branch(branch)
        return frozenset(self.rest_days if own is None or own.rest_days is None else own.rest_days)

    def holidays_of(self, branch: str) -> frozenset[date]:
        own = self._branch(branch)
        return frozenset(self.holidays if own is None or own.holidays is None else own.holidays)

    def working_window(self, branch: str) -> Window:
        """When people work at a branch. Deadlines of cases and calls by staff follow it."""
        own = self._branch(branch)
        days = (own.working_days if own else None) or self.working_days
        return Window(dict.fromkeys(days, self.working_hours.hours), self.holidays_of(branch))

    def _branch(self, code: str) -> Branch | None:
        # A branch of the register that the file does not list lives by the institution's own rules.
        return next((branch for branch in self.branches if branch.code == code), None)

    def check_surveys(self, known: Collection[str]) -> None:
        """Raises InstitutionError when the file names a survey that is not among `known`, or lets staff
        start one that they never may.
        """
        self._check("survey", self._survey_places(), known)
        mend = "write another survey, or take the template out"
        self._refuse(
            (("templates", number, "survey"), f"{template.survey} is never started by field staff ({mend})")
            for number, template in enumerate(self.templates)
            if template.survey in NEVER_BY_STAFF
        )

    def check_indicators(self, known: Collection[str], *, limited: Collection[str]) -> None:
        """Raises InstitutionError when an objective is not about one of `known`, or a limit about one of
        those that may be `limited`.
        """
        rows = enumerate(self.objectives)
        self._check("indicator", ((("objectives", n, "indicator"), row.indicator) for n, row in rows), known)
        self._check("indicator", ((("limits", code), code) for code in self.limits), limited)

    def check_themes(self, known: Collection[str]) -> None:
        """Raises InstitutionError when words are listed for a theme that is not among `known`."""
        self._check("theme", ((("themes", code), code) for code in self.themes), known)

    def _survey_places(self) -> Iterator[tuple[Place, str]]:
        for number, row in enumerate(self.rounds):
            yield ("rounds", number, "survey"), row.survey
        for number, template in enumerate(self.templates):
            yield ("templates", number, "survey"), template.survey
        for code in self.contact.cool_down_weeks:
            yield ("contact", "cool_down_weeks", code), code
        for number, pair in enumerate(self.contact.apart):
            for place, code in enumerate(pair.surveys):
                yield ("contact", "apart", number, "surveys", place), code

    def _check(self, kind: str, places: Iterable[tuple[Place, str]], known: Collection[str]) -> None:
        self._refuse((place, unknown(kind, code, known)) for place, code in places if code not in known)

    def _refuse(self, flaws: Iterable[tuple[Place, str]]) -> None:
        document = self._document or Document("institution", None, {}, ())
        told = [document.problem(place, what) for place, what in flaws]
        if told:
            raise InstitutionError("\n".join(told))


def load(path: Path) -> Institution:
    """The institution described in the file. Raises InstitutionError with every problem it has."""
    try:
        document = read_document(text_in(path), name=str(path))
        institution = Institution.model_validate(document.content)
    except FileNotFoundError:
        mend = "copy the example institution.yaml of the project there, or set SPM_INSTITUTION"
        raise InstitutionError(f"no institution file at {path}: {mend}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InstitutionError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    except UnreadableError as error:
        raise InstitutionError(str(error)) from error
    except ValidationError as error:
        raise InstitutionError("\n".join(problems(document, Institution, error))) from error
    if document.repeated:
        raise InstitutionError("\n".join(problems(document, Institution)))
    institution._document = document
    return institution
