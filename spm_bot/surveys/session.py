"""Where one person stands in one survey, and what a call of the engine made happen.

A session is a value: the engine returns a new one and never changes the old. Everything a replay
needs is in it (`values` and `choices` are frozen when it begins).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from zlib import crc32

from spm_bot.surveys.model import RATHER_NOT_SAY, Choice


class State(StrEnum):
    OPEN = "open"
    FINISHED = "finished"
    STOPPED = "stopped"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said to one question: picked `codes`, a `number` or a `text`; late when it came
    after the session had expired. A skip is the code `pns`, rather not say. A voice note or photo
    says its kind in `media`; `text` is then the channel's reference to it, for a person to open.
    """

    codes: tuple[str, ...] = ()
    number: float | None = None
    text: str | None = None
    at: datetime | None = None
    late: bool = False
    media: str = ""

    @property
    def skipped(self) -> bool:
        return self.codes == (RATHER_NOT_SAY,)


def mark(answer: Answer) -> str:
    """A short name for what was said, so that a yes is known to be meant for just this answer."""
    return f"{crc32(repr((answer.codes, answer.number, answer.text)).encode()):08x}"


@dataclass(frozen=True, slots=True)
class Session:
    """One survey with one person. `current` is the open question, None once it has ended.

    `turn` counts the questions asked, so that buttons of an earlier one are known as stale.
    `read` lists the notes shown, `heard` which typed message (the channel's id) gave which answer,
    `turns` at which turn each answered question was asked.
    `misses` counts misunderstandings on the open question, `empty` those that were a Done without a
    tick, `draft` holds the ticks of a select_multiple, `doubt` an answer waiting for a yes. `needs`
    names the value a form waits for.
    """

    survey: str
    version: str
    language: str
    started_at: datetime
    values: Mapping[str, str | float] = field(default_factory=lambda: MappingProxyType({}))
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=lambda: MappingProxyType({}))
    state: State = State.OPEN
    turn: int = 0
    current: str | None = None
    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    read: tuple[str, ...] = ()
    heard: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    turns: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    misses: int = 0
    empty: int = 0
    draft: tuple[str, ...] = ()
    doubt: Answer | None = None
    needs: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A note was shown; nothing is asked."""

    question: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question is open at `turn`, number `number` of `total` on what is known so far."""

    question: str
    turn: int
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A question got its answer; `turn` is the turn that asked it."""

    question: str
    turn: int
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Ticked:
    """A select_multiple's ticks changed; nothing is stored yet."""

    question: str
    turn: int
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Doubted:
    """We think we understood, and ask for a yes before we store it."""

    question: str
    turn: int


@dataclass(frozen=True, slots=True)
class Settled:
    """An echo of `turn` is answered or no longer asked; `echo` is the `mark` of the doubtful answer."""

    turn: int
    echo: str


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """The reply is no answer; `reason` says why, `misses` how often in a row."""

    question: str
    turn: int
    reason: str
    misses: int


@dataclass(frozen=True, slots=True)
class Paused:
    """The person wants to go on at a better moment; the question stays open."""

    question: str


@dataclass(frozen=True, slots=True)
class Stale:
    """A button of an earlier turn was pressed; nothing changed."""

    turn: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """These answers are no longer relevant and were taken back; `turns` asked them where they stand."""

    questions: tuple[str, ...]
    turns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """The question of `turn` was left open, or is asked afresh at another turn."""

    question: str
    turn: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """An answer given earlier was changed by editing the message that gave it. `turn` is that of the
    question as it stands in the chat, None while it is asked anew.
    """

    question: str
    turn: int | None
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The last question of a survey is answered."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The last question of a form is answered."""

    form: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Needs:
    """The form cannot go on without a value from outside, to be handed in by `supply`."""

    name: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The person ended it before its end; `turn` is that of the question left open."""

    turn: int


@dataclass(frozen=True, slots=True)
class Expired:
    """It lay open for too long; `turn` is that of the question left open."""

    turn: int


Event = (
    Read
    | Asked
    | Answered
    | Ticked
    | Doubted
    | Settled
    | Misunderstood
    | Paused
    | Stale
    | Dropped
    | Left
    | Corrected
    | Finished
    | Submitted
    | Needs
    | Stopped
    | Expired
)


@dataclass(frozen=True, slots=True)
class Step:
    """What a call of the engine returns: the new session and what happened, in order."""

    session: Session
    events: tuple[Event, ...]
