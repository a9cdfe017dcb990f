"""What a survey is: questions in order, each with words in several languages, and how it is scored.

A survey is a list, not a graph: every question may say when it is `relevant`, and the next question
is the first relevant one not yet answered. Survey values are immutable and made by `library`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from spm_bot.surveys.expressions import Expression

RATHER_NOT_SAY = "pns"
DONT_KNOW = "dk"


class Kind(StrEnum):
    """What kind of answer a question takes."""

    NPS = "nps"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    NOTE = "note"
    SUPPLIED = "supplied"


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in several languages; `fallback` names the language used where one is missing."""

    by_language: Mapping[str, str]
    fallback: str = "en"

    def in_(self, language: str) -> str:
        """The words in `language`, else in the fallback, else in any language there is, else ''."""
        words = self.by_language
        return words.get(language) or words.get(self.fallback) or next(iter(words.values()), "")


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible reply. `value` feeds a score; None means missing for scoring.

    `exclusive` choices of a select_multiple cannot stand beside others. A choice that `pauses` is
    not stored: the question stays open for a better moment.
    """

    code: str
    label: Words
    value: float | None = None
    exclusive: bool = False
    pauses: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One message of a survey. Conditions are compiled XLSForm expressions.

    `required` questions offer no Skip. `private` ones are asked only with consent to private items.
    They, and those that are `cleared`, leave no trace in the chat once answered. `choices_from`
    names a list handed to `begin`. `label_by` holds other wordings with the condition under which
    each replaces `label` (a group loan's wording); the first that holds wins. `example` is shown
    after two misunderstandings. `conduct` is about how staff behave: not for the manager of a branch.
    """

    name: str
    kind: Kind
    label: Words
    hint: Words | None = None
    example: Words | None = None
    choices: tuple[Choice, ...] = ()
    choices_from: str | None = None
    relevant: Expression | None = None
    constraint: Expression | None = None
    constraint_message: Words | None = None
    required: bool = False
    private: bool = False
    cleared: bool = False
    echo: bool = False
    conduct: bool = False
    label_by: tuple[tuple[Expression, Words], ...] = ()

    @property
    def traceless(self) -> bool:
        """Whether nothing of question and answer stays in the chat."""
        return self.private or self.cleared


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of a score; `below` is exclusive, None for the last band."""

    name: str
    below: float | None


@dataclass(frozen=True, slots=True)
class Score:
    """A weighted mean of choice values, with its missing-item rule, bands and floors.

    `weights`: question name → weight. `floors`: (number of grave answers at least, band at least).
    `unscored`: reason → condition under which the score is not given at all.
    """

    name: str
    index_version: int
    weights: Mapping[str, float]
    answered_at_least: int
    core: tuple[str, ...]
    core_at_least: int
    bands: tuple[Band, ...]
    grave: tuple[tuple[str, str], ...] = ()
    floors: tuple[tuple[int, str], ...] = ()
    unscored: Mapping[str, Expression] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Flag:
    """A red flag: raised when `when` holds; `level` is critical, high, standard or count."""

    name: str
    level: str
    when: Expression


@dataclass(frozen=True, slots=True)
class Watch:
    """A sign that counts only together with others; `item` is the question it looks at."""

    item: str
    when: Expression


@dataclass(frozen=True, slots=True)
class WatchRule:
    """`at_least` watch signs raise `flag` with `level`."""

    signs: tuple[Watch, ...]
    at_least: int
    flag: str
    level: str


@dataclass(frozen=True, slots=True)
class Closing:
    """Words said after the last question when `when` holds (help, an outside channel)."""

    when: Expression | None
    words: Words


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey or a form of the bot's own. `version` is the hash of its whole content.

    `facts` names the client facts its conditions may use, `minutes` is how long it takes. A `form`
    is a talk with the bot itself (joining, consent, asking): it has no Skip unless a question
    allows it, is never scored, and ends in `Submitted`. `origin` is `standing` for a survey whose
    answers feed indicators, `adhoc` for a template that staff may send at any time. `title` is for
    staff; a client reads `intro`. `readers` is `staff` for a form that no client ever sees.
    """

    code: str
    version: str
    title: Words
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    form: bool = False
    readers: str = "clients"
    origin: str = "standing"
    minutes: int = 3
    intro: Words | None = None
    closings: tuple[Closing, ...] = ()
    facts: tuple[str, ...] = ()
    scores: tuple[Score, ...] = ()
    flags: tuple[Flag, ...] = ()
    watch: WatchRule | None = None

    def question(self, name: str) -> Question:
        """The question of that name. Raises KeyError."""
        for question in self.questions:
            if question.name == name:
                return question
        raise KeyError(name)
