"""By what clients are told apart in figures, and the bands in which their numbers stand.

This module is loaded where answers are taken, so it imports no numerical library.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

UNKNOWN = ""
"""The code of whoever the client list tells nothing about."""


class Dimension(StrEnum):
    """What a response keeps of its client on the day it ended; the values are names of columns."""

    BRANCH = "branch"
    PRODUCT = "product"
    LOAN_METHOD = "loan_method"
    GENDER = "gender"
    TENURE = "tenure"
    CYCLE = "cycle"
    ARREARS = "arrears"
    LANGUAGE = "language"
    CHANNEL = "channel"
    AREA = "area"


PUBLISHED = (
    Dimension.BRANCH,
    Dimension.PRODUCT,
    Dimension.LOAN_METHOD,
    Dimension.GENDER,
    Dimension.TENURE,
    Dimension.ARREARS,
    Dimension.LANGUAGE,
)
"""The one-way tables there may be, beside totals. Two of them are never crossed."""


class Arrears(StrEnum):
    """Days late of the loan that is latest: none, 1 to 30, more than 30."""

    NONE = "none"
    TO_30 = "to_30"
    OVER_30 = "over_30"


class Tenure(StrEnum):
    """Years as a client: under one, one to under three, three and more."""

    UNDER_1 = "under_1"
    TO_3 = "to_3"
    OVER_3 = "over_3"


class Cycle(StrEnum):
    """Which loan in a row it is: the first, the second or third, a later one."""

    FIRST = "first"
    TO_3 = "to_3"
    OVER_3 = "over_3"


@dataclass(frozen=True, slots=True)
class Segments:
    """Where somebody stood when their response ended, a code a dimension; '' where nothing is known."""

    branch: str
    product: str
    loan_method: str
    gender: str
    tenure: str
    cycle: str
    arrears: str
    language: str
    channel: str
    area: str


def segments_of(
    *,
    branch: str,
    product: str,
    loan_method: str,
    gender: str,
    joined_on: str | None,
    cycle: int | None,
    days_in_arrears: int,
    language: str,
    channel: str,
    area: str,
    on: date,
) -> Segments:
    """Where a client stands on a day; `joined_on` is an ISO date, `cycle` counts loans from 1."""
    return Segments(
        branch=branch,
        product=product,
        loan_method=loan_method,
        gender=gender,
        tenure=tenure_band(joined_on, on=on),
        cycle=cycle_band(cycle),
        arrears=arrears_band(days_in_arrears),
        language=language,
        channel=channel,
        area=area,
    )


def arrears_band(days: int) -> Arrears:
    if days <= 0:
        return Arrears.NONE
    return Arrears.TO_30 if days <= 30 else Arrears.OVER_30


def tenure_band(joined_on: str | None, *, on: date) -> str:
    """`joined_on` is an ISO date, as the client list gives it."""
    if not joined_on:
        return UNKNOWN
    since = date.fromisoformat(joined_on)
    years = on.year - since.year - ((on.month, on.day) < (since.month, since.day))
    if years < 1:
        return Tenure.UNDER_1
    return Tenure.TO_3 if years < 3 else Tenure.OVER_3


def cycle_band(cycle: int | None) -> str:
    if cycle is None or cycle < 1:
        return UNKNOWN
    if cycle == 1:
        return Cycle.FIRST
    return Cycle.TO_3 if cycle <= 3 else Cycle.OVER_3
