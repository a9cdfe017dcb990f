"""Phone numbers as lists and people write them → one way of writing each, so that equal ones are found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

CLIENTS_A_NUMBER = 3
"""More clients than this with one number: it stands for nobody's own phone."""

_PREFIX = 3
"""Digits that say which operator gave a number out."""
_OWN = 6
"""Digits after those, at least."""
_IN_ORDER = ("123456789", "987654321")

_SEVERAL = re.compile(r"[/;,|]")
_FLOAT = re.compile(r"\.0+$")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
_LETTER_O = str.maketrans("OoОо", "0000")  # Latin and Cyrillic, as a tired hand types them


def normalise(written: str, *, country: str) -> str:
    """The number as +254712345678; `country` (two letters) is where numbers without a code are from.

    Of several numbers in one cell the first counts. Raises ValueError, with the mend, for what is none.
    """
    if _SCIENTIFIC.fullmatch(written.strip()):
        raise ValueError(
            f"phone {written!r} has lost digits (make the column text in your spreadsheet, then save)"
        )
    text = _FLOAT.sub("", _first(written)).translate(_LETTER_O)
    if text.startswith("00"):
        text = f"+{text.removeprefix('00')}"
    try:
        number = None if any(sign.isalpha() for sign in text) else parse(text, country)
    except NumberParseException:
        number = None
    if number is None or not is_valid_number(number):
        raise ValueError(
            f"phone {written!r} is no phone number (write it with its country code, or leave it empty)"
        )
    return format_number(number, PhoneNumberFormat.E164)


def has_letter_for_zero(written: str) -> bool:
    """Whether the number was written with the letter O, which was read as 0."""
    first = _first(written)
    return first != first.translate(_LETTER_O)


def is_made_up(number: str) -> bool:
    """Whether a number such as +254700000000 was put in so that the cell is not empty: the same digit all
    through after the prefix, or all digits in their order.
    """
    if len(set(number[-_OWN:])) != 1 and not any(row in number for row in _IN_ORDER):
        return False
    national = str(parse(number).national_number)
    own = national[-max(_OWN, len(national) - _PREFIX) :]
    return len(set(own)) == 1 or any(row in national for row in _IN_ORDER)


def _first(written: str) -> str:
    return _SEVERAL.split(written)[0].strip()


def nobodys(numbers: Iterable[str]) -> frozenset[str]:
    """Numbers that stand with so many clients that they are a placeholder, or an officer's own."""
    counted = Counter(number for number in numbers if number)
    return frozenset(number for number, times in counted.items() if times > CLIENTS_A_NUMBER)
