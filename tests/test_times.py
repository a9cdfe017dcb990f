from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.times import (
    DAY,
    Daily,
    Hours,
    Week,
    Weekday,
    Weekly,
    Window,
    at_wall,
    due_slots,
    is_open,
    next_open,
    on_wall,
)

NAIROBI = ZoneInfo("Africa/Nairobi")
SIX_ZONES = [
    ZoneInfo(name)
    for name in (
        "Africa/Nairobi",
        "Africa/Cairo",
        "America/New_York",
        "Europe/Paris",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
    )
]

zones = st.sampled_from(SIX_ZONES)
instants = st.timedeltas(timedelta(0), timedelta(days=427)).map(
    lambda since: datetime(2025, 12, 1, tzinfo=UTC) + since
)
minutes = st.times().map(lambda at: at.replace(second=0, microsecond=0))
schedules = st.one_of(st.builds(Daily, minutes), st.builds(Weekly, st.sampled_from(Weekday), minutes))
windows = st.builds(
    Window,
    st.dictionaries(st.sampled_from(Weekday), st.builds(Hours, minutes, minutes), min_size=1),
    st.frozensets(st.dates(date(2025, 12, 1), date(2027, 2, 1)), max_size=20),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_week_reads_what_it_writes() -> None:
    week = Week.parse("2026-W47")
    assert (week, str(week)) == (Week(2026, 47), "2026-W47")
    assert (week.start, week.end) == (date(2026, 11, 16), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-W54", "there is no week 54 in 2026"),
        ("2025-W53", "there is no week 53 in 2025"),
        ("2026-W00", "there is no week 0 in 2026"),
        ("0001-W01", "'0001-W01' is no week of this millennium: take one of 2000 to 2999"),
        ("9999-W52", "'9999-W52' is no week of this millennium: take one of 2000 to 2999"),
        ("2026-47", "'2026-47' is not a week: write it as 2026-W47"),
        ("2026-W7", "'2026-W7' is not a week: write it as 2026-W47"),
        ("٢٠٢٦-W47", "'٢٠٢٦-W47' is not a week: write it as 2026-W47"),
    ],
)
def test_week_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        Week.parse(text)


def test_week_of_a_long_year_has_its_53rd() -> None:
    assert Week.parse("2026-W53").next() == Week(2027, 1)
    assert Week(2026, 53).end == date(2027, 1, 3)


def test_week_turns_at_local_midnight() -> None:
    sunday_evening = utc("2026-11-22T21:30")
    assert Week.of(sunday_evening, ZoneInfo("America/New_York")) == Week(2026, 47)
    assert Week.of(sunday_evening, NAIROBI) == Week(2026, 48)


@given(st.dates(date(2000, 1, 3), date(2150, 1, 1)), st.integers(-200, 200))
def test_weeks_count_back_and_forth(day: date, weeks: int) -> None:
    week = Week.on(day)
    earlier = week.minus(weeks)
    assert week.start <= day <= week.end
    assert earlier.minus(-weeks) == week
    assert week.since(earlier) == weeks
    assert (earlier < week) == (weeks > 0)
    assert Week.parse(str(week)) == week
    assert week.next().previous() == week


def test_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="an instant needs a time zone: 2026-01-01T00:00:00"):
        on_wall(datetime(2026, 1, 1), zone=NAIROBI)  # noqa: DTZ001 the naive one is the point


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        # Clocks go forward: the hour that does not exist moves behind the gap.
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30"),
        ("Europe/Paris", "2026-03-29", "02:30", "2026-03-29T01:30"),
        ("Africa/Cairo", "2026-04-24", "00:30", "2026-04-23T22:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45"),
        # Clocks go back: the first of the two.
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30"),
        ("Europe/Paris", "2026-10-25", "02:30", "2026-10-25T00:30"),
        ("Africa/Cairo", "2026-10-29", "23:30", "2026-10-29T20:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45"),
        # No clock changes at all.
        ("Africa/Nairobi", "2026-03-29", "02:30", "2026-03-28T23:30"),
        ("Asia/Kathmandu", "2026-03-29", "02:30", "2026-03-28T20:45"),
    ],
)
def test_wall_time_at_the_clock_changes_of_2026(zone: str, day: str, at: str, expected: str) -> None:
    wall = at_wall(date.fromisoformat(day), time.fromisoformat(at), zone=ZoneInfo(zone))
    assert wall == utc(expected)


