"""How an opinion gets into the chat: by tapping its button, or by typing its number or its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from spm_bot.demo.habits import Habits
from spm_bot.demo.reading import button, words_on
from spm_bot.messages import Action, Body, Outbound, Tap, Text
from spm_bot.surveys.model import Kind, Question

_NO_OPINION_TYPED = 0.5
_WRONG_WORDS = 0.03
_SKIP = {"en": "skip", "fr": "passer"}
_YES = {"en": "yes", "fr": "oui"}


@dataclass(slots=True)
class Pen:
    """One person's hand. `languages` are those on offer, in the order of their buttons."""

    ways: Habits
    languages: tuple[str, ...]
    rng: Random
    _meant: str = field(default="", init=False)

    def replies(self, question: Question, message: Outbound, meant: Sequence[str]) -> list[Body]:
        """The events that answer a question as `meant`: codes of choices, a number, or words."""
        skip = button(message, Action.SKIP)
        aside = self.rng.random()
        if skip is not None and aside < self._reluctance(question):
            return [Tap(skip.token) if self.rng.random() < 0.8 else Text(_SKIP.get(self.ways.speaks, "skip"))]
        back = button(message, Action.BACK)
        if back is not None and aside > 1 - self.ways.goes_back:
            return [Tap(back.token)]
        if question.kind is Kind.TEXT:
            return [Text(meant[0])]
        if self.rng.random() < self.ways.types:
            return [Text(self._typed(question, message, meant))]
        return self.taps(question, message, meant)

    def taps(self, question: Question, message: Outbound, meant: Sequence[str]) -> list[Body]:
        """The buttons of these choices, and Done where several may be picked."""
        places = [self._place(question, code) for code in meant]
        found = [button(message, Action.PICK, place) for place in places]
        if question.kind is Kind.SELECT_MULTIPLE:
            found.append(button(message, Action.DONE))
        return [Tap(each.token) for each in found if each is not None]

    def confirms(self, message: Outbound) -> Body:
        """Says whether the bot understood what was meant."""
        right = self._meant in message.text
        pressed = button(message, Action.YES if right else Action.NO)
        if pressed is None or (right and self.rng.random() < 0.3):
            return Text(_YES.get(self.ways.speaks, "yes"))
        return Tap(pressed.token)

    def _reluctance(self, question: Question) -> float:
        if question.kind is Kind.TEXT:
            return _NO_OPINION_TYPED
        return self.ways.skips * (2 if question.private else 1)

    def _typed(self, question: Question, message: Outbound, meant: Sequence[str]) -> str:
        if self.rng.random() < _WRONG_WORDS:
            return "why do you ask?"
        if question.kind is Kind.NPS:
            return meant[0]
        shown = [button(message, Action.PICK, self._place(question, code)) for code in meant]
        told = [words_on(each.label) for each in shown if each is not None]
        way = self.rng.random()
        if len(told) > 1 or way < 0.5:
            return " ".join(number for number, _ in told)
        self._meant = told[0][1]
        return self._meant.lower() if way < 0.8 else self._slipped(self._meant)

    def _slipped(self, words: str) -> str:
        """The words with two neighbouring letters swapped, where they are long enough to be known again."""
        if len(words) < 5:
            return words
        place = self.rng.randrange(1, len(words) - 2)
        return f"{words[:place]}{words[place + 1]}{words[place]}{words[place + 2 :]}"

    def _place(self, question: Question, code: str) -> str:
        """What the button of a choice says when pressed."""
        if question.kind is Kind.NPS or question.choices_from == "moments":
            return code
        codes = [choice.code for choice in question.choices] or list(self.languages)
        return str(codes.index(code))
