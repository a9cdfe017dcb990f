from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from spm_bot.analytics.dimensions import (
    PUBLISHED,
    UNKNOWN,
    Arrears,
    Cycle,
    Dimension,
    Segments,
    Tenure,
    arrears_band,
    cycle_band,
    segments_of,
    tenure_band,
)

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (-1, Arrears.NONE),
        (0, Arrears.NONE),
        (1, Arrears.TO_30),
        (30, Arrears.TO_30),
        (31, Arrears.OVER_30),
        (400, Arrears.OVER_30),
    ],
)
def test_arrears_stand_in_bands(days: int, band: Arrears) -> None:
    assert arrears_band(days) is band


@pytest.mark.parametrize(
    ("joined_on", "band"),
    [
        (None, UNKNOWN),
        ("", UNKNOWN),
        ("2027-01-01", Tenure.UNDER_1),
        ("2026-11-24", Tenure.UNDER_1),
        ("2025-11-25", Tenure.UNDER_1),
        ("2025-11-24", Tenure.TO_3),
        ("2023-11-25", Tenure.TO_3),
        ("2023-11-24", Tenure.OVER_3),
        ("1999-12-31", Tenure.OVER_3),
    ],
)
def test_years_as_a_client_are_counted_from_day_to_day(joined_on: str | None, band: str) -> None:
    assert tenure_band(joined_on, on=DAY) == band


def test_who_joined_on_a_leap_day_has_a_year_on_the_first_of_march() -> None:
    assert tenure_band("2024-02-29", on=date(2025, 2, 28)) == Tenure.UNDER_1
    assert tenure_band("2024-02-29", on=date(2025, 3, 1)) == Tenure.TO_3


@pytest.mark.parametrize(
    ("cycle", "band"),
    [
        (None, UNKNOWN),
        (0, UNKNOWN),
        (1, Cycle.FIRST),
        (2, Cycle.TO_3),
        (3, Cycle.TO_3),
        (4, Cycle.OVER_3),
    ],
)
def test_loans_in_a_row_stand_in_bands(cycle: int | None, band: str) -> None:
    assert cycle_band(cycle) == band


def test_segments_hold_a_code_for_each_dimension() -> None:
    told = {"branch": "BUN", "product": "group_loan", "loan_method": "group", "gender": "male"}
    spoken = {"language": "sw", "channel": "telegram", "area": "rural"}
    known = segments_of(**told, **spoken, joined_on="2025-01-01", cycle=2, days_in_arrears=31, on=DAY)
    expected = Segments(**told, **spoken, tenure="to_3", cycle="to_3", arrears="over_30")
    assert known == expected
    nothing = segments_of(**told, **spoken, joined_on=None, cycle=None, days_in_arrears=0, on=DAY)
    assert nothing == replace(expected, tenure="", cycle="", arrears="none")


def test_every_dimension_is_a_segment() -> None:
    assert [each.name for each in fields(Segments)] == list(Dimension)
    assert set(PUBLISHED) <= set(Dimension)
