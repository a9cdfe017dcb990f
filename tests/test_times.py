from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.times import (
    DAY,
    WEEK,
    Cron,
    Daily,
    Hours,
    Schedule,
    Week,
    Weekday,
    Weekly,
    Window,
    at_wall,
    due_slots,
    is_open,
    next_open,
    next_slot,
    on_wall,
)

NAIROBI = ZoneInfo("Africa/Nairobi")
HOUR = timedelta(hours=1)
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
by_day = st.builds(lambda at: Cron(f"{at.minute} {at.hour} * * *"), minutes)
by_month = st.builds(lambda at, day: Cron(f"{at.minute} {at.hour} {day} * *"), minutes, st.integers(1, 28))
schedules = st.one_of(
    st.builds(Daily, minutes), st.builds(Weekly, st.sampled_from(Weekday), minutes), by_day, by_month
)
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
    schedule: Schedule, zone: ZoneInfo, after: datetime, span: timedelta, part: float
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


@given(st.sampled_from(Weekday), minutes, zones, instants, st.timedeltas(timedelta(0), timedelta(days=60)))
def test_crontab_line_means_the_same_wall_clock(
    weekday: Weekday, at: time, zone: ZoneInfo, after: datetime, span: timedelta
) -> None:
    line = f"{at.minute} {at.hour} * *"
    for cron, plain in (
        (Cron(f"{line} *"), Daily(at)),
        (Cron(f"{line} {weekday.name[:3].lower()}"), Weekly(weekday, at)),
    ):
        assert cron.at == at
        assert due_slots(cron, zone=zone, after=after, until=after + span) == due_slots(
            plain, zone=zone, after=after, until=after + span
        )


def test_crontab_line_wants_both_the_day_and_the_weekday() -> None:
    """The first Monday of each quarter, which may be the very first of its month."""
    first_mondays = Cron("0 10 1-7 jan,apr,jul,oct mon")
    slots = due_slots(
        first_mondays, zone=NAIROBI, after=utc("2026-01-01T00:00"), until=utc("2027-01-01T00:00")
    )
    assert slots == tuple(utc(f"2026-{day}T07:00") for day in ("01-05", "04-06", "07-06", "10-05"))


@given(schedules, zones, instants)
def test_next_slot_is_the_first_that_comes_due(schedule: Schedule, zone: ZoneInfo, after: datetime) -> None:
    found = next_slot(schedule, zone=zone, after=after)
    assert found == due_slots(schedule, zone=zone, after=after, until=after + 5 * WEEK)[0]


def test_next_slot_may_be_years_away() -> None:
    leap = Cron("0 10 29 feb *")
    assert next_slot(leap, zone=NAIROBI, after=utc("2026-03-01T00:00")) == utc("2028-02-29T07:00")
    assert next_slot(leap, zone=NAIROBI, after=utc("2096-03-01T00:00")) is None


ZONES_OF_2026 = {
    "Africa/Nairobi": timedelta(0),
    "Europe/Berlin": HOUR,
    "America/New_York": HOUR,
    "Africa/Casablanca": HOUR,  # goes back for Ramadan and forward after it
    "Africa/Cairo": HOUR,  # at midnight: 00:00 is gone in April, 23:00 comes twice in October
    "America/Santiago": HOUR,  # at midnight, and forward in spring that is our autumn
    "Australia/Lord_Howe": HOUR / 2,
}
QUARTER = HOUR / 4
DAYS_OF_2026 = [date(2026, 1, 1) + number * DAY for number in range(365)]


def shown(zone: ZoneInfo) -> dict[datetime, datetime]:
    """What the wall shows at each quarter of an hour of 2026, with the first instant at which it does."""
    first: dict[datetime, datetime] = {}
    start = utc("2025-12-31T00:00")
    for number in range(367 * 96):
        instant = start + number * QUARTER
        first.setdefault(instant.astimezone(zone).replace(tzinfo=None), instant)
    return first


@pytest.mark.parametrize("name", ZONES_OF_2026)
def test_in_every_zone_each_day_of_2026_has_its_slot_once_at_the_hour_on_the_wall(name: str) -> None:
    """At every quarter of the day, those that the wall never shows and those that it shows twice, too."""
    zone, gap = ZoneInfo(name), ZONES_OF_2026[name]
    first = shown(zone)
    missing, after, until = set(), first[datetime(2026, 1, 1)], first[datetime(2027, 1, 1)]  # noqa: DTZ001 walls
    for at in (time(quarter // 4, quarter % 4 * 15) for quarter in range(96)):
        walls = [datetime.combine(day, at) for day in DAYS_OF_2026]
        missing |= {wall for wall in walls if wall not in first}
        expected = [first.get(wall) or first[wall + gap] for wall in walls]
        slots = due_slots(Daily(at), zone=zone, after=after - QUARTER, until=until - QUARTER)
        assert list(slots) == expected
    assert len(missing) == gap / QUARTER


@pytest.mark.parametrize("name", ZONES_OF_2026)
def test_hours_over_midnight_open_on_every_night_of_2026(name: str) -> None:
    """From 22:00 to 02:00 every day, with the hour that the night is shorter or longer by."""
    zone = ZoneInfo(name)
    nights = Window(dict.fromkeys(Weekday, Hours(time(22), time(2))))
    instant, last = (
        at_wall(date(2026, 1, 1), time(12), zone=zone),
        at_wall(date(2027, 1, 1), time(12), zone=zone),
    )
    opens = []
    while (found := next_open(instant, zone=zone, window=nights)) < last:
        opens.append(found)
        while is_open(found, zone=zone, window=nights):
            found += QUARTER
        assert found == at_wall(on_wall(opens[-1], zone=zone).date() + DAY, time(2), zone=zone)
        instant = found
    assert opens == [at_wall(day, time(22), zone=zone) for day in DAYS_OF_2026]


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
