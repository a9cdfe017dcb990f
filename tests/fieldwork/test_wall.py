from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.fieldwork.wall import LEAST, STEP, Glimpse, Sight, glimpse, in_steps, seen_until

SAMPLES = st.integers(0, 400)


@pytest.mark.parametrize(
    ("count", "of", "seen"),
    [
        (0, 19, Glimpse(Sight.TOO_SMALL)),
        (19, 19, Glimpse(Sight.TOO_SMALL)),
        (0, 20, Glimpse(Sight.FEW)),
        (9, 60, Glimpse(Sight.FEW)),
        (10, 20, Glimpse(Sight.SOME, 10)),
        (20, 20, Glimpse(Sight.SOME, 10)),
        (10, 60, Glimpse(Sight.SOME, 10)),
        (14, 60, Glimpse(Sight.SOME, 10)),
        (15, 60, Glimpse(Sight.SOME, 15)),
        (49, 60, Glimpse(Sight.SOME, 45)),
        (50, 60, Glimpse(Sight.SOME, 50)),
        (60, 60, Glimpse(Sight.SOME, 50)),
        (60, 64, Glimpse(Sight.SOME, 50)),
    ],
)
def test_counts_are_seen_in_steps_and_never_as_all_or_none(count: int, of: int, seen: Glimpse) -> None:
    assert glimpse(count, of=of) == seen


@given(of=SAMPLES)
def test_all_looks_like_nearly_all_and_none_like_few(of: int) -> None:
    assert len({glimpse(count, of=of) for count in range(max(0, of - LEAST), of + 1)}) == 1
    assert len({glimpse(count, of=of) for count in range(min(LEAST, of + 1))}) == 1


@given(of=SAMPLES, data=st.data())
def test_one_client_changes_what_is_seen_at_a_step_only(of: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, max(0, of - 1)))
    if (count + 1) % STEP:
        assert glimpse(count + 1, of=of) == glimpse(count, of=of)


@given(count=st.integers(0, 400), of=SAMPLES)
def test_one_more_who_was_asked_changes_what_is_seen_at_a_step_only(count: int, of: int) -> None:
    count = min(count, of)
    if (of + 1) % STEP:
        assert glimpse(count, of=of + 1) == glimpse(count, of=of)


@given(count=st.integers(0, 400), of=SAMPLES)
def test_what_is_seen_is_true(count: int, of: int) -> None:
    count = min(count, of)
    seen = glimpse(count, of=of)
    assert seen.at_least <= count
    assert (seen.sight is Sight.FEW) <= (count < LEAST)


def test_steps_are_those_at_or_below() -> None:
    assert [in_steps(count) for count in (30, 31, 34, 35)] == [30, 30, 30, 35]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 11, 24, 7, tzinfo=UTC), datetime(2026, 11, 22, 21, tzinfo=UTC)),
        (datetime(2026, 11, 24, 20, 59, tzinfo=UTC), datetime(2026, 11, 22, 21, tzinfo=UTC)),
        (datetime(2026, 11, 24, 21, tzinfo=UTC), datetime(2026, 11, 23, 21, tzinfo=UTC)),
    ],
)
def test_counts_are_those_of_the_start_of_yesterday(now: datetime, until: datetime) -> None:
    assert seen_until(now, zone=ZoneInfo("Africa/Nairobi")) == until


@given(hours=st.integers(0, 365 * 24))
def test_what_is_seen_is_a_day_old_through_clock_changes_too(hours: int) -> None:
    zone, now = ZoneInfo("Europe/Paris"), datetime(2026, 1, 2, tzinfo=UTC) + timedelta(hours=hours)
    assert timedelta(hours=23) <= now - seen_until(now, zone=zone) <= timedelta(hours=49)
