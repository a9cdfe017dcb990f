"""Amounts and counts as people type them: group signs, local digits, currencies, `10k`, `elfu 15`, `2 lakh`.

Nothing is guessed: ranges, negatives, two numbers, numbers in words and unknown words are no amount.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import prod
from types import MappingProxyType

from babel.numbers import list_currencies

from spm_bot.surveys.spelling import latin_digits, plain, visible

_MOST = 1e15  # beyond it a float no longer tells neighbouring whole numbers apart
_LONGEST = 60
_CODE_LENGTH = 3

_NUMBER = re.compile(r"\d(?:[\d.,' ]*\d)?")
_SIGNS = str.maketrans({"\u066c": ",", "\u060c": ",", "\u066b": ".", "’": "'"})
_PRICE_MARK = re.compile(r"(?<=\d)\s*(?:/=|/-|=/|=)(?!\S)|^s/\.?")  # as a shop writes prices: 1500/=, S/ 500
_DECIMAL = re.compile(r"0[.,]\d{1,3}|\d+[.,]\d{1,2}")
_GROUPED = re.compile(
    r"(?P<groups>[1-9]\d{0,2}(?P<sign>[., '])\d{3}(?:(?P=sign)\d{3})*|[1-9]\d?(?:,\d\d)+,\d{3})"
    r"(?:(?P<mark>[.,])(?P<fraction>\d{1,2}))?"
)

_TIMES: Mapping[str, int] = MappingProxyType(
    {
        word: times
        for words, times in (
            ("k thousand thousands mille milliers elfu alfu ribu rb", 10**3),
            ("hazar hazaar hajar hajaar हजार ألف الف آلاف الاف alf alaf", 10**3),
            ("laki lakh lakhs lac lacs लाख", 10**5),
            (
                "million millions millon millones milioni milion juta jt मिलियन مليون ملايين malyun malyoun",
                10**6,
            ),
            ("crore crores karod karor करोड़", 10**7),
            ("milliard milliards مليار مليارات miliar अरब", 10**9),
        )
        for word in map(plain, words.split())
    }
)
"""Words that mean the same number wherever they are used."""

_LOCAL_TIMES: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "en": {"hundred": 10**2, "m": 10**6, "mn": 10**6, "billion": 10**9, "billions": 10**9, "bn": 10**9},
        "fr": {"billion": 10**12, "billions": 10**12},
        "es": {"mil": 10**3, "miles": 10**3, "billon": 10**12, "billones": 10**12},
        "sw": {"mia": 10**2, "m": 10**6, "bilioni": 10**9},
        "hi": {"सौ": 10**2, "sau": 10**2, "m": 10**6, "l": 10**5, "cr": 10**7, "arab": 10**9},
    }
)
"""Words that mean another number, or nothing, in another language: a billion, `m`, `mil`."""

_BEFORE = frozenset({"elfu", "alfu", "laki", "milioni", "mia", "bilioni"})
"""Words that stand before their number in Swahili."""

_CURRENCY_WORDS = """
    ksh kshs sh shs shilling shillings shilingi bob tsh tshs ush ushs شلن
    rs re rupee rupees rupaye rupay rupaya rupiya रुपये रुपए रुपया रुपयों रु روبيه
    taka tk টাকা dollar dollars dolar dolares dola دولار euro euros يورو pound pounds
    franc francs fcfa cfa f birr ብር naira cedi cedis kwacha mk rand metical
    peso pesos sol soles quetzal quetzales q lempira lempiras cordoba cordobas boliviano bolivianos
    bs colon colones guarani guaranies gs bolivar bolivares real reais
    rupiah rp riel kyat dong baht kip dirham dirhams dh dinar dinars le riyal riyals
    جنيه جنيهات ليره ليرات دينار دنانير درهم دراهم ريال ريالات
"""
_CURRENCIES = frozenset(map(plain, _CURRENCY_WORDS.split()))
_LINKS = frozenset({"de", "of", "only", plain("मात्र")})
"""Words about a price that change nothing: `2 millones de pesos`, `500 rupees only`."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number; not `sure` when whoever wrote it may have meant another."""

    number: float
    sure: bool


def amount(text: str, *, whole: bool, language: str) -> Amount | None:
    """The one amount that `text` says, or None. A `whole` one has no fraction."""
    said = _PRICE_MARK.sub(" ", _spelt(text)).rstrip(" .!")
    if len(said) > _LONGEST:
        return None
    numbers = list(_NUMBER.finditer(said))
    if len(numbers) != 1:
        return None
    digits = numbers[0][0]
    read = _digits(digits)
    times = _times(said[: numbers[0].start()].split(), said[numbers[0].end() :].split(), language=language)
    if read is None or times is None:
        return None
    written, sure = read
    number = round(written * times, 2)
    if number > _MOST or (whole and number != int(number)) or (times > 1 and not sure):
        return None
    return Amount(number, sure=sure and times == 1 and (not whole or digits.isdigit()))


def _spelt(text: str) -> str:
    return unicodedata.normalize("NFKC", latin_digits(visible(text))).translate(_SIGNS).casefold()


def _times(before: list[str], after: list[str], *, language: str) -> int | None:
    """What the words around a number multiply it by; None when one of them is not known here."""
    known = {**_TIMES, **_LOCAL_TIMES.get(language, {})}
    first, then = _without_currency(before), _without_currency(after)
    factors = [known.get(word, 0) for word in (*first, *then)]
    misplaced = bool(first) and (bool(then) or first[0] not in _BEFORE)
    if misplaced or 0 in factors or len(set(factors)) < len(factors):
        return None
    return prod(factors)


def _without_currency(tokens: list[str]) -> list[str]:
    """The words that are no currency; a mark that is no word at all stays, and is not understood."""
    return [plain(word) or word for word in tokens if not _is_currency(word)]


def _is_currency(token: str) -> bool:
    letters = "".join(char for char in token if char != "." and unicodedata.category(char) != "Sc")
    if not all(unicodedata.category(char)[0] in "LM" for char in letters):
        return False
    if any(unicodedata.category(char) == "Sc" for char in token):
        return len(letters) <= _CODE_LENGTH
    word = plain(letters)
    return word in _CURRENCIES or word in _LINKS or word in _codes()


@cache
def _codes() -> frozenset[str]:
    """The codes of the world's currencies, but for the one that is nearly a lakh."""
    return frozenset(code.lower() for code in list_currencies()) - {"lak"}


def _digits(said: str) -> tuple[float, bool] | None:
    """A number written with group and decimal signs, and whether it can be read in one way only.

    `1,500` and `1.500` are fifteen hundred to most who write them, so they are read so and echoed.
    """
    if said.isdigit():
        return float(said), len(said) == 1 or not said.startswith("0")
    if _DECIMAL.fullmatch(said):
        return float(said.replace(",", ".")), True
    grouped = _GROUPED.fullmatch(said)
    if grouped is None or grouped["mark"] == (grouped["sign"] or ","):
        return None
    return float(re.sub(r"\D", "", grouped["groups"]) + "." + (grouped["fraction"] or "0")), False
