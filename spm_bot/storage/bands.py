"""The bands of `analytics.dimensions` as SQL, so that a client list is counted where it lies."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, case

from spm_bot.analytics.dimensions import UNKNOWN, Arrears, Tenure


def arrears_of(days: ColumnElement[int]) -> ColumnElement[str]:
    """`dimensions.arrears_band`, '' where no client is known."""
    return case(
        (days.is_(None), UNKNOWN),
        (days <= 0, Arrears.NONE.value),
        (days <= 30, Arrears.TO_30.value),
        else_=Arrears.OVER_30.value,
    )


def tenure_of(joined_on: ColumnElement[str], *, on: date) -> ColumnElement[str]:
    """`dimensions.tenure_band`; ISO dates are in order as text."""
    return case(
        (joined_on.is_(None) | (joined_on == ""), UNKNOWN),
        (joined_on > years_before(on, 1), Tenure.UNDER_1.value),
        (joined_on > years_before(on, 3), Tenure.TO_3.value),
        else_=Tenure.OVER_3.value,
    )


def years_before(day: date, years: int) -> str:
    """The same day so many years ago, as text to compare with: it need not be in that year's calendar."""
    return f"{day.year - years:04}-{day.month:02}-{day.day:02}"
