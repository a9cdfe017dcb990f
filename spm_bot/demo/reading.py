"""Reading a screen: which question a message asks, found by its words as a person finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from spm_bot.messages import Action, Button, Outbound, Subject, Token
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Question, Words

_COUNTED = re.compile(r"\d+ \S+ \d+ · ")
_PLACE = re.compile(r"\$\{\w+\}")


@dataclass(frozen=True, slots=True)
class Read:
    """A question as found on a screen; of a `form` it is the bot's own business, of a survey it is not."""

    question: Question
    form: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Knows the words of every question in every language."""

    plain: Mapping[str, Read]
    filled: tuple[tuple[re.Pattern[str], Read], ...]

    @classmethod
    def of(cls, library: Library) -> Reader:
        """A reader of all questions of a library."""
        plain: dict[str, Read] = {}
        filled: list[tuple[re.Pattern[str], Read]] = []
        for survey in library.surveys.values():
            for read in (Read(question, survey.form) for question in survey.questions):
                for wording in _wordings(read.question):
                    if _PLACE.search(wording):
                        pattern = ".+".join(map(re.escape, _PLACE.split(wording)))
                        filled.append((re.compile(pattern, re.DOTALL), read))
                    else:
                        plain[wording] = read
        return cls(MappingProxyType(plain), tuple(filled))

    def read(self, message: Outbound) -> Read | None:
        """The question a message asks, None if it asks none."""
        words = _COUNTED.sub("", message.text, count=1)
        known = self.plain.get(words) or self.plain.get(words.split("\n")[0])
        if known is not None:
            return known
        return next((read for pattern, read in self.filled if pattern.match(words)), None)


def button(message: Outbound, action: Action, value: str = "") -> Button | None:
    """The button of a message that does this, None if there is none."""
    return next(
        (
            each
            for row in message.buttons
            for each in row
            if each.token.action is action and (not value or each.token.value == value)
        ),
        None,
    )


def is_invitation(message: Outbound) -> bool:
    first = _first(message)
    return first is not None and first.subject is Subject.INVITATION


def is_echo(message: Outbound) -> bool:
    """Whether a message asks if something was understood rightly."""
    first = _first(message)
    return first is not None and first.subject is Subject.SESSION and first.action is Action.YES


def words_on(label: str) -> tuple[str, str]:
    """The number printed on a choice's button, and its words."""
    number, _, words = label.removeprefix("☐ ").removeprefix("☑ ").partition(" ")
    return number, words


def _first(message: Outbound) -> Token | None:
    """What the first button says; a question that only wants words may have none."""
    return message.buttons[0][0].token if message.buttons else None


def _wordings(question: Question) -> Iterator[str]:
    labels: tuple[Words, ...] = (question.label, *(words for _, words in question.label_by))
    for words in labels:
        yield from words.by_language.values()
