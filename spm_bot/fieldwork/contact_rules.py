"""How often and at which hours a client may be written to: cool-downs, budgets, quiet hours.

Who may be asked at all is decided in `audience`; the reasons for every no are listed here, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING

from spm_bot.clauses import DueDates
from spm_bot.times import WEEK, YEAR, Hours, Weekday, Window

if TYPE_CHECKING:
    from spm_bot.institution import Institution


LOOK_BACK = YEAR + 2 * WEEK
"""How old an invitation can be and still count: a year, and the time it and its reminder take to leave."""


class Reason(StrEnum):
    """Why someone is not asked, now or at all. The order is that in which reasons are told."""

    DECEASED = "deceased"
    CLOSED = "closed"
    WORKS_HERE = "works_here"
    UNDER_AGE = "under_age"
    AGE_UNKNOWN = "age_unknown"
    NO_LOAN = "no_active_loan"
    HAS_LOAN = "has_active_loan"
    NOT_IN_AUDIENCE = "not_in_audience"
    NOT_JOINED = "not_joined"
    UNREACHABLE = "unreachable"
    NO_CONSENT = "no_consent"
    NO_LANGUAGE = "no_language"
    OPEN_SESSION = "open_session"
    SURVEY_COOL_DOWN = "survey_cool_down"
    SURVEYS_TOO_NEAR = "surveys_too_near"
    COOL_DOWN = "cool_down"
    INVITATIONS_SPENT = "invitations_spent"
    MESSAGES_SPENT = "messages_spent"
    # No hour at which this client may be written to comes soon enough.
    WINDOW_SHUT = "window_shut"
    # More people would be asked than can be helped; set by whoever knows how many that are.
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class ContactRules:
    """Limits on what we start. Days and weeks are elapsed time, a year is 365 days.

    `cool_downs`: survey → weeks until the same client gets it again. `apart`: pairs of surveys with
    the weeks that must lie between them. Both may be up to `slack_hours` shorter.
    """

    min_days_between: int = 21
    max_per_year: int = 6
    messages_per_year: int = 12
    cool_downs: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    apart: Mapping[frozenset[str], int] = field(default_factory=lambda: MappingProxyType({}))
    slack_hours: int = 72
    hours: Hours = field(default_factory=lambda: Hours(time(9), time(19)))
    due_dates: DueDates = field(default_factory=DueDates)


@dataclass(frozen=True, slots=True)
class Asked:
    """One invitation: when it left, or is to leave while it has not `arrived`, and when its reminder did."""

    survey: str
    at: datetime
    reminded_at: datetime | None = None
    invitation: int = 0
    arrived: bool = True

    @property
    def messages_at(self) -> tuple[datetime, ...]:
        return (self.at,) if self.reminded_at is None else (self.at, self.reminded_at)


@dataclass(frozen=True, slots=True)
class History:
    """What we started with one client. Replies, cases and digests are not in it."""

    asked: tuple[Asked, ...] = ()

    @property
    def invited_at(self) -> tuple[datetime, ...]:
        return tuple(each.at for each in self.asked)

    @property
    def messages_at(self) -> tuple[datetime, ...]:
        """Invitations and reminders, of whatever kind of round: they share one budget."""
        return tuple(at for each in self.asked for at in each.messages_at)

    def before(self, invitation: int) -> History:
        """What this invitation has to reckon with when it leaves: what has arrived, and what waits since
        before it. So of two that wait at once the later one gives way.
        """
        return History(
            tuple(
                each
                for each in self.asked
                if each.invitation != invitation and (each.arrived or each.invitation < invitation)
            )
        )

    def without_reminder(self, invitation: int) -> History:
        """What the reminder of this invitation has to reckon with when it leaves."""
        return History(
            tuple(
                replace(each, reminded_at=None) if each.invitation == invitation else each
                for each in self.asked
            )
        )


def too_soon(history: History, *, survey: str, rules: ContactRules, now: datetime) -> Reason | None:
    """Why an invitation to `survey` must not start at `now`, or None if it may."""
    own = [each.at for each in history.asked if each.survey == survey]
    if _within(own, _weeks(rules.cool_downs.get(survey, 0), rules), now):
        return Reason.SURVEY_COOL_DOWN
    for each in history.asked:
        if _within([each.at], _weeks(rules.apart.get(frozenset((survey, each.survey)), 0), rules), now):
            return Reason.SURVEYS_TOO_NEAR
    if _within(history.invited_at, timedelta(days=rules.min_days_between), now):
        return Reason.COOL_DOWN
    if _within(history.invited_at, YEAR, now) >= rules.max_per_year:
        return Reason.INVITATIONS_SPENT
    return messages_spent(history, rules=rules, now=now)


def messages_spent(history: History, *, rules: ContactRules, now: datetime) -> Reason | None:
    """Why no message of our own may start at `now`: the year's budget. Holds for reminders too."""
    return (
        Reason.MESSAGES_SPENT if _within(history.messages_at, YEAR, now) >= rules.messages_per_year else None
    )


def _weeks(weeks: int, rules: ContactRules) -> timedelta:
    # An invitation may leave up to its window later than its slot. Without this slack the next slot
    # of a cycle would come too soon for whoever was written to late, and the panel would drift.
    return timedelta(weeks=weeks) - timedelta(hours=rules.slack_hours)


def _within(moments: Sequence[datetime], span: timedelta, now: datetime) -> int:
    """How many moments lie less than `span` before `now`, or after it (planned, not yet sent)."""
    return sum(now - at < span for at in moments) if span > timedelta(0) else 0


def client_window(
    rules: ContactRules, *, rest_days: frozenset[Weekday], holidays: frozenset[date], hour: int | None = None
) -> Window:
    """When a client may be written to: the rules' hours, or the hour of the day they chose themselves."""
    hours = rules.hours if hour is None else Hours(time(hour), time(hour + 1))
    return Window({day: hours for day in Weekday if day not in rest_days}, holidays)


def contact_rules(institution: Institution) -> ContactRules:
    """The rules as the institution file sets them."""
    contact = institution.contact
    apart = {
        frozenset(pair): group.weeks for group in contact.apart for pair in combinations(group.surveys, 2)
    }
    return ContactRules(
        min_days_between=contact.min_days_between,
        max_per_year=contact.max_per_year,
        messages_per_year=contact.messages_per_year,
        cool_downs=MappingProxyType(dict(contact.cool_down_weeks)),
        apart=MappingProxyType(apart),
        hours=contact.hours.hours,
        due_dates=contact.due_dates,
    )
