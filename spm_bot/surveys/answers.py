"""What people type, read as an answer: a number, a word, nearly a word, local digits, an amount.

Nothing is ever guessed across two candidates: what could mean two things is not understood, and
what could be misread is `sure=False`, to be echoed for a yes before it is stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spm_bot.surveys.model import Choice, Kind, Question
from spm_bot.surveys.session import Answer

TEXT_LIMIT = 4000
"""Characters of one free-text answer that are kept."""

YES = frozenset({"yes", "y", "oui", "o"})
NO = frozenset({"no", "n", "non"})
"""Replies to an echo, as `plain` leaves them."""

DONE = frozenset({"done", "fini"})
"""What may be typed in place of the button that ends a choice of several."""

_TELLING = 4

_SEPARATORS = re.compile(r"[\s,;.+&/]+")
_NUMBER = re.compile(r"(?P<digits>\d[\d.,\s']*)(?P<times>k|m)?", re.IGNORECASE)
_TIMES = {"k": 1_000, "m": 1_000_000, "": 1}
_MINUS = re.compile(r"[-\u2212\u2013]\s*\d")
_INVISIBLE = {"Cf", "Cc", "Cs"}
_MOST = 1e15  # beyond it a float no longer tells neighbouring whole numbers apart


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


def plain(text: str) -> str:
    """`text` as it is compared: no case, accents, marks, punctuation or doubled spaces, Latin digits."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (latin_digit(char) for char in decomposed if unicodedata.category(char) not in {"Mn", *_INVISIBLE})
    words = "".join(char if char.isalnum() or unicodedata.category(char) == "Mc" else " " for char in kept)
    return " ".join(words.split())


def latin_digit(char: str) -> str:
    """A decimal digit of any script as 0–9; every other character as it is."""
    return str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else char


def visible(text: str) -> str:
    """`text` without control and direction marks, trimmed; line breaks stay."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _INVISIBLE).strip()


def understand(question: Question, choices: Sequence[Choice], text: str) -> Reading:
    """What `text` says in reply to `question`, whose choices on offer are `choices`."""
    match question.kind:
        case Kind.SELECT_ONE | Kind.NPS if _MINUS.match(visible(text)):
            return NotUnderstood("choice" if question.kind is Kind.SELECT_ONE else "range")
        case Kind.SELECT_ONE:
            return _one(choices, text)
        case Kind.SELECT_MULTIPLE:
            return _several(choices, text)
        case Kind.NPS:
            return _nps(text)
        case Kind.INTEGER | Kind.DECIMAL:
            return _amount(text, whole=question.kind is Kind.INTEGER)
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


def _one(choices: Sequence[Choice], text: str) -> Reading:
    said = plain(text)
    numbers = dict(zip(printed(choices), choices, strict=True))
    if said in numbers:
        return Understood(Answer(codes=(numbers[said].code,)))
    leading = said.split(" ", 1)[0]
    if leading.isdigit() and not _named(choices, said):
        named = _named(choices, said.removeprefix(leading).strip())
        if leading in numbers and named == [numbers[leading]]:
            return Understood(Answer(codes=(numbers[leading].code,)))
        return NotUnderstood("choice")
    return _word(choices, said)


def _word(choices: Sequence[Choice], said: str) -> Reading:
    exact = _named(choices, said)
    if len(exact) == 1:
        return Understood(Answer(codes=(exact[0].code,)))
    near = [] if exact or not said else _nearly(choices, said)
    if len(near) == 1:
        return Understood(Answer(codes=(near[0].code,)), sure=False)
    return NotUnderstood("choice")


def _named(choices: Sequence[Choice], said: str) -> list[Choice]:
    """Choices one of whose labels, in any language, is exactly `said`."""
    return [choice for choice in choices if said and said in _labels(choice)]


def _nearly(choices: Sequence[Choice], said: str) -> list[Choice]:
    """Choices whose label is `said` with a slip of the finger, or holds the whole words `said`; words
    too short to tell much must begin it.
    """
    reach = 0 if len(said) < _TELLING else 1 if len(said) < 2 * _TELLING else 2
    return [
        choice
        for choice in choices
        if any(_holds(label, said) or _within(label, said, reach) for label in _labels(choice))
    ]


def _holds(label: str, said: str) -> bool:
    return label.startswith(f"{said} ") or (len(said) >= _TELLING and f" {said} " in f" {label} ")


def _labels(choice: Choice) -> frozenset[str]:
    return frozenset(plain(label) for label in choice.label.by_language.values())


def _within(left: str, right: str, reach: int) -> bool:
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


def _several(choices: Sequence[Choice], text: str) -> Reading:
    numbers = dict(zip(printed(choices), choices, strict=True))
    parts = ["".join(map(latin_digit, part)) for part in _SEPARATORS.split(visible(text)) if part]
    if parts and all(part in numbers for part in parts):
        return pick(choices, (numbers[part].code for part in parts))
    readings = [_word(choices, plain(part)) for part in re.split(r"[,;\n]", text) if plain(part)]
    codes = [code for reading in readings if isinstance(reading, Understood) for code in reading.answer.codes]
    if not readings or len(codes) < len(readings):
        return NotUnderstood("choice")
    picked = pick(choices, codes)
    if isinstance(picked, NotUnderstood):
        return picked
    return Understood(picked.answer, sure=all(isinstance(r, Understood) and r.sure for r in readings))


def _nps(text: str) -> Reading:
    said = plain(text)
    match = re.fullmatch(r"(\d{1,2})(?: 10)?", said)
    if match is None:
        return NotUnderstood("number")
    number = int(match[1])
    return Understood(Answer(number=float(number))) if number <= 10 else NotUnderstood("range")


def _amount(text: str, *, whole: bool) -> Reading:
    said = "".join(map(latin_digit, visible(text))).replace("\u066c", ",").replace("\u066b", ".")
    match = _NUMBER.fullmatch(said.strip())
    if match is None:
        return NotUnderstood("number")
    read = _digits(match["digits"].strip())
    if read is None:
        return NotUnderstood("number")
    written, sure = read
    number = round(written * _TIMES[(match["times"] or "").lower()], 2)
    if number > _MOST or (whole and number != int(number)):
        return NotUnderstood("number")
    return Understood(Answer(number=number), sure=sure)


def _digits(said: str) -> tuple[float, bool] | None:
    """A number written with group and decimal signs, and whether it can be read in one way only.

    `1,500` and `1.500` are fifteen hundred to most who write them, so they are read so and echoed.
    """
    compact = re.sub(r"[\s']", "", said)
    if compact.isdigit():
        return float(compact), True
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", compact):
        return float(re.sub(r"[.,]", "", compact)), False
    if re.fullmatch(r"\d+[.,]\d{1,2}", compact):
        return float(compact.replace(",", ".")), True
    if re.fullmatch(r"\d{1,3}(,\d{3})+\.\d\d|\d{1,3}(\.\d{3})+,\d\d", compact):
        return float(re.sub(r"[.,]", "", compact[:-3]) + "." + compact[-2:]), False
    return None
