"""What comments are about, by words that the institution can edit, and the quotes somebody released."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

Lists = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Theme → language → words; a star in a word stands for any letters."""

Lexicon = Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]
"""Language → every theme that has words in it, with the pattern that finds them."""

CLOSED = frozenset({"treatment", "safety"})
"""Themes of which nothing is ever quoted: whoever spoke of staff, or of harm, could be guessed at."""

_TAKEN_OUT = "-"
# In Arabic, before and behind a word: and, with, for, the; my, your, his, her, our, their.
_BEFORE = "(?:[وف]?(?:[بكل]?ال|لل|[بكل])?)"
_AFTER = "(?:ي|ك|ه|ها|نا|كم|هم|هن)?"


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme in so many comments of so many people; both at least the minimum cell."""

    theme: str
    comments: int
    people: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a client that a named person released; `branch` is None unless 30 answered there."""

    text: str
    theme: str
    branch: str | None


@dataclass(frozen=True, slots=True)
class Themes:
    """Comments of 13 weeks. `comments` is None where there are too few to say; `unmatched` is the share
    in which none of the themes of `rows` was found. A comment may be in several themes.
    """

    comments: int | None
    unmatched: float | None
    rows: tuple[ThemeRow, ...]
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """A comment without its words: who wrote it, and the themes that were found in it."""

    person: int
    themes: frozenset[str]


@cache
def shipped() -> Lists:
    """The lists that come with the bot."""
    text = files("spm_bot.analytics").joinpath("themes.yaml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            theme: MappingProxyType({language: tuple(words) for language, words in listed.items()})
            for theme, listed in yaml.safe_load(text).items()
        }
    )


def edited(lists: Lists, changes: Lists) -> Lists:
    """`lists` with the words of `changes` added, and without those that have a minus in front there."""
    return {
        theme: {
            language: _edited(listed.get(language, ()), changes.get(theme, {}).get(language, ()))
            for language in {**listed, **changes.get(theme, {})}
        }
        for theme, listed in lists.items()
    }


def lexicon(lists: Lists, *, plain: Callable[[str], str]) -> Lexicon:
    """Patterns for the words of `lists`, each written as `plain` writes the comments."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for theme, listed in lists.items():
        for language, words in listed.items():
            if words:
                found.setdefault(language, []).append((theme, _pattern(language, words, plain)))
    return {language: tuple(patterns) for language, patterns in found.items()}


def found_in(text: str, *, language: str, words: Lexicon) -> frozenset[str]:
    """The themes of a comment, which is written plainly; none in a language without a list."""
    return frozenset(theme for theme, pattern in words.get(language, ()) if pattern.search(f" {text} "))


def quotable(themes: Collection[str]) -> str | None:
    """The theme under which a comment may be quoted: the first of its themes in the order of the lists,
    thanks last. None where a theme is closed, and where none was found: nobody knows what that is about.
    """
    if not themes or CLOSED & set(themes):
        return None
    return min(themes, key=lambda theme: (theme == "thanks", list(shipped()).index(theme)))


def summed(spoken: Iterable[Spoken], *, minimum: int) -> Themes:
    """Counts by theme, the largest first, each of at least `minimum` comments by as many people.

    `unmatched` is counted against the themes that are shown, so that it says nothing of hidden ones. Where
    the rest would be fewer comments than `minimum` (but not none), neither it nor the total is given: with
    a single theme their difference would be that small number.
    """
    heard = list(spoken)
    rows = _rows(heard, minimum=minimum)
    shown = {row.theme for row in rows}
    rest = [each for each in heard if not shown & each.themes]
    enough = _enough(heard, minimum=minimum)
    if not enough or (rest and not _enough(rest, minimum=minimum)):
        return Themes(None, None, rows)
    return Themes(len(heard), len(rest) / len(heard), rows)


def _rows(heard: Iterable[Spoken], *, minimum: int) -> tuple[ThemeRow, ...]:
    by_theme: dict[str, list[Spoken]] = {}
    for each in heard:
        for theme in each.themes:
            by_theme.setdefault(theme, []).append(each)
    rows = (
        ThemeRow(theme, len(listed), len({each.person for each in listed}))
        for theme, listed in by_theme.items()
        if _enough(listed, minimum=minimum)
    )
    return tuple(sorted(rows, key=lambda row: (-row.comments, row.theme)))


def _enough(heard: Collection[Spoken], *, minimum: int) -> bool:
    return len({each.person for each in heard}) >= minimum


def _edited(words: tuple[str, ...], changes: tuple[str, ...]) -> tuple[str, ...]:
    gone = {each.removeprefix(_TAKEN_OUT) for each in changes if each.startswith(_TAKEN_OUT)}
    added = [each for each in changes if not each.startswith(_TAKEN_OUT)]
    return tuple(dict.fromkeys(each for each in (*words, *added) if each not in gone))


def _pattern(language: str, words: Iterable[str], plain: Callable[[str], str]) -> re.Pattern[str]:
    forms = (r"[^ ]*".join(re.escape(plain(part)) for part in word.split("*")) for word in words)
    listed = f"(?:{'|'.join(forms)})"
    return re.compile(f"(?<= ){f'{_BEFORE}{listed}{_AFTER}' if language == 'ar' else listed}(?= )")
