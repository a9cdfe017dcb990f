"""The parts of the institution file: what may stand in each section, with defaults and bounds."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from spm_bot.handwriting import LONGEST_LINE, Day, DayName, Language, SpokenLine, TimeOfDay, Zone
from spm_bot.times import Hours, Weekday, Weekly

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Line = Annotated[str, Field(min_length=1, max_length=LONGEST_LINE)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]
Days = Annotated[tuple[DayName, ...], Field(min_length=1)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class OpeningHours(Section):
    opens: TimeOfDay
    closes: TimeOfDay

    @property
    def hours(self) -> Hours:
        return Hours(self.opens, self.closes)


class ChatCompany(Section):
    """Who carries the messages, and why they may leave the country."""

    name: Line
    transfer_basis: str = ""
    impact_assessment_on: Day | None = None


class Helpline(Section):
    name: Line
    number: Line
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    hours: SpokenLine
    cost: SpokenLine
    tested_on: Day | None = None
    tested_by: str = ""


class Remedy(Section):
    """What a case may end with; `limit` is in the institution's currency, None for no money limit."""

    code: Code
    approver: Line
    limit: Count | None = None


class Joining(Section):
    """What a client is asked before a chat is theirs: the year of birth, or the last digits of the phone.

    Whoever has no such fact in the register is asked for the other.
    """

    second_check: Literal["birth_year", "phone_digits"] = "birth_year"


class Protection(Section):
    """How many cases can be helped in a week, and who stands above the protection team."""

    cases_per_week: Positive
    escalation: Line


class OutsideBody(Section):
    name: SpokenLine
    contact: Line


class Branch(Section):
    """One branch; what it leaves out is the institution's."""

    code: Code
    name: Line
    time_zone: Zone | None = None
    working_days: Days | None = None
    rest_days: tuple[DayName, ...] | None = None
    holidays: tuple[Day, ...] | None = None


class Product(Section):
    code: Code
    name: Line
    method: Literal["group", "individual"]


class Round(Section):
    """A standing round: each week one part in `cycle_weeks` of the panel is asked."""

    code: Code
    survey: Code
    weekday: DayName
    time: TimeOfDay
    cycle_weeks: Annotated[int, Field(ge=1, le=104)]
    window_hours: Annotated[int, Field(ge=24, le=168)] = 72

    @property
    def slot(self) -> Weekly:
        return Weekly(self.weekday, self.time)


class Apart(Section):
    """Surveys that keep a distance from each other in one client's life."""

    surveys: Annotated[tuple[Code, ...], Field(min_length=2)]
    weeks: Positive


class Contact(Section):
    """How often and when we may write; nothing may be looser than the defaults' order of size."""

    min_days_between: Annotated[int, Field(ge=7)] = 21
    max_per_year: Annotated[int, Field(ge=1, le=12)] = 6
    messages_per_year: Annotated[int, Field(ge=1, le=24)] = 12
    hours: OpeningHours = OpeningHours(opens=time(9), closes=time(19))
    cool_down_weeks: dict[Code, Positive] = Field(default_factory=dict)
    apart: tuple[Apart, ...] = ()


class Objective(Section):
    """A sentence of the mission made measurable. Values are in the indicator's own unit."""

    mission: Line
    indicator: Code
    baseline: float | None = None
    target: float
    by: Day
    owner: Line
    approved_on: Day


class Process(Section):
    name: Literal["incentives", "training", "recruitment", "marketing"]
    owner: Line
    last_review: Day | None = None
    next_review: Day


class Template(Section):
    """A survey that field staff may start with `/ask`, always for a random sample of this size."""

    survey: Code
    title: Line
    sample_size: Annotated[int, Field(ge=30)]


class DigestSlot(Section):
    weekday: DayName = Weekday.MONDAY
    time: TimeOfDay = time(7, 30)

    @property
    def slot(self) -> Weekly:
        return Weekly(self.weekday, self.time)


class Retention(Section):
    """Months until answers lose their link to a client, and until ledgers are dropped."""

    answers_months: Annotated[int, Field(ge=1, le=36)] = 12
    ledger_months: Annotated[int, Field(ge=12)] = 72
