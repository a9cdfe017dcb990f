"""Phone numbers as lists and people write them → one way of writing each, so that equal ones are found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_valid_number, parse

CLIENTS_A_NUMBER = 3
"""More clients than this with one number: it stands for nobody's own phone."""

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
    first = _SEVERAL.split(written)[0].strip()
    text = _FLOAT.sub("", first).translate(_LETTER_O)
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


def nobodys(numbers: Iterable[str]) -> frozenset[str]:
    """Numbers that stand with so many clients that they are a placeholder, or an officer's own."""
    counted = Counter(number for number in numbers if number)
    return frozenset(number for number, times in counted.items() if times > CLIENTS_A_NUMBER)
