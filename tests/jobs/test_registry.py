from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.jobs.registry import Every, Job, due
from spm_bot.times import Daily, Schedule, Weekday, Weekly

NAIROBI = ZoneInfo("Africa/Nairobi")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # 07:30 in Nairobi
DIGEST = Weekly(Weekday.MONDAY, time(7, 30))


async def nothing(slot: datetime, now: datetime) -> None:
    return None


def job(schedule: Schedule | Every, *, grace: timedelta) -> Job:
    return Job("job", schedule, NAIROBI, grace, nothing)


@pytest.mark.parametrize(
    ("last_done", "now", "slots"),
    [
        (MONDAY - DAY, MONDAY - HOUR, ()),
        (MONDAY - DAY, MONDAY, (MONDAY,)),
        (MONDAY - DAY, MONDAY + 5 * DAY, (MONDAY,)),
        (MONDAY - DAY, MONDAY + 6 * DAY, ()),
        (MONDAY, MONDAY + HOUR, ()),
        (MONDAY - 21 * DAY, MONDAY + HOUR, (MONDAY,)),
    ],
    ids=["not yet", "just now", "made up", "too late", "done", "older ones are past their grace"],
)
def test_weekly_slot_is_due_from_its_instant_until_its_grace_is_over(
    last_done: datetime, now: datetime, slots: tuple[datetime, ...]
) -> None:
    assert due(job(DIGEST, grace=6 * DAY), last_done=last_done, unfinished=(), now=now) == slots


def test_all_missed_slots_within_the_grace_are_made_up_in_order() -> None:
    daily = job(Daily(time(7, 30)), grace=3 * DAY)
    found = due(daily, last_done=MONDAY - 9 * DAY, unfinished=(), now=MONDAY + HOUR)
    assert found == (MONDAY - 2 * DAY, MONDAY - DAY, MONDAY)


def test_unfinished_slots_are_due_again_within_the_grace() -> None:
    daily = job(Daily(time(7, 30)), grace=3 * DAY)
    left = [MONDAY - 9 * DAY, MONDAY - 3 * DAY, MONDAY - DAY]
    found = due(daily, last_done=MONDAY, unfinished=left, now=MONDAY)
    assert found == (MONDAY - 3 * DAY, MONDAY - DAY)


def test_slot_both_new_and_unfinished_is_due_once() -> None:
    assert due(job(DIGEST, grace=DAY), last_done=MONDAY - DAY, unfinished=[MONDAY], now=MONDAY) == (MONDAY,)


FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("last_done", "now", "slots"),
    [
        (MONDAY - FIVE, MONDAY, (MONDAY,)),
        (MONDAY - FIVE, MONDAY + FIVE * 0.9, (MONDAY,)),
        (MONDAY, MONDAY + FIVE * 0.9, ()),
        (MONDAY - DAY, MONDAY, (MONDAY,)),
    ],
    ids=["due", "still due", "done", "what was missed is done by the newest"],
)
def test_repeated_job_runs_only_for_its_newest_slot(
    last_done: datetime, now: datetime, slots: tuple[datetime, ...]
) -> None:
    assert due(job(Every(FIVE), grace=FIVE), last_done=last_done, unfinished=(), now=now) == slots


@given(
    st.integers(0, 365 * 24).map(lambda hours: MONDAY + hours * HOUR),
    st.lists(st.integers(0, 40), max_size=12),
    st.integers(1, 20),
)
def test_due_slots_are_worked_once_and_in_order(start: datetime, gaps: list[int], grace: int) -> None:
    """However irregularly somebody looks, no slot comes twice once it is done."""
    daily, last, now, worked = job(Daily(time(7, 30)), grace=grace * DAY), start, start, []
    for gap in gaps:
        now += gap * HOUR
        for slot in due(daily, last_done=last, unfinished=(), now=now):
            assert now - grace * DAY <= slot <= now
            worked.append(slot)
            last = slot
    assert worked == sorted(set(worked))
    if max(gaps, default=0) < grace * 24:
        assert all(later - earlier == DAY for earlier, later in pairwise(worked))
