"""How often and at which hours a client may be written to: cool-downs, budgets, quiet hours.

Who may be asked at all is decided in `audience`; the reasons for every no are listed here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING

from spm_bot.times import YEAR, Hours, Weekday, Window

if TYPE_CHECKING:
    from spm_bot.institution import Institution


class Reason(StrEnum):
    """Why someone is not asked, now or at all. The order is that in which reasons are told."""

    DECEASED = "deceased"
    CLOSED = "closed"
    UNDER_AGE = "under_age"
    AGE_UNKNOWN = "age_unknown"
    NO_LOAN = "no_active_loan"
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


@dataclass(frozen=True, slots=True)
class ContactRules:
    """Limits on what we start. Days and weeks are elapsed time, a year is 365 days.

    `cool_downs`: survey → weeks until the same client gets it again. `apart`: pairs of surveys with
    the weeks that must lie between them.
    """

    min_days_between: int = 21
    max_per_year: int = 6
    messages_per_year: int = 12
    cool_downs: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    apart: Mapping[frozenset[str], int] = field(default_factory=lambda: MappingProxyType({}))
    slack_hours: int = 72
    hours: Hours = field(default_factory=lambda: Hours(time(9), time(19)))


@dataclass(frozen=True, slots=True)
class History:
    """What we started with one client: invitations with their survey, and all messages among them
    (invitations and reminders; replies, cases and digests do not count).
    """

    invited_at: tuple[tuple[str, datetime], ...] = ()
    messages_at: tuple[datetime, ...] = ()


def too_soon(history: History, *, survey: str, rules: ContactRules, now: datetime) -> Reason | None:
    """Why an invitation to `survey` must not start at `now`, or None if it may."""
    own = [at for code, at in history.invited_at if code == survey]
    if _within(own, _weeks(rules.cool_downs.get(survey, 0), rules), now):
        return Reason.SURVEY_COOL_DOWN
    for other, at in history.invited_at:
        if _within([at], _weeks(rules.apart.get(frozenset((survey, other)), 0), rules), now):
            return Reason.SURVEYS_TOO_NEAR
    invited = [at for _, at in history.invited_at]
    if _within(invited, timedelta(days=rules.min_days_between), now):
        return Reason.COOL_DOWN
    if _within(invited, YEAR, now) >= rules.max_per_year:
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


def _within(moments: list[datetime] | tuple[datetime, ...], span: timedelta, now: datetime) -> int:
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
    )
