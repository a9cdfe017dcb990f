"""How typed words are compared: without case, accents and other marks, digits of any script as 0–9."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = {"Cf", "Cc", "Cs"}

# Arabic and Persian spell one letter in several ways, and stretch words; Hindi writes a nasal in two.
_ALIKE = str.maketrans(
    {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "\u0640": None, "\u0901": "\u0902", "œ": "oe", "æ": "ae"}
    | dict.fromkeys("’‘ʼʻ`", "'")
)
_HALF_NASAL = re.compile("[ङञणनम]\u094d(?=[क-म])")
_SWAHILI_NG = re.compile(r"(?<=ng)'")

_ETHIOPIC = re.compile(r"(?<!\d)[\u1369-\u137c]+(?!\d)")
_HUNDRED, _MYRIAD = 0x137B, 0x137C
_TEN_IN_A_BOX = {"🔟": "10"}


def plain(text: str) -> str:
    """`text` as it is compared: no case, accents, punctuation or doubled spaces, Latin digits.

    Vowel signs stay, for they are letters.
    """
    decomposed = unicodedata.normalize("NFKD", latin_digits(text)).casefold().translate(_ALIKE)
    kept = _SWAHILI_NG.sub("", "".join(char for char in decomposed if not _light(char)))
    joined = _HALF_NASAL.sub("\u0902", kept)
    return " ".join("".join(char if _in_word(char) else " " for char in joined).split())


def visible(text: str) -> str:
    """`text` without control and direction marks, trimmed; line breaks stay."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _INVISIBLE).strip()


def latin_digits(text: str) -> str:
    """`text` with the decimal digits of any script and Ethiopic numerals as 0–9.

    A small or circled number stands apart from what surrounds it, so that 5² is never read as 52.
    """
    return "".join(map(_digit, _ETHIOPIC.sub(lambda numeral: _ethiopic(numeral[0]), text)))


def within(left: str, right: str, *, reach: int) -> bool:
    """Whether `reach` insertions, deletions, changes or swaps of neighbours turn one into the other."""
    if not reach or abs(len(left) - len(right)) > reach:
        return False
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        above, row = row, [i]
        for j, b in enumerate(right, 1):
            best = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before = above
    return row[-1] <= reach


def _in_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")


def _light(char: str) -> bool:
    """Whether a sign carries no letter: an accent, a harakat, a nukta, a keycap, anything invisible."""
    category = unicodedata.category(char)
    if category != "Mn":
        return category == "Me" or category in _INVISIBLE
    weight = unicodedata.combining(char)
    return weight == 7 or 10 <= weight <= 36 or weight >= 200 or "\ufe00" <= char <= "\ufe0f"


def _digit(char: str) -> str:
    match unicodedata.category(char):
        case "Nd":
            return str(unicodedata.decimal(char))
        case "No" if not "\u1369" <= char <= "\u137c":
            return f" {unicodedata.normalize('NFKC', char)} "
        case _:
            return _TEN_IN_A_BOX.get(char, char)


def _ethiopic(numeral: str) -> str:
    """An Ethiopic numeral in Latin digits: ones follow tens, a pair may be followed by ፻, all by ፼.

    Signs in an order that makes no number are left as they are.
    """
    total = hundreds = pair = 0
    for sign in numeral:
        place = ord(sign)
        if place == _MYRIAD:
            total, hundreds, pair = (total + hundreds + pair or 1) * 10_000, 0, 0
        elif place == _HUNDRED and not hundreds:
            hundreds, pair = (pair or 1) * 100, 0
        elif place < 0x1372 and pair % 10 == 0:
            pair += place - 0x1368
        elif 0x1372 <= place < _HUNDRED and not pair:
            pair = (place - 0x1371) * 10
        else:
            return numeral
    return str(total + hundreds + pair)
