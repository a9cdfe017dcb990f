"""What people type, read as an answer: a number, a word, nearly a word, local digits, an amount.

Nothing is ever guessed across two candidates: what could mean two things is not understood, and
what could be misread is `sure=False`, to be echoed for a yes before it is stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from spm_bot.surveys.amounts import amount
from spm_bot.surveys.assent import Assent, assent
from spm_bot.surveys.model import Choice, Kind, Question
from spm_bot.surveys.session import Answer
from spm_bot.surveys.spelling import latin_digits, plain, visible, within

TEXT_LIMIT = 4000
"""Characters of one free-text answer that are kept."""

_TELLING = 4

_SEPARATORS = re.compile(r"[\s,;.+&/،؛।]+")
_LISTED = re.compile(r"[,;\n،؛]")
_AND = frozenset(map(plain, ("and", "et", "y", "e", "na", "और", "व", "aur", "و", "wa")))
_NO_AND = {"hi": frozenset({"na"})}
"""Words between several picks; `na` is *and* in Swahili and *no* in Hindi."""

_PLAIN = (Assent.YES, Assent.NO)

_ARABIC_AND = re.compile(r"(?<![^\W\d])و(?=\d)")
_MINUS = re.compile(r"(?:^|[,;\n،؛])\s*[-\u2212\u2013]\s*\d")
_SCORE = re.compile(r"(\d{1,2})(?:\s*/\s*10)?")


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer; not `sure` when it was nearly a word or an amount that could be read twice."""

    answer: Answer
    sure: bool = True


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """No answer. `reason` is choice, number, range, empty, exclusive or required."""

    reason: str


Reading = Understood | NotUnderstood


def printed(choices: Sequence[Choice]) -> tuple[str, ...]:
    """The number printed on each button: the code where all codes are digits, else 1, 2, 3 …"""
    if choices and all(choice.code.isdigit() for choice in choices):
        return tuple(choice.code for choice in choices)
    return tuple(str(place) for place in range(1, len(choices) + 1))


def understand(question: Question, choices: Sequence[Choice], text: str, *, language: str = "en") -> Reading:
    """What `text` says in reply to `question`, asked in `language`, whose choices on offer are `choices`."""
    match question.kind:
        case Kind.SELECT_ONE | Kind.SELECT_MULTIPLE if _MINUS.search(visible(text)):
            return NotUnderstood("choice")
        case Kind.NPS if _MINUS.match(visible(text)):
            return NotUnderstood("range")
        case Kind.SELECT_ONE:
            return _one(choices, plain(text), language)
        case Kind.SELECT_MULTIPLE:
            return _several(choices, text, language)
        case Kind.NPS:
            return _nps(text)
        case Kind.INTEGER | Kind.DECIMAL:
            read = amount(text, whole=question.kind is Kind.INTEGER, language=language)
            return Understood(Answer(number=read.number), read.sure) if read else NotUnderstood("number")
        case Kind.TEXT:
            words = visible(text)
            return Understood(Answer(text=words[:TEXT_LIMIT])) if words else NotUnderstood("empty")
        case _:
            raise ValueError(f"{question.name} takes no answer")


def pick(choices: Sequence[Choice], codes: Iterable[str]) -> Reading:
    """Several picks as one answer, in the order of the choices; none excludes all others."""
    wanted = set(codes)
    picked = tuple(choice for choice in choices if choice.code in wanted)
    if not picked:
        return NotUnderstood("empty")
    if len(picked) > 1 and any(choice.exclusive for choice in picked):
        return NotUnderstood("exclusive")
    return Understood(Answer(codes=tuple(choice.code for choice in picked)))


def toggle(choices: Sequence[Choice], draft: tuple[str, ...], code: str) -> tuple[str, ...]:
    """The ticks after tapping `code`; an exclusive choice clears the others and the other way round."""
    if code in draft:
        return tuple(kept for kept in draft if kept != code)
    exclusive = {choice.code for choice in choices if choice.exclusive}
    if code in exclusive:
        return (code,)
    return (*(kept for kept in draft if kept not in exclusive), code)


def _one(choices: Sequence[Choice], said: str, language: str) -> Reading:
    numbers = dict(zip(printed(choices), choices, strict=True))
    if said in numbers:
        return Understood(Answer(codes=(numbers[said].code,)))
    leading = said.split(" ", 1)[0]
    if leading.isdigit() and not _named(choices, said, language):
        named = _named(choices, said.removeprefix(leading).strip(), language)
        if leading in numbers and named == [numbers[leading]]:
            return Understood(Answer(codes=(numbers[leading].code,)))
        return NotUnderstood("choice")
    return _word(choices, said, language)


