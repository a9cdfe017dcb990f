"""A register file as rows: one line a client with the loan they pay now, strictly read.

Nothing is guessed: a file with any problem is refused whole, with the first problem of each line.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from spm_bot.fieldwork.register import RESERVED, RegisterRow
from spm_bot.registers.phones import nobodys, normalise

T = TypeVar("T")

REQUIRED = ("client_id", "branch", "full_name")
OPTIONAL = (
    "phone",
    "gender",
    "birth_year",
    "activation_date",
    "product",
    "savings",
    "status",
    "officer",
    "loan_id",
    "outstanding_principal",
    "days_in_arrears",
    "written_off_amount",
)
LONGEST = {"client_id": 64, "full_name": 200, "phone": 64, "gender": 16, "officer": 64, "loan_id": 64}
"""Signs in a cell, at most. Branch, product and status have to be known ones."""

MOST_MONEY = 1e12
MOST_DAYS = 36_500
YEARS = (1900, 2100)

YES, NO = frozenset({"yes", "y", "1", "true"}), frozenset({"no", "n", "0", "false"})
STATUSES = ("active", "closed", "deceased")


class SheetError(Exception):
    """The file cannot be imported; the message is one line a problem, with the mend."""


@dataclass(frozen=True, slots=True)
class Books:
    """What a row may refer to: branch codes, products with their loan method, the country of phones."""

    branches: frozenset[str]
    products: Mapping[str, str]
    country: str


def read_clients(text: str, *, place: str, books: Books) -> list[RegisterRow]:
    """The clients in a CSV file with a heading row. Raises SheetError with the first problem of each line."""
    rows: list[RegisterRow] = []
    problems: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for line, cells in _lines(text, place):
        for name in ("client_id", "loan_id"):
            code = (cells.get(name) or "").strip()
            first = seen.setdefault((name, code), line)
            if code and first != line:
                problems.append(f"{place}:{line}: {name} {code!r} stands on line {first} already")
        try:
            rows.append(_row(_given(cells), books))
        except ValueError as error:
            problems.append(f"{place}:{line}: {error}")
    if problems:
        raise SheetError("\n".join(problems))
    return rows


def without_placeholders(rows: Sequence[RegisterRow]) -> tuple[list[RegisterRow], int]:
    """The rows without phone numbers that stand with many clients, and how many rows lost theirs."""
    held = nobodys(row.phone for row in rows)
    kept = [replace(row, phone="") if row.phone in held else row for row in rows]
    return kept, sum(row.phone in held for row in rows)


def _lines(text: str, place: str) -> Iterator[tuple[int, dict[str | None, Any]]]:
    """Every line below the heading with its number; cells beyond the heading stand under None."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        _check_heading(reader.fieldnames or (), place)
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise SheetError(f"{place}:{reader.line_num + 1}: {error} (is a quotation mark missing?)") from None


def _given(cells: Mapping[str | None, Any]) -> dict[str, str]:
    if None in cells:
        raise ValueError("more cells than the heading has (put text with a comma in quotation marks)")
    given = {str(name): (cell or "").strip() for name, cell in cells.items()}
    for name, text in given.items():
        if len(text) > LONGEST.get(name, len(text)):
            raise ValueError(f"{name} has {len(text)} signs, and at most {LONGEST[name]} fit")
        if any(unicodedata.category(sign) == "Cc" for sign in text):
            raise ValueError(f"{name} holds a line break or another sign that cannot be printed")
    return given


def _check_heading(found: Sequence[str], place: str) -> None:
    missing = [name for name in REQUIRED if name not in found]
    twice = [name for name in found if found.count(name) > 1]
    unknown = [name for name in found if name not in REQUIRED + OPTIONAL]
    if missing:
        raise SheetError(f"{place}:1: the column {missing[0]} is missing (needed: {', '.join(REQUIRED)})")
    if twice:
        raise SheetError(f"{place}:1: the column {twice[0]!r} stands there twice")
    if unknown:
        known = ", ".join(REQUIRED + OPTIONAL)
        raise SheetError(f"{place}:1: the column {unknown[0]!r} is not known (known: {known})")


def _row(given: Mapping[str, str], books: Books) -> RegisterRow:
    for name in REQUIRED:
        if not given[name]:
            raise ValueError(f"{name} is empty")
    if given["client_id"].startswith(RESERVED):
        raise ValueError(
            f"client_id {given['client_id']!r} begins with {RESERVED}, which is kept for the bot"
        )
    branch, product = given["branch"], given.get("product", "")
    if branch not in books.branches:
        raise ValueError(f"branch {branch!r} is not in the institution file")
    if product and product not in books.products:
        raise ValueError(f"product {product!r} is not in the institution file")
    status = given.get("status", "") or "active"
    if status not in STATUSES:
        raise ValueError(f"status {status!r} is not one of {', '.join(STATUSES)}")
    return RegisterRow(
        code=given["client_id"],
        name=given["full_name"],
        branch=branch,
        phone=normalise(given["phone"], country=books.country) if given.get("phone") else "",
        product=product,
        loan_method=books.products.get(product, ""),
        gender=given.get("gender", ""),
        birth_year=_read(given, "birth_year", _year, "a year such as 1984"),
        joined_on=_read(given, "activation_date", _day, "a date such as 2024-03-31"),
        has_savings=_read(given, "savings", _yes, "yes or no") or False,
        status=status,
        officer=given.get("officer", ""),
        loan=given.get("loan_id", ""),
        outstanding=_read(given, "outstanding_principal", _money, "an amount from 0 to 1e12 such as 12500.50")
        or 0.0,
        days_in_arrears=_read(given, "days_in_arrears", _days, f"a number of days from 0 to {MOST_DAYS}")
        or 0,
        written_off=_read(given, "written_off_amount", _money, "an amount from 0 to 1e12 such as 0") or 0.0,
    )


def _read(given: Mapping[str, str], name: str, read: Callable[[str], T], like: str) -> T | None:
    text = given.get(name, "")
    if not text:
        return None
    try:
        return read(text)
    except ValueError:
        raise ValueError(f"{name} {text!r} is not {like}") from None


def _yes(text: str) -> bool:
    word = text.casefold()
    if word not in YES | NO:
        raise ValueError(text)
    return word in YES


def _money(text: str) -> float:
    amount = float(text)
    # Not a number lies between no two numbers, so it is refused as well.
    if not 0 <= amount <= MOST_MONEY:
        raise ValueError(text)
    return amount


def _days(text: str) -> int:
    days = int(text)
    if not 0 <= days <= MOST_DAYS:
        raise ValueError(text)
    return days


def _year(text: str) -> int:
    year = int(text)
    if not YEARS[0] <= year <= YEARS[1]:
        raise ValueError(text)
    return year


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()
