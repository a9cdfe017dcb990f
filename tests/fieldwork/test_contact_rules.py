from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.fieldwork.contact_rules import (
    Asked,
    ContactRules,
    History,
    Reason,
    client_window,
    contact_rules,
    messages_spent,
    too_soon,
)
from spm_bot.institution import load
from spm_bot.times import Hours, Weekday, Window, next_open

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
NAIROBI = ZoneInfo("Africa/Nairobi")
SURVEYS = ("client_satisfaction", "debt_stress", "client_outcomes")
RULES = ContactRules(
    cool_downs={"client_satisfaction": 52, "debt_stress": 26, "client_outcomes": 52, "client_exit": 26},
    apart={frozenset(("client_satisfaction", "client_outcomes")): 8},
)
WEEKDAYS = client_window(RULES, rest_days=frozenset([Weekday.SUNDAY]), holidays=frozenset())


def ago(*, weeks: float = 0, days: float = 0, hours: float = 0) -> datetime:
    return NOW - timedelta(weeks=weeks, days=days, hours=hours)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NAIROBI).astimezone(UTC)


def asked(*invitations: tuple[str, datetime]) -> History:
    return History(tuple(Asked(survey, at) for survey, at in invitations))


def written_to(*moments: datetime) -> History:
    """Invitations long gone whose reminders left at these moments."""
    return History(tuple(Asked("adhoc", ago(days=400), reminded_at=at) for at in moments))


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (History(), None),
        (asked(("debt_stress", ago(weeks=26))), None),
        (asked(("debt_stress", ago(weeks=26, hours=-72))), None),
        (asked(("debt_stress", ago(weeks=26, hours=-73))), Reason.SURVEY_COOL_DOWN),
        (asked(("debt_stress", ago(days=2))), Reason.SURVEY_COOL_DOWN),
        (asked(("client_exit", ago(days=21))), None),
        (asked(("client_exit", ago(days=21, hours=-1))), Reason.COOL_DOWN),
        (asked(("client_exit", NOW + timedelta(hours=3))), Reason.COOL_DOWN),
        (asked(*(("adhoc", ago(days=22 + day)) for day in range(5))), None),
        (asked(*(("adhoc", ago(days=22 + day)) for day in range(6))), Reason.INVITATIONS_SPENT),
        (asked(*(("adhoc", ago(days=360 + day)) for day in range(6))), None),
        (written_to(*(ago(days=day) for day in range(11))), None),
        (written_to(*(ago(days=day) for day in range(12))), Reason.MESSAGES_SPENT),
        (written_to(*(ago(days=365 + day) for day in range(12))), None),
    ],
)
def test_debt_stress_after_a_history(history: History, reason: Reason | None) -> None:
    assert too_soon(history, survey="debt_stress", rules=RULES, now=NOW) == reason


@pytest.mark.parametrize(
    ("survey", "weeks", "reason"),
    [
        ("client_outcomes", 7, Reason.SURVEYS_TOO_NEAR),
        ("client_outcomes", 8, None),
        ("debt_stress", 7, None),
    ],
)
def test_surveys_keep_their_distance(survey: str, weeks: int, reason: Reason | None) -> None:
    history = asked(("client_satisfaction", ago(weeks=weeks)))
    assert too_soon(history, survey=survey, rules=RULES, now=NOW) == reason


def test_reminder_needs_room_in_the_budget_of_messages() -> None:
    full = written_to(*(ago(days=30 * month) for month in range(12)))
    assert messages_spent(full, rules=RULES, now=NOW) == Reason.MESSAGES_SPENT
    assert messages_spent(full, rules=RULES, now=NOW + timedelta(days=36)) is None


def test_invitations_and_reminders_of_all_rounds_share_one_budget() -> None:
    twice = tuple(Asked("adhoc", ago(days=30 * n), ago(days=30 * n - 2)) for n in range(1, 6))
    assert History(twice).messages_at[:2] == (ago(days=30), ago(days=28))
    assert messages_spent(History(twice), rules=RULES, now=NOW) is None
    full = (*twice, Asked("debt_stress", ago(days=200), ago(days=199)))
    assert messages_spent(History(full), rules=RULES, now=NOW) == Reason.MESSAGES_SPENT


def test_what_leaves_reckons_with_what_came_before_it() -> None:
    """Of two that wait the later one gives way; what has arrived counts, whichever was written first."""
    first, second = (Asked("adhoc", NOW, invitation=n, arrived=False) for n in (1, 2))
    there = Asked("adhoc", ago(days=1), invitation=3)
    history = History((first, second, there))
    assert history.before(1) == History((there,))
    assert history.before(2) == History((first, there))
    assert history.before(4) == history


def test_reminder_does_not_count_itself() -> None:
    reminded = History(
        (Asked("adhoc", ago(days=2), NOW, invitation=1), Asked("adhoc", ago(days=40), ago(days=39)))
    )
    assert reminded.without_reminder(1).messages_at == (ago(days=2), ago(days=40), ago(days=39))


@given(st.lists(st.tuples(st.sampled_from(SURVEYS), st.integers(0, 3)), max_size=120))
def test_nobody_who_is_asked_whenever_allowed_is_asked_too_often(tries: list[tuple[str, int]]) -> None:
    now, history = NOW, History()
    for survey, weeks in tries:
        now += timedelta(weeks=weeks)
        if too_soon(history, survey=survey, rules=RULES, now=now) is None:
            history = History((*history.asked, Asked(survey, now)))
    moments = history.invited_at
    assert all(later - sooner >= timedelta(days=21) for sooner, later in pairwise(moments))
    assert all(sum(at - timedelta(days=365) < other <= at for other in moments) <= 6 for at in moments)


def test_window_is_that_of_the_rules_without_rest_days() -> None:
    holidays = frozenset([date(2026, 12, 25)])
    window = client_window(RULES, rest_days=frozenset([Weekday.FRIDAY, Weekday.SUNDAY]), holidays=holidays)
    days = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.SATURDAY)
    assert window == Window(dict.fromkeys(days, Hours(time(9), time(19))), holidays)


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        ("2026-11-24T11:00", "2026-11-24T11:00"),
        ("2026-11-24T20:00", "2026-11-25T09:00"),
        # Saturday evening, then the rest day.
        ("2026-11-28T20:00", "2026-11-30T09:00"),
    ],
)
def test_first_allowed_moment(now: str, allowed: str) -> None:
    assert next_open(local(now), zone=NAIROBI, window=WEEKDAYS) == local(allowed)


def test_rules_of_the_example_are_the_defaults() -> None:
    institution = load(Path(__file__).parents[2] / "institution.yaml")
    assert contact_rules(institution) == RULES
