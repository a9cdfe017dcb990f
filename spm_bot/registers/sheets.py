"""A register file as rows: one line a client with the loan they pay now, strictly read.

Nothing is guessed: a file with any problem is refused whole, with every problem named by its line.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from spm_bot.fieldwork.register import RegisterRow

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
    "loan_id",
    "outstanding_principal",
    "days_in_arrears",
    "written_off_amount",
)
YES, NO = frozenset({"yes", "y", "1", "true"}), frozenset({"no", "n", "0", "false"})
STATUSES = ("active", "closed", "deceased")


class SheetError(Exception):
    """The file cannot be imported; the message is one line a problem, with the mend."""


@dataclass(frozen=True, slots=True)
class Books:
    """What a row may refer to: branch codes, and products with their loan method."""

    branches: frozenset[str]
    products: Mapping[str, str]


def read_clients(text: str, *, place: str, books: Books) -> list[RegisterRow]:
    """The clients in a CSV file with a heading row. Raises SheetError with every problem it has."""
    rows: list[RegisterRow] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for line, cells in _lines(text, place):
        code = (cells.get("client_id") or "").strip()
        if code and code in seen:
            problems.append(f"{place}:{line}: client_id {code!r} stands on line {seen[code]} already")
        seen.setdefault(code, line)
        try:
            rows.append(_row(_given(cells), books))
        except ValueError as error:
            problems.append(f"{place}:{line}: {error}")
    if problems:
        raise SheetError("\n".join(problems))
    return rows


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
    return {str(name): (cell or "").strip() for name, cell in cells.items()}


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
        phone=given.get("phone", ""),
        product=product,
        loan_method=books.products.get(product, ""),
        gender=given.get("gender", ""),
        birth_year=_read(given, "birth_year", int, "a year such as 1984"),
        joined_on=_read(given, "activation_date", _day, "a date such as 2024-03-31"),
        has_savings=_read(given, "savings", _yes, "yes or no") or False,
        status=status,
        loan=given.get("loan_id", ""),
        outstanding=_read(given, "outstanding_principal", _number, "a number such as 12500.50") or 0.0,
        days_in_arrears=_read(given, "days_in_arrears", int, "a number of days such as 0") or 0,
        written_off=_read(given, "written_off_amount", _number, "a number such as 0") or 0.0,
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


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()
