from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.clauses import DueDates
from spm_bot.fieldwork.due_dates import Instalments, due_days, first_allowed, quiet_times
from spm_bot.fieldwork.register import FREQUENCIES
from spm_bot.times import DAY, Hours, Weekday, Window, is_open

NAIROBI = ZoneInfo("Africa/Nairobi")
RULES = DueDates()
WINDOW = Window({day: Hours(time(9), time(19)) for day in Weekday if day is not Weekday.SUNDAY})
ZONES = ("Africa/Nairobi", "Africa/Cairo", "America/Santiago", "Asia/Kathmandu", "Europe/Paris", "UTC")


def days(due_on: str | None, frequency: str, first: str, last: str) -> list[str]:
    loan = Instalments(None if due_on is None else date.fromisoformat(due_on), frequency)
    found = due_days(loan, first=date.fromisoformat(first), last=date.fromisoformat(last))
    return [day.isoformat() for day in found]


def local(text: str, zone: ZoneInfo = NAIROBI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("due_on", "frequency", "first", "last", "expected"),
    [
        ("2026-11-26", "weekly", "2026-11-24", "2026-12-10", ["2026-11-26", "2026-12-03", "2026-12-10"]),
        # An old list is projected forward, and one that is newer than a due day one step back.
        ("2026-09-03", "weekly", "2026-11-24", "2026-12-03", ["2026-11-26", "2026-12-03"]),
        ("2026-11-26", "weekly", "2026-11-10", "2026-11-26", ["2026-11-19", "2026-11-26"]),
        ("2027-03-04", "weekly", "2026-11-24", "2026-12-22", []),
        ("2026-11-26", "two_weekly", "2026-11-24", "2026-12-24", ["2026-11-26", "2026-12-10", "2026-12-24"]),
        ("2026-11-05", "two_weekly", "2026-11-24", "2026-12-05", ["2026-12-03"]),
        ("2026-01-31", "monthly", "2026-02-01", "2026-04-30", ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2024-01-31", "monthly", "2028-02-01", "2028-03-01", ["2028-02-29"]),
        ("2026-11-26", "monthly", "2026-10-20", "2026-11-30", ["2026-10-26", "2026-11-26"]),
        ("2027-02-15", "monthly", "2026-12-01", "2027-01-31", ["2027-01-15"]),
        ("2026-11-26", "monthly", "2026-11-27", "2026-12-25", []),
        ("2026-11-26", "bullet", "2026-11-24", "2027-11-26", ["2026-11-26"]),
        ("2026-11-26", "seasonal", "2026-11-27", "2027-11-26", []),
        ("2026-11-26", "", "2026-11-24", "2027-11-26", ["2026-11-26"]),
        (None, "weekly", "2026-11-24", "2026-12-24", []),
        (None, "daily", "2026-11-24", "2026-11-26", ["2026-11-24", "2026-11-25", "2026-11-26"]),
        ("2026-12-24", "daily", "2026-11-24", "2026-11-25", ["2026-11-24", "2026-11-25"]),
    ],
)
def test_due_days(due_on: str | None, frequency: str, first: str, last: str, expected: list[str]) -> None:
    assert days(due_on, frequency, first, last) == expected


def quiet(loan: Instalments, at: str, *, rules: DueDates = RULES, zone: ZoneInfo = NAIROBI) -> bool:
    instant = local(at, zone)
    return any(
        start <= instant < end for start, end in quiet_times([loan], zone=zone, rules=rules, since=instant)
    )


THURSDAY = Instalments(date(2026, 11, 26), "weekly")
EVERY_DAY = Instalments(None, "daily")


@pytest.mark.parametrize(
    ("loan", "at", "expected"),
    [
        (THURSDAY, "2026-11-24T23:59", False),
        (THURSDAY, "2026-11-25T00:00", True),
        (THURSDAY, "2026-11-26T12:00", True),
        (THURSDAY, "2026-11-27T23:59", True),
        (THURSDAY, "2026-11-28T00:00", False),
        (THURSDAY, "2026-12-02T12:00", True),
        (THURSDAY, "2026-11-20T12:00", True),
        (EVERY_DAY, "2026-11-24T06:59", False),
        (EVERY_DAY, "2026-11-24T07:00", True),
        (EVERY_DAY, "2026-11-24T09:59", True),
        (EVERY_DAY, "2026-11-24T10:00", False),
    ],
)
def test_nobody_is_written_to_around_a_due_date(loan: Instalments, at: str, expected: bool) -> None:
    assert quiet(loan, at) is expected


def test_how_long_it_is_quiet_is_the_institutions_choice() -> None:
    assert not quiet(THURSDAY, "2026-11-25T23:59", rules=DueDates(hours=0))
    assert quiet(THURSDAY, "2026-11-26T00:00", rules=DueDates(hours=0))
    assert quiet(THURSDAY, "2026-11-23T00:00", rules=DueDates(hours=72))
    afternoon = DueDates(collection_at=time(16), hours_before=1)
    assert not quiet(EVERY_DAY, "2026-11-24T09:00", rules=afternoon)
    assert quiet(EVERY_DAY, "2026-11-24T15:00", rules=afternoon)


def test_a_due_day_is_as_long_as_the_clocks_make_it() -> None:
    """In Cairo clocks go forward at midnight of 24 April 2026: the day begins at one o'clock."""
    cairo = ZoneInfo("Africa/Cairo")
    [(start, end)] = quiet_times(
        [Instalments(date(2026, 4, 24), "bullet")],
        zone=cairo,
        rules=RULES,
        since=local("2026-04-20T12:00", cairo),
    )
    assert (start, end) == (local("2026-04-23T00:00", cairo), local("2026-04-26T00:00", cairo))
    assert end - start == timedelta(hours=71)


@pytest.mark.parametrize(
    ("loans", "since", "allowed"),
    [
        ((), "2026-11-24T10:00", "2026-11-24T10:00"),
        ((THURSDAY,), "2026-11-24T10:00", "2026-11-24T10:00"),
        ((THURSDAY,), "2026-11-24T20:00", "2026-11-28T09:00"),
        # Two loans: quiet from Wednesday to Friday and again on Saturday, then the day of rest.
        ((THURSDAY, Instalments(date(2026, 11, 29), "monthly")), "2026-11-25T10:00", "2026-12-01T09:00"),
        ((EVERY_DAY,), "2026-11-24T09:30", "2026-11-24T10:00"),
        ((EVERY_DAY,), "2026-11-24T20:00", "2026-11-25T10:00"),
    ],
)
def test_first_allowed_moment(loans: tuple[Instalments, ...], since: str, allowed: str) -> None:
    quiet = quiet_times(loans, zone=NAIROBI, rules=RULES, since=local(since))
    assert first_allowed(local(since), zone=NAIROBI, window=WINDOW, quiet=quiet) == local(allowed)


def test_who_pays_on_so_many_days_that_none_is_left_waits_for_weeks() -> None:
    loans = [Instalments(date(2026, 11, day), "weekly") for day in (23, 26, 28)]
    since = local("2026-11-24T10:00")
    quiet = quiet_times(loans, zone=NAIROBI, rules=RULES, since=since)
    assert first_allowed(since, zone=NAIROBI, window=WINDOW, quiet=quiet) > since + 14 * DAY


moments = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(st.sampled_from(list(Weekday)), moments)
def test_who_pays_weekly_finds_an_hour_within_every_week(weekday: Weekday, since: datetime) -> None:
    """Four days of seven are open, one of them may be the day of rest."""
    monday = date(2026, 1, 5)
    quiet = quiet_times(
        [Instalments(monday + weekday * DAY, "weekly")], zone=NAIROBI, rules=RULES, since=since
    )
    assert first_allowed(since, zone=NAIROBI, window=WINDOW, quiet=quiet) - since < 5 * DAY


loans = st.builds(
    Instalments,
    st.none() | st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    st.sampled_from([*FREQUENCIES, ""]),
)


@given(
    st.lists(loans, max_size=3),
    st.sampled_from(ZONES),
    moments,
)
def test_what_is_allowed_is_open_and_nowhere_near_a_due_date(
    owed: list[Instalments], name: str, since: datetime
) -> None:
    zone = ZoneInfo(name)
    quiet = quiet_times(owed, zone=zone, rules=RULES, since=since)
    at = first_allowed(since, zone=zone, window=WINDOW, quiet=quiet)
    assert at >= since
    assert is_open(at, zone=zone, window=WINDOW)
    if at > since + 14 * DAY:
        return
    today = at.astimezone(zone).date()
    near = [today - DAY, today, today + DAY]
    for loan in owed:
        if loan.frequency == "daily":
            assert at.astimezone(zone).hour >= 10
        else:
            assert not list(due_days(loan, first=near[0], last=near[-1])), (
                "a calendar day away from a due day"
            )
