import pytest

from spm_bot.analytics.windows import Window, first_of_month, monthly_week, window
from spm_bot.times import Week


@pytest.mark.parametrize(
    ("week", "first"),
    [
        (Week(2026, 44), True),
        (Week(2026, 45), False),
        (Week(2026, 48), False),
        (Week(2026, 49), True),
        (Week(2026, 53), True),
    ],
)
def test_first_of_month_is_the_first_monday(week: Week, first: bool) -> None:
    assert first_of_month(week) is first


@pytest.mark.parametrize(
    ("week", "monthly"),
    [(Week(2026, 44), Week(2026, 44)), (Week(2026, 48), Week(2026, 44)), (Week(2027, 1), Week(2026, 53))],
)
def test_monthly_week_is_the_newest_one(week: Week, monthly: Week) -> None:
    assert monthly_week(week) == monthly


def test_window_of_thirteen_weeks() -> None:
    assert window(Week(2026, 44)) == Window("2026-W32", "2026-W44")
    assert window(Week(2027, 2)) == Window("2026-W43", "2027-W02")