@pytest.mark.parametrize(
    ("zone", "at", "expected"),
    [
        ("America/New_York", "02:30", ["2026-03-01T07:30", "2026-03-08T07:30", "2026-03-15T06:30"]),
        ("Africa/Nairobi", "02:30", ["2026-02-28T23:30", "2026-03-07T23:30", "2026-03-14T23:30"]),
    ],
)
def test_weekly_slot_fires_once_a_week_through_a_gap(zone: str, at: str, expected: list[str]) -> None:
    slots = due_slots(
        Weekly(Weekday.SUNDAY, time.fromisoformat(at)),
        zone=ZoneInfo(zone),
        after=utc("2026-02-26T00:00"),
        until=utc("2026-03-18T00:00"),
    )
    assert slots == tuple(utc(slot) for slot in expected)


def test_slot_in_a_repeated_hour_fires_once() -> None:
    slots = due_slots(
        Daily(time(1, 30)),
        zone=ZoneInfo("America/New_York"),
        after=utc("2026-11-01T00:00"),
        until=utc("2026-11-02T00:00"),
    )
    assert slots == (utc("2026-11-01T05:30"),)


def test_slot_of_a_day_that_was_left_out_is_not_doubled() -> None:
    # Samoa went from 29 to 31 December 2011; the slot of the 30th falls on that of the 31st.
    apia = ZoneInfo("Pacific/Apia")
    slots = due_slots(Daily(time(9)), zone=apia, after=utc("2011-12-29T00:00"), until=utc("2012-01-01T00:00"))
    assert slots == (utc("2011-12-29T19:00"), utc("2011-12-30T19:00"), utc("2011-12-31T19:00"))


def test_slots_begin_after_and_end_with_their_bounds() -> None:
    slot = utc("2026-11-23T04:30")
    monday = Weekly(Weekday.MONDAY, time(7, 30))
    assert due_slots(monday, zone=NAIROBI, after=slot - DAY, until=slot) == (slot,)
    assert due_slots(monday, zone=NAIROBI, after=slot, until=slot + DAY) == ()
    assert due_slots(monday, zone=NAIROBI, after=slot, until=slot - 5 * DAY) == ()


@given(schedules, zones, instants, st.timedeltas(timedelta(0), timedelta(days=60)), st.floats(0, 1))
def test_slots_of_two_stretches_are_those_of_both(
    schedule: Weekly | Daily, zone: ZoneInfo, after: datetime, span: timedelta, part: float
) -> None:
    until, middle = after + span, after + span * part
    whole = due_slots(schedule, zone=zone, after=after, until=until)
    first = due_slots(schedule, zone=zone, after=after, until=middle)
    second = due_slots(schedule, zone=zone, after=middle, until=until)
    assert first + second == whole
    assert list(whole) == sorted(set(whole))


@given(st.sampled_from(Weekday), minutes, zones)
def test_a_year_has_one_slot_for_each_of_its_weeks(weekday: Weekday, at: time, zone: ZoneInfo) -> None:
    start, end = (at_wall(date(2026, 1, day), time(0), zone=zone) for day in (5, 12))
    slots = due_slots(
        Weekly(weekday, at), zone=zone, after=start - DAY / 86400, until=start + 52 * (end - start)
    )
    assert [Week.of(slot, zone) for slot in slots[:52]] == [Week(2026, 2 + number) for number in range(52)]


WORKDAY = Hours(time(9), time(19))
NIGHT = Hours(time(22), time(2))
DAYS = Window(
    dict.fromkeys([day for day in Weekday if day != Weekday.SUNDAY], WORKDAY), frozenset([date(2026, 12, 25)])
)
FRIDAY_NIGHT = Window({Weekday.FRIDAY: NIGHT}, frozenset([date(2026, 12, 25)]))


