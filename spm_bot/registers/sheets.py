"""A register file as rows: one line a client with the loan they pay now, strictly read.

Nothing is guessed: a file with any problem is refused whole, with every problem named by its line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

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
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    _check_heading(reader.fieldnames or (), place)
    rows: list[RegisterRow] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for cells in reader:
        line = reader.line_num
        given = {name: (cell or "").strip() for name, cell in cells.items() if isinstance(name, str)}
        code = given["client_id"]
        if code in seen:
            problems.append(f"{place}:{line}: client_id {code!r} stands on line {seen[code]} already")
        seen.setdefault(code, line)
        try:
            rows.append(_row(given, books))
        except ValueError as error:
            problems.append(f"{place}:{line}: {error}")
    if problems:
        raise SheetError("\n".join(problems))
    return rows


def _check_heading(found: Sequence[str], place: str) -> None:
    missing = [name for name in REQUIRED if name not in found]
    unknown = [name for name in found if name not in REQUIRED + OPTIONAL]
    if missing:
        raise SheetError(f"{place}:1: the column {missing[0]} is missing (needed: {', '.join(REQUIRED)})")
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
        has_savings=given.get("savings", "").casefold() in {"yes", "y", "1", "true"},
        status=status,
        loan=given.get("loan_id", ""),
        outstanding=_read(given, "outstanding_principal", float, "a number such as 12500.50") or 0.0,
        days_in_arrears=_read(given, "days_in_arrears", int, "a number of days such as 0") or 0,
        written_off=_read(given, "written_off_amount", float, "a number such as 0") or 0.0,
    )


def _read(given: Mapping[str, str], name: str, read: Callable[[str], T], like: str) -> T | None:
    text = given.get(name, "")
    if not text:
        return None
    try:
        return read(text)
    except ValueError:
        raise ValueError(f"{name} {text!r} is not {like}") from None


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()
