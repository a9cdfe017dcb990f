"""One cell → the value of one of our fields, or why not."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial

from babel.core import Locale

from spm_bot.fieldwork.register import RESERVED
from spm_bot.registers.calendars import YEARS, read_day, read_month, read_serial
from spm_bot.registers.manners import AMOUNTS, DAYS, Manner
from spm_bot.registers.mapping import WORD_LISTS, Mapping
from spm_bot.registers.numerals import bounded, read_amount
from spm_bot.registers.phones import normalise
from spm_bot.registers.sheets import Books, Cell
from spm_bot.registers.vocabulary import meaning, words_of

Value = str | int | float | bool | None
Read = Callable[[Cell], Value]

KEYS = frozenset({"client_id", "client_key", "loan_id", "staff_id", "refinanced_loan_id"})
COUNTS = frozenset({"days_in_arrears", "cycle", "new_clients", "vacancies"})
LATER = frozenset({"next_due_on", "start_date", "staff_exit_date", "month", "as_of_date"})
"""Days that may lie before us."""

LONGEST = 64
LONGEST_NAME = 200
MOST_DAYS = 36_500
_OLDEST = timedelta(days=366 * 120)
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_FORMULA = ("=", "+", "-", "@")
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
_NOTHING = frozenset({"", "-", "—", "–", "NULL", "\\N"})
_DIGITS_KEPT = 10**15


@dataclass(frozen=True, slots=True)
class Setting:
    """What a cell is read by: the institution's lists, the file's own manner, the day of the lists."""

    books: Books
    mapping: Mapping
    as_of: date
    manner: Manner
    since_1904: bool = False


def reader_of(name: str, setting: Setting) -> Read:
    """What reads the cells of a field; it raises ValueError with the mend. An empty cell is None."""
    return partial(_given, read=_reader(name, setting))


def _given(cell: Cell, *, read: Read) -> Value:
    if isinstance(cell, str):
        if cell in _NOTHING:
            return None
        if cell in _ERRORS:
            raise ValueError(f"holds {cell}, an error of the spreadsheet (mend the formula, then save)")
        if not cell.isprintable() and any(unicodedata.category(sign) == "Cc" for sign in cell):
            raise ValueError("holds a line break or another sign that cannot be printed")
    return read(cell)


def _reader(name: str, setting: Setting) -> Read:
    if name in KEYS:
        return _key
    if name in DAYS:
        return _cached(partial(_day, name=name, setting=setting))
    if name in AMOUNTS:
        return partial(_amount, setting=setting)
    if name in COUNTS:
        return partial(_count, most=MOST_DAYS)
    if name in WORD_LISTS:
        return _cached(partial(_word, name=name, own=setting.mapping.values.get(name, {})))
    match name:
        case "phone" | "second_phone" | "staff_phone":
            return partial(_phone, country=setting.books.country)
        case "branch" | "loan_branch" | "staff_branch":
            return _cached(partial(_branch, name=name, setting=setting))
        case "product":
            return _cached(partial(_product, setting=setting))
        case "birth_year":
            return partial(_year, last=setting.as_of.year)
        case "currency":
            return _cached(_currency)
    return partial(_text, longest=LONGEST_NAME if name.endswith("_name") else LONGEST)


def _cached(read: Read) -> Read:
    """For cells that say the same in many rows."""
    known: dict[Cell, Value] = {}

    def reading(cell: Cell) -> Value:
        if cell not in known:
            known[cell] = read(cell)
        return known[cell]

    return reading


def _text(cell: Cell, *, longest: int) -> str:
    text = _as_text(cell)
    if len(text) > longest:
        raise ValueError(f"has {len(text)} signs, and at most {longest} fit")
    if _TURNING.search(text):
        raise ValueError("holds a hidden sign that turns the direction of writing (take it out)")
    sign = unicodedata.normalize("NFKC", text[:1])
    if sign in _FORMULA:
        raise ValueError(f"begins with {sign}, as a formula does (take that sign out)")
    return sys.intern(text)


def _key(cell: Cell) -> str:
    """A code in one spelling; sys.intern, because a loan names its client again."""
    if not isinstance(cell, str) and abs(cell) >= _DIGITS_KEPT:
        raise ValueError(f"{cell!r} has lost digits (make the column text in your spreadsheet, then save)")
    text = _as_text(cell)
    if not text.isascii():
        spelt = unicodedata.normalize("NFKC", text)
        text = "".join(sign for sign in spelt if unicodedata.category(sign) != "Cf").strip()
    if text.startswith(RESERVED):
        raise ValueError(f"{text!r} begins with {RESERVED}, which is kept for the bot")
    return _text(text, longest=LONGEST)


def _as_text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else str(cell)


def _phone(cell: Cell, *, country: str) -> str:
    text = _as_text(cell)
    if len(text) > LONGEST:
        raise ValueError(f"has {len(text)} signs, and at most {LONGEST} fit")
    return normalise(text, country=country)


def _day(cell: Cell, *, name: str, setting: Setting) -> str | None:
    order = setting.manner.order
    if name == "month" and isinstance(cell, str):
        return read_month(cell, order=order)
    if isinstance(cell, str):
        day = read_day(cell, order=order)
    else:
        day = read_serial(cell, since_1904=setting.since_1904) if cell else None
    if name == "month":
        return day and day[:7]
    as_of = setting.as_of.isoformat()
    if day and name not in LATER and day > as_of:
        raise ValueError(f"{day} is after {as_of}, the day of the lists")
    if day and name == "birth_date" and day < (setting.as_of - _OLDEST).isoformat():
        raise ValueError(f"{day} would make a client more than 120 years old")
    if day and name == "as_of_date" and day != as_of:
        raise ValueError(f"is of {day}, and the lists are taken in as of {as_of} (use --as-of)")
    return day


def _year(cell: Cell, *, last: int) -> int:
    year = _whole(cell, "a year such as 1984")
    if year > last:
        raise ValueError(f"{str(cell)!r} is after {last}, the year of the lists")
    if not max(YEARS[0], last - 120) <= year:
        raise ValueError(f"{str(cell)!r} is not a year such as 1984")
    return year


def _amount(cell: Cell, *, setting: Setting) -> float:
    if isinstance(cell, str):
        amount = read_amount(cell, decimal=setting.manner.decimal)
    else:
        amount = bounded(float(cell), written=cell)
    return bounded(amount * (setting.mapping.amounts_in or 1), written=cell)


def _count(cell: Cell, *, most: int) -> int:
    count = _whole(cell, f"a number from 0 to {most}")
    if count < 0:
        raise ValueError(f"{str(cell)!r} is negative (amounts and days are from 0 up)")
    if count > most:
        raise ValueError(f"{str(cell)!r} is not a number from 0 to {most}")
    return count


def _whole(cell: Cell, like: str) -> int:
    text = _as_text(cell)
    try:
        return int(text.removesuffix(".0").removesuffix(".00")) if len(text) <= LONGEST else int("")
    except ValueError:
        raise ValueError(f"{text[:LONGEST]!r} is not {like}") from None


def _word(cell: Cell, *, name: str, own: dict[str, str]) -> Value:
    text, word_list = _as_text(cell), WORD_LISTS[name]
    found = own.get(text) or meaning(word_list, text)
    if not found and name == "language":
        found = _language(text)
    if not found:
        known = ", ".join(words_of(word_list))
        raise ValueError(
            f"{text[:LONGEST]!r} is not one of {known} (or say under values: in the mapping file which it is)"
        )
    return found == "yes" if word_list == "answer" else sys.intern(found)


def _language(text: str) -> str:
    code = text.replace("_", "-").partition("-")[0].lower()
    return code if code in _world().languages and len(code) <= 3 else ""


def _branch(cell: Cell, *, name: str, setting: Setting) -> str | None:
    text = _as_text(cell)
    code = setting.mapping.branches.get(text, text)
    if not code and name == "staff_branch":
        return None
    if code not in setting.books.branches:
        mend = "add it there, or say under branches: in the mapping file which it is"
        raise ValueError(f"{text[:LONGEST]!r} is not a branch of the institution file ({mend})")
    return code


def _product(cell: Cell, *, setting: Setting) -> str:
    text = _as_text(cell)
    code = setting.mapping.products.get(text, text)
    if code not in setting.books.products:
        mend = "add it there, or say under products: in the mapping file which it is"
        raise ValueError(f"{text[:LONGEST]!r} is not a product of the institution file ({mend})")
    return code


def _currency(cell: Cell) -> str:
    code = _as_text(cell).upper()
    if code not in _world().currencies:
        raise ValueError(f"unknown currency {_as_text(cell)[:LONGEST]!r} (write three letters, as KES)")
    return code


@cache
def _world() -> Locale:
    return Locale("en")