@pytest.mark.parametrize(
    ("window", "at", "opens"),
    [
        (DAYS, "2026-11-24T06:00", "2026-11-24T06:00"),
        (DAYS, "2026-11-24T05:59", "2026-11-24T06:00"),
        (DAYS, "2026-11-24T15:59:59", "2026-11-24T15:59:59"),
        (DAYS, "2026-11-24T16:00", "2026-11-25T06:00"),
        (DAYS, "2026-11-28T16:00", "2026-11-30T06:00"),
        (DAYS, "2026-12-24T16:00", "2026-12-26T06:00"),
        (FRIDAY_NIGHT, "2026-11-27T22:59", "2026-11-27T22:59"),
        (FRIDAY_NIGHT, "2026-11-27T23:00", "2026-12-04T19:00"),
        (FRIDAY_NIGHT, "2026-12-25T20:00", "2027-01-01T19:00"),
        (Window({Weekday.FRIDAY: Hours(time(0), time(0))}), "2026-11-27T20:59", "2026-11-27T20:59"),
        (Window({Weekday.FRIDAY: Hours(time(0), time(0))}), "2026-11-27T21:00", "2026-12-03T21:00"),
    ],
)
def test_window_opens_next_in_nairobi(window: Window, at: str, opens: str) -> None:
    assert next_open(utc(at), zone=NAIROBI, window=window) == utc(opens)
    assert is_open(utc(at), zone=NAIROBI, window=window) == (at == opens)


@pytest.mark.parametrize(
    ("zone", "at", "opens"),
    [
        # On the day of each change nine o'clock is nine on the wall.
        ("America/New_York", "2026-03-09T04:00", "2026-03-09T13:00"),
        ("America/New_York", "2026-11-02T04:30", "2026-11-02T14:00"),
        ("Europe/Paris", "2026-03-30T00:00", "2026-03-30T07:00"),
        ("Europe/Paris", "2026-10-26T00:00", "2026-10-26T08:00"),
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-24T06:00"),
        ("Africa/Cairo", "2026-10-30T00:00", "2026-10-30T07:00"),
        ("Australia/Lord_Howe", "2026-10-04T14:00", "2026-10-04T22:00"),
        ("Australia/Lord_Howe", "2026-04-05T14:00", "2026-04-05T22:30"),
        ("Africa/Nairobi", "2026-03-30T00:00", "2026-03-30T06:00"),
        ("Asia/Kathmandu", "2026-03-30T00:00", "2026-03-30T03:15"),
    ],
)
def test_window_opens_on_the_wall_clock_after_a_change(zone: str, at: str, opens: str) -> None:
    assert next_open(utc(at), zone=ZoneInfo(zone), window=DAYS) == utc(opens)


def test_hours_swallowed_by_a_gap_open_nothing() -> None:
    gap = Window({Weekday.SUNDAY: Hours(time(2, 45), time(3, 15))}, frozenset())
    opens = next_open(utc("2026-03-08T05:00"), zone=ZoneInfo("America/New_York"), window=gap)
    assert opens == utc("2026-03-15T06:45")


@given(windows, zones, instants)
def test_window_is_open_when_it_says_it_opens(window: Window, zone: ZoneInfo, at: datetime) -> None:
    opens = next_open(at, zone=zone, window=window)
    assert opens >= at
    assert is_open(opens, zone=zone, window=window)
    assert is_open(at, zone=zone, window=window) == (opens == at)
    assert opens == at or not is_open(opens - timedelta(seconds=1), zone=zone, window=window)


def test_window_that_never_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="a window needs hours on one weekday at least"):
        Window({})
    shut = Window(
        {Weekday.MONDAY: WORKDAY}, frozenset(date(2026, 1, 5) + 7 * DAY * week for week in range(120))
    )
    with pytest.raises(ValueError, match="nothing is open within 400 days of 2026-01-07: check the holidays"):
        next_open(utc("2026-01-07T00:00"), zone=NAIROBI, window=shut)
