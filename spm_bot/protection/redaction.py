"""Personal data out of free text, by rules. Rules are not anonymisation: a person reads what is left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

GAP = "[…]"
"""What stands where something was taken out."""

SHORTEST_NAME = 3

_BREAKS = r"\s.,;:!?…\"“”«»()\[\]{}<>/\\|،؛؟।*_~`^=+"
_WORD = re.compile(f"[^{_BREAKS}]+")
_CAPITAL = rf"(?-i:(?=[^\W\d_])(?![a-zà-öø-ÿ]))[^{_BREAKS}]+"
_UPPER = rf"(?-i:[A-ZÀ-ÖØ-Þ])[^{_BREAKS}]+"
_ANY = f"[^{_BREAKS}]+"

_LINK = r"\b[a-z][a-z0-9+.-]{1,20}://\S+|\bwww\.\S+|\bt\.me\S*|\bwa\.me\S*"
_DOMAIN = r"(?<![\w-])(?:[\w-]{1,63}\.){1,5}(?:com|org|net|info|me|io|co|app|link|ly|[a-z]{2}\.[a-z]{2})\b\S*"
_MAIL = r"[^\s@]{1,64}\s?@\s?[^\s@]{1,64}\s?\.\s?[^\s@]+"
_HANDLE = r"(?<!\w)@\s?\w+"
# Digits of any script. Whoever hides a number puts signs between its digits.
_NUMBER = r"\+?\(?\d(?:[\s.,()/\-–_*]{0,3}\d){6,}"
_CODE = r"(?<!\w)(?:[^\W\d_]{1,12}[-/_#.]?){1,2}\d(?:[-/]?\d){2,}\w*|\b\d+[-/][^\W\d_]+[-/]?\d+\b"
_ASKED = (
    r"\b(?:id|nr|no\.|number|account|acct|a/c|pin|namba|nambari|kitambulisho|akaunti|numéro|num|compte|"
    r"número|cuenta|cédula|नंबर|खाता|رقم|حساب)\W{0,3}\d{4,}"
)
# Words before a name. After the first kind a name is sure to follow, after the second only where it is
# written with a capital, or in a script that has none.
_SURE = (
    r"mrs?|ms|miss|mme|mlle|monsieur|madame|señora?|sra?|doña|bwana|bi|श्री|श्रीमती|सुश्री|السيد|السيدة|"
    r"الأستاذ|الأستاذة|my name is|called|je m'appelle|m'appelle|me llamo|se llama|naitwa|anaitwa|"
    r"jina langu ni|मेरा नाम|اسمي|اسمه|اسمها|dr"
)
_PERHAPS = (
    r"madam|sir|mama|baba|ndugu|mwalimu|mzee|dada|kaka|don|m|chef|chief|pastor|sheikh|imam|teacher|brother|"
    r"sister|agent|officer|manager|afisa|asesora?"
)

_RULES = tuple(
    re.compile(rule, re.IGNORECASE) for rule in (_LINK, _MAIL, _DOMAIN, _HANDLE, _NUMBER, _ASKED, _CODE)
)
_TITLES = (
    re.compile(rf"(\b(?:{_SURE})\.?\s+){_ANY}(?:\s+{_UPPER})?", re.IGNORECASE),
    re.compile(rf"(\b(?:{_PERHAPS})\.?\s+){_CAPITAL}(?:\s+{_UPPER})?", re.IGNORECASE),
)
_INVISIBLE_BUT_NEEDED = "\u200c\u200d"  # they join and part letters of Hindi and Persian
_ARABIC_FIRST = "وبلف"


def redacted(text: str, *, names: Collection[str]) -> str:
    """`text` on one line, with a gap for every phone number, long number, code, e-mail address, link,
    handle, name behind a title, and word of `names` (as `name_words` gives them).
    """
    left = _clean(text)
    for rule in _RULES:
        left = rule.sub(GAP, left)
    for rule in _TITLES:
        left = rule.sub(rf"\g<1>{GAP}", left)
    left = _WORD.sub(lambda word: GAP if _is_name(word[0], names) else word[0], left)
    return re.sub(rf"{re.escape(GAP)}(?:[\s,.\-]*{re.escape(GAP)})+", GAP, " ".join(left.split()))


def name_words(names: Iterable[str]) -> frozenset[str]:
    """The single words of full names, as words of a comment are compared with them."""
    words = (_compared(word) for name in names for word in _WORD.findall(_clean(name)))
    return frozenset(part for word in words for part in (word, *word.split("-")) if _is_long(part))


def _clean(text: str) -> str:
    """In one form of every letter and digit, without what cannot be seen; never a gap of the writer's own."""
    whole = unicodedata.normalize("NFKC", text)
    kept = "".join(
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char
        for char in whole
        if unicodedata.category(char) not in {"Cf", "Cs", "Co", "Cn"} or char in _INVISIBLE_BUT_NEEDED
    )
    return kept.replace("[...]", "...").replace(GAP, "…")


def _compared(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word).casefold()
    return "".join(char for char in parts if not _is_accent(char)).strip("'’-")


def _is_accent(char: str) -> bool:
    """A mark above or below a letter; vowel signs of Indian scripts are letters."""
    return unicodedata.combining(char) >= 200 or char in _INVISIBLE_BUT_NEEDED


def _is_long(word: str) -> bool:
    return len(word) >= SHORTEST_NAME


def _is_name(word: str, names: Collection[str]) -> bool:
    whole = _compared(word)
    forms = {whole, *re.split("['’-]", whole), whole.removesuffix("'s"), whole.removesuffix("s")}
    if whole[:1] in _ARABIC_FIRST:
        forms.add(whole[1:])
    return any(form in names for form in forms if _is_long(form))
