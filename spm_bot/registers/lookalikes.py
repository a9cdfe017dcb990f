"""Codes that look the same and are not: a Cyrillic С beside a Latin C."""

from __future__ import annotations

import unicodedata

_LATIN = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABESIJKMHOPCTYXaesijopcyxABEZHIKMNOPTYXo",
)


def plain_latin(code: str) -> str:
    """The code as it looks: two codes that only differ in their alphabet give the same."""
    return code if code.isascii() else code.translate(_LATIN)


def mixes_alphabets(code: str) -> bool:
    """Whether Latin letters and others that look like them stand in one code."""
    if code.isascii() or plain_latin(code) == code:
        return False
    return any(unicodedata.name(sign, "").startswith("LATIN") for sign in code)
