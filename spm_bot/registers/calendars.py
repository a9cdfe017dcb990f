"""Days as lists write them → 2026-11-20. Whether day or month comes first is the file's, never the cell's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

from spm_bot.surveys.spelling import latin_digits

Order = Literal["dmy", "mdy", "ymd"]

YEARS = range(1900, 2101)
_EXCEL = re.compile(r"\d{5}(?:\.\d+)?")
_TIME = r"(?:[T ]\d{1,2}:\d{2}.*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/. ])(\d{{1,2}})\2(\d{{4}}){_TIME}")
_NAMED = re.compile(rf"(\d{{1,2}})[-/. ]([a-z]{{3}})[a-z]*\.?[-/. ](\d{{4}}){_TIME}", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2}")
_NOTHING = re.compile(r"0{1,4}([-/.])0{1,2}\1(?:0{2}|0{4})(?: 00:00(:00)?)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(r"(?:(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4}))")
_LIKE = "write it as 2024-03-31"


def first_two(text: str) -> tuple[int, int] | None:
    """The two numbers before the year, where either may be the day; else None."""
    found = _YEAR_LAST.fullmatch(_plain(text))
    return (int(found[1]), int(found[3])) if found else None


def order_in(pairs: Iterable[tuple[int, int]]) -> Order | Literal["", "both", "open"]:
    """The order that the dates of a file show; '' where every order gives the same days, `open` where it
    cannot be told, `both` where some are written one way and some the other.
    """
    seen = set(pairs)
    day_first = any(first > 12 >= second for first, second in seen)
    month_first = any(second > 12 >= first for first, second in seen)
    if day_first and month_first:
        return "both"
    if day_first or month_first:
        return "dmy" if day_first else "mdy"
    return "open" if any(first != second for first, second in seen) else ""


def read_day(written: str, *, order: str) -> str | None:
    """The day as 2026-11-20; None for 00/00/0000. Raises ValueError with the mend."""
    text = _plain(written)
    if _NOTHING.fullmatch(text):
        return None
    if found := _YEAR_FIRST.fullmatch(text):
        return _day(int(found[1]), int(found[3]), int(found[4]), written)
    if found := _TOGETHER.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]), written)
    if found := _NAMED.fullmatch(text):
        name = found[2].lower()
        month = _MONTHS.index(name) + 1 if name in _MONTHS else 0
        return _day(int(found[3]), month, int(found[1]), written)
    if found := _YEAR_LAST.fullmatch(text):
        if order == "ymd":
            raise ValueError(f"{written!r} does not begin with its year ({_LIKE})")
        first, second = int(found[1]), int(found[3])
        day, month = (second, first) if order == "mdy" else (first, second)
        return _day(int(found[4]), month, day, written)
    if _SHORT_YEAR.fullmatch(text):
        raise ValueError(f"{written!r} has a year of two digits ({_LIKE})")
    if _EXCEL.fullmatch(text):
        raise ValueError(
            f"{written!r} is a day number of a spreadsheet (format the column as dates and save again)"
        )
    raise ValueError(f"{written!r} is not a date ({_LIKE})")


def read_serial(number: float, *, since_1904: bool) -> str:
    """The day that a spreadsheet holds as a number of days. Raises ValueError."""
    # Below that it is a year, or somebody who cannot be alive.
    if not 3_000 < number < 80_000:
        raise ValueError(f"{number!r} is not a date ({_LIKE})")
    epoch = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
    day = epoch + timedelta(days=int(number))
    return _day(day.year, day.month, day.day, str(number))


def read_month(written: str, *, order: str) -> str:
    """The month as 2026-11, from a month or any day in it. Raises ValueError."""
    found = _MONTH.fullmatch(_plain(written))
    if not found:
        day = read_day(written, order=order)
        if day is None:
            raise ValueError(f"{written!r} is not a month (write it as 2024-03)")
        return day[:7]
    year, month = int(found[1] or found[4]), int(found[2] or found[3])
    return _day(year, month, 1, written)[:7]


def _plain(written: str) -> str:
    return written if written.isascii() else latin_digits(written)


def _day(year: int, month: int, day: int, written: str) -> str:
    if year > YEARS[-1]:
        raise ValueError(f"{written!r} has a year of the Buddhist calendar, or a slip ({_LIKE})")
    if year < YEARS[0]:
        raise ValueError(f"{written!r} has a year of the Persian or Islamic calendar, or a slip ({_LIKE})")
    if month == 13 and day <= 6:
        raise ValueError(f"{written!r} has the thirteenth month of the Ethiopian calendar ({_LIKE})")
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise ValueError(f"{written!r} is no day of the calendar ({_LIKE})") from None
