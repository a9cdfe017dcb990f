"""How often and at which hours a client may be written to: cool-downs, budgets, quiet hours, reminders.

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
from zoneinfo import ZoneInfo

from spm_bot.times import YEAR, Hours, Weekday, Window, next_open

if TYPE_CHECKING:
    from spm_bot.institution import Institution

OWN_HOURS = Hours(time(7), time(21))


class Reason(StrEnum):
    """Why someone is not asked, now or at all. The order is that in which reasons are told."""

    STAFF = "staff"
    DECEASED = "deceased"
    CLOSED = "closed"
    UNDER_AGE = "under_age"
    AGE_UNKNOWN = "age_unknown"
    NO_LOAN = "no_active_loan"
    OUTSIDE_AUDIENCE = "outside_audience"
    NOT_JOINED = "not_joined"
    UNREACHABLE = "unreachable"
    NO_CONSENT = "no_consent"
    ERASURE_PENDING = "erasure_pending"
    NO_LANGUAGE = "no_language"
    OPEN_SESSION = "open_session"
    ASKED_ONCE = "asked_once"
    SURVEY_COOL_DOWN = "survey_cool_down"
    SURVEYS_TOO_NEAR = "surveys_too_near"
    COOL_DOWN = "cool_down"
    INVITATIONS_SPENT = "invitations_spent"
    MESSAGES_SPENT = "messages_spent"
    DUE_DATE = "due_date"
    COLLECTION = "collection"
    VISIT = "visit"
    QUIET_HOURS = "quiet_hours"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class ContactRules:
    """Limits on what we start. Days and weeks are elapsed time, a year is 365 days.

    `cool_downs`: survey → weeks until the same client gets it again. `apart`: pairs of surveys with
    the weeks that must lie between them. Hours before or after a moment of the client's loans:
    `due_hours` on both sides of an instalment, `collection_hours` before a collection of a loan paid
    more often than weekly, `visit_hours` after a collection visit.
    """

    min_days_between: int = 21
    max_per_year: int = 6
    messages_per_year: int = 12
    cool_downs: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    apart: Mapping[frozenset[str], int] = field(default_factory=lambda: MappingProxyType({}))
    slack_hours: int = 72
    hours: Hours = field(default_factory=lambda: Hours(time(9), time(19)))
    due_hours: int = 24
    collection_hours: int = 3
    visit_hours: int = 48
    remind_after_hours: int = 24
    remind_before_hours: int = 48


@dataclass(frozen=True, slots=True)
class History:
    """What we started with one client: invitations with their survey, and all messages among them
    (invitations and reminders; replies, cases and digests do not count).
    """

    invited_at: tuple[tuple[str, datetime], ...] = ()
    messages_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class LoanMoments:
    """Moments of a client's loans that no invitation comes near, as far as they are known."""

    due_at: tuple[datetime, ...] = ()
    collected_at: tuple[datetime, ...] = ()
    visited_at: tuple[datetime, ...] = ()


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


def disturbs(at: datetime, *, moments: LoanMoments, rules: ContactRules) -> Reason | None:
    """Why a message at `at` would come too near to a payment or a visit, or None."""
    for reason, begins, ends in _blocks(moments, rules):
        if begins <= at < ends:
            return reason
    return None


def _blocks(moments: LoanMoments, rules: ContactRules) -> list[tuple[Reason, datetime, datetime]]:
    due, before, after = (
        timedelta(hours=hours) for hours in (rules.due_hours, rules.collection_hours, rules.visit_hours)
    )
    return [
        *((Reason.DUE_DATE, at - due, at + due) for at in moments.due_at),
        *((Reason.COLLECTION, at - before, at) for at in moments.collected_at),
        *((Reason.VISIT, at, at + after) for at in moments.visited_at),
    ]


def client_window(
    rules: ContactRules,
    *,
    rest_days: frozenset[Weekday],
    holidays: frozenset[date],
    own_hour: int | None = None,
) -> Window:
    """When a client may be written to: the rules' hours, or the hour (7 to 20) chosen by the client.

    Raises ValueError for an hour outside 07:00–21:00: nobody is woken because of a slip.
    """
    hours = rules.hours
    if own_hour is not None:
        if not OWN_HOURS.opens.hour <= own_hour < OWN_HOURS.closes.hour:
            raise ValueError(f"an hour of one's own lies between 7 and 20, not {own_hour}")
        hours = Hours(time(own_hour), time(own_hour + 1))
    return Window({day: hours for day in Weekday if day not in rest_days}, holidays)


def first_allowed(
    now: datetime,
    *,
    zone: ZoneInfo,
    window: Window,
    rules: ContactRules,
    moments: LoanMoments | None = None,
) -> datetime:
    """The first instant from `now` on at which the window is open and no loan moment is near.

    Raises ValueError when the window never opens.
    """
    blocks = sorted((begins, ends) for _, begins, ends in _blocks(moments or LoanMoments(), rules))
    at = next_open(now, zone=zone, window=window)
    for begins, ends in blocks:
        if begins <= at < ends:
            at = next_open(ends, zone=zone, window=window)
    return at


def reminder_at(
    quiet_since: datetime,
    *,
    zone: ZoneInfo,
    window: Window,
    rules: ContactRules,
    moments: LoanMoments | None = None,
) -> datetime | None:
    """When to send the one reminder to somebody silent since `quiet_since`; None if the hours in
    which it may come are all quiet ones: a late reminder is worse than none.
    """
    earliest = quiet_since + timedelta(hours=rules.remind_after_hours)
    at = first_allowed(earliest, zone=zone, window=window, rules=rules, moments=moments)
    return at if at <= quiet_since + timedelta(hours=rules.remind_before_hours) else None


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
