"""Amounts as lists write them → numbers. Which sign parts the decimals is the file's, never the cell's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from spm_bot.surveys.spelling import latin_digits

MOST = 1e12

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’]+(?=\d{3}(?!\d))")
_SIGNS = str.maketrans({"\u066b": ".", "\u066c": ",", "\u2212": "-"})
_SCIENTIFIC = re.compile(r"-?\d(?:[.,]\d+)?e[+-]?\d+", re.IGNORECASE)
_POINT = re.compile(r"\d+(?:\.\d*)?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?|\.\d+")
_COMMA = re.compile(r"\d+(?:,\d*)?|[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?|,\d+")
_EITHER_WAY = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


def decimal_in(texts: Iterable[str]) -> Literal[".", ",", "", "both", "open"]:
    """The sign before the decimals that the amounts of a file show; '' where none has one, `open` where it
    cannot be told (1,234 alone), `both` where some are written one way and some the other.
    """
    shown: set[str] = set()
    doubtful = False
    for text in texts:
        bare = _bare(text)[0]
        point, comma = bool(_POINT.fullmatch(bare)), bool(_COMMA.fullmatch(bare))
        if _EITHER_WAY.fullmatch(bare):
            doubtful = True
        elif point != comma:
            shown.add("." if point else ",")
    if len(shown) > 1:
        return "both"
    if shown:
        return "." if "." in shown else ","
    return "open" if doubtful else ""


def read_amount(written: str, *, decimal: str) -> float:
    """The amount, from 0 to 1e12. Raises ValueError with the mend."""
    bare, negative = _bare(written)
    if _SCIENTIFIC.fullmatch(bare):
        raise ValueError(f"{written!r} has lost digits (format the column as numbers and save again)")
    if not (_COMMA if decimal == "," else _POINT).fullmatch(bare):
        raise ValueError(f"{written!r} is not an amount (write digits alone, as 12500{decimal or '.'}50)")
    plain = bare.replace(".", "").replace(",", ".") if decimal == "," else bare.replace(",", "")
    return bounded(-float(plain) if negative else float(plain), written=written)


def bounded(amount: float, *, written: object) -> float:
    """The amount itself. Raises ValueError when it is below 0 or above 1e12."""
    if amount < 0:
        raise ValueError(f"{str(written)!r} is negative (amounts and days are from 0 up)")
    if not amount <= MOST:
        raise ValueError(f"{str(written)!r} is more than 1e12 (is a digit too many in it?)")
    return amount


def _bare(written: str) -> tuple[str, bool]:
    """Without spaces between thousands and the sign of a negative amount, and whether it had one."""
    text = written if written.isascii() else latin_digits(written.strip()).translate(_SIGNS)
    if text.isdecimal():
        return text, False
    if text.startswith("(") and text.endswith(")"):
        return _SPACES.sub("", text[1:-1].strip()), True
    return _SPACES.sub("", text.removeprefix("-").strip()), text.startswith("-")