def _word(choices: Sequence[Choice], said: str, language: str) -> Reading:
    exact = _named(choices, said, language)
    plainly = _yes_or_no(choices, said, language)
    if len(exact) == 1 and plainly in ([], exact):
        return Understood(Answer(codes=(exact[0].code,)))
    likely = exact or (_nearly(choices, said) if said else [])
    # A yes of another language may be a no of ours: `si`.
    near = plainly if len(exact) == 1 or not likely else likely
    if len(near) == 1:
        return Understood(Answer(codes=(near[0].code,)), sure=False)
    return NotUnderstood("choice")


def _yes_or_no(choices: Sequence[Choice], said: str, language: str) -> list[Choice]:
    """The plain yes or no among the choices, for who says it in another word: `ok`, `ايوه`, `haan`."""
    meant = assent(said, language=language)
    return [choice for choice in choices if meant in _PLAIN and choice.code == meant]


def _named(choices: Sequence[Choice], said: str, language: str) -> list[Choice]:
    """Choices whose label is exactly `said`: in `language`, or in any other where no label of
    `language` is so near that the word may be a slip of it.
    """
    own = [choice for choice in choices if said and said == _label(choice, language)]
    if own or not said:
        return own
    foreign = [choice for choice in choices if said in _labels(choice)]
    slips = [choice for choice in choices if within(_label(choice, language), said, reach=_reach(said))]
    return foreign + [choice for choice in slips if choice not in foreign] if foreign else []


def _nearly(choices: Sequence[Choice], said: str) -> list[Choice]:
    """Choices whose label is `said` with a slip of the finger, or holds the whole words `said`; words
    too short to tell much must begin it, and a slip in them only makes another choice doubtful.
    """
    telling = [choice for choice in choices if any(_holds(label, said) for label in _labels(choice))]
    slips = [
        choice
        for choice in choices
        if choice not in telling and any(within(label, said, reach=_reach(said)) for label in _labels(choice))
    ]
    return telling + slips if telling or len(said) >= _TELLING else []


def _reach(said: str) -> int:
    return 1 if len(said) < 2 * _TELLING else 2


def _holds(label: str, said: str) -> bool:
    return label.startswith(f"{said} ") or (len(said) >= _TELLING and f" {said} " in f" {label} ")


def _label(choice: Choice, language: str) -> str:
    return _label_words(choice.label.in_(language))


def _labels(choice: Choice) -> frozenset[str]:
    return frozenset(map(_label_words, choice.label.by_language.values()))


_label_words = lru_cache(maxsize=4096)(plain)  # labels alone: what a person typed is kept nowhere


def _several(choices: Sequence[Choice], text: str, language: str) -> Reading:
    numbers = dict(zip(printed(choices), choices, strict=True))
    written = _ARABIC_AND.sub(" ", latin_digits(visible(text)))
    parts = [part for part in _SEPARATORS.split(written) if part and not _joins(plain(part), language)]
    if parts and all(part in numbers for part in parts):
        return pick(choices, (numbers[part].code for part in parts))
    readings = [_one(choices, said, language) for said in _listed(choices, text, language)]
    codes = [code for reading in readings if isinstance(reading, Understood) for code in reading.answer.codes]
    if not readings or len(codes) < len(readings):
        return NotUnderstood("choice")
    picked = pick(choices, codes)
    if isinstance(picked, NotUnderstood):
        return picked
    return Understood(picked.answer, sure=all(isinstance(r, Understood) and r.sure for r in readings))


def _listed(choices: Sequence[Choice], text: str, language: str) -> list[str]:
    """The picks of a list. A label may itself hold a comma or an *and*: it is looked for whole first."""
    whole = plain(text)
    if not whole:
        return []
    nearly = not whole[0].isdigit() and _nearly(choices, whole)
    if nearly or isinstance(_one(choices, whole, language), Understood):
        return [whole]
    lines = [line for line in _LISTED.split(text) if plain(line)]
    if 1 < len(lines) <= len(choices):
        return [said for line in lines for said in _listed(choices, line, language)]
    runs = groupby(whole.split(), key=lambda word: _joins(word, language))
    picks = [" ".join(words) for joins, words in runs if not joins]
    return picks if len(picks) <= len(choices) else [whole]


def _joins(word: str, language: str) -> bool:
    return word in _AND and word not in _NO_AND.get(language, ())


def _nps(text: str) -> Reading:
    match = _SCORE.fullmatch(latin_digits(visible(text)).strip(" .!()"))
    if match is None:
        return NotUnderstood("number")
    number = int(match[1])
    return Understood(Answer(number=float(number))) if number <= 10 else NotUnderstood("range")
