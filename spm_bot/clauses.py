"""The parts of the institution file: what may stand in each section, with defaults and bounds."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from spm_bot.documents import flaw
from spm_bot.handwriting import LONGEST_LINE, Crontab, Day, DayName, Language, SpokenLine, TimeOfDay, Zone
from spm_bot.times import Cron, Hours, Weekday, Weekly

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Line = Annotated[str, Field(min_length=1, max_length=LONGEST_LINE)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]
WeeksOfYear = Annotated[int, Field(gt=0, le=52)]
"""Only a year of invitations is looked back on: a longer distance could not be kept."""
Days = Annotated[tuple[DayName, ...], Field(min_length=1)]

_OF_SAMPLES = ("strata", "quota", "replacements", "spread_hours")


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


class After(Section):
    """An event in a client's life, and how many days later they are asked."""

    event: Literal["disbursement", "closing"]
    days: Annotated[int, Field(ge=1, le=365)]


class Round(Section):
    """A standing round, asked on a weekday or by a crontab `schedule`, in the institution's zone.

    One of three says who is asked: `cycle_weeks` (each week one part of the panel), `sample` (so many,
    drawn anew at every slot over the `strata`), or `after` (whoever lived through an event). A `quota` is
    the number of answers after which a sample invites nobody more; `replacements` are later waves for
    those who could not be asked.
    """

    code: Code
    survey: Code
    weekday: DayName | None = None
    time: TimeOfDay | None = None
    schedule: Crontab | None = None
    cycle_weeks: Annotated[int, Field(ge=1, le=104)] | None = None
    sample: Annotated[int, Field(ge=30)] | None = None
    after: After | None = None
    strata: tuple[Literal["branch", "product", "gender"], ...] = ("branch", "product", "gender")
    quota: Positive | None = None
    replacements: Annotated[int, Field(ge=0, le=3)] = 1
    spread_hours: Annotated[int, Field(ge=0, le=72)] = 0
    window_hours: Annotated[int, Field(ge=24, le=168)] = 72
    approval: bool = False

    @model_validator(mode="after")
    def _has_one_time(self) -> Round:
        given = [self.weekday is not None, self.time is not None]
        if any(given) if self.schedule is not None else not all(given):
            raise flaw("needs a weekday and a time, or a schedule (and not both)")
        return self

    @model_validator(mode="after")
    def _is_one_kind(self) -> Round:
        if sum(each is not None for each in (self.cycle_weeks, self.sample, self.after)) != 1:
            raise flaw("needs one of cycle_weeks, sample and after (and no other)")
        if self.sample is None:
            for key in _OF_SAMPLES:
                if getattr(self, key) != type(self).model_fields[key].default:
                    raise flaw("can only stand with a sample (leave it out)", key)
        elif self.quota is not None and self.quota > self.sample:
            raise flaw(f"is more than the {self.sample} who are invited (write a smaller number)", "quota")
        return self

    @property
    def kind(self) -> Literal["panel", "sample", "after"]:
        if self.cycle_weeks is not None:
            return "panel"
        return "after" if self.sample is None else "sample"

    @property
    def slots(self) -> Weekly | Cron:
        """When it is asked."""
        if self.weekday is not None and self.time is not None:
            return Weekly(self.weekday, self.time)
        return Cron(self.schedule or "")


class Apart(Section):
    """Surveys that keep a distance from each other in one client's life."""

    surveys: Annotated[tuple[Code, ...], Field(min_length=2)]
    weeks: WeeksOfYear


class DueDates(Section):
    """The quiet around a due date: so many hours on either side of its day. Loans paid more often than once
    a week are quiet only in the hours before `collection_at`, when the collection begins.
    """

    hours: Annotated[int, Field(ge=0, le=72)] = 24
    collection_at: TimeOfDay = time(10)
    hours_before: Annotated[int, Field(ge=0, le=12)] = 3


class Contact(Section):
    """How often and when we may write; nothing may be looser than the defaults' order of size."""

    min_days_between: Annotated[int, Field(ge=7, le=364)] = 21
    max_per_year: Annotated[int, Field(ge=1, le=12)] = 6
    messages_per_year: Annotated[int, Field(ge=1, le=24)] = 12
    hours: OpeningHours = OpeningHours(opens=time(9), closes=time(19))
    due_dates: DueDates = DueDates()
    cool_down_weeks: dict[Code, WeeksOfYear] = Field(default_factory=dict)
    apart: tuple[Apart, ...] = ()


class Asking(Section):
    """Limits of `/ask`. A larger sample than `approval_over` waits for the SPM manager; messages leave at
    random over `spread_days`, the first after `undo_minutes`.
    """

    smallest_audience: Annotated[int, Field(ge=30)] = 30
    approval_over: Positive = 100
    spread_days: Annotated[int, Field(ge=1, le=3)] = 2
    undo_minutes: Annotated[int, Field(ge=10, le=1440)] = 30


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
