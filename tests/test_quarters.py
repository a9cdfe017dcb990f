from datetime import date

import pytest

from spm_bot.quarters import Quarter
from spm_bot.times import Week


@pytest.mark.parametrize(
    ("text", "first", "last", "week"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), Week(2026, 13)),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30), Week(2026, 26)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), Week(2026, 39)),
        ("2023-Q4", date(2023, 10, 1), date(2023, 12, 31), Week(2023, 52)),
    ],
)
def test_quarter_has_its_days_and_its_last_week(text: str, first: date, last: date, week: Week) -> None:
    quarter = Quarter.parse(text)
    assert (quarter.first, quarter.last, quarter.last_week, str(quarter)) == (first, last, week, text)


@pytest.mark.parametrize("text", ["2026-Q5", "2026Q3", "1999-Q1", "Q3", ""])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quarter: write it as 2026-Q3"):
        Quarter.parse(text)
