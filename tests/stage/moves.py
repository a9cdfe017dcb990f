"""What people do with a chat, as random moves: small values, so that a failing walk reads like a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from hypothesis import strategies as st

from spm_bot.chat.commands import WORDS, Command
from spm_bot.messages import Blocked, Body, Contact, Other, Start, Tap
from spm_bot.surveys.library import Library
from tests.stage.world import SURVEYS

LANGUAGES = ("en", "fr", "es", "sw", "hi", "ar")
USED_CARD = "card-of-the-bystander"


@dataclass(frozen=True, slots=True)
class Press:
    """Taps a button in sight, counted from the newest message."""

    nth: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers so many questions as they come, by the first button."""

    count: int


@dataclass(frozen=True, slots=True)
class Stale:
    """Taps any button this phone ever showed, counted from the first."""

    nth: int


@dataclass(frozen=True, slots=True)
class Foreign:
    """Sends what a button of somebody else's says."""

    nth: int


@dataclass(frozen=True, slots=True)
class Says:
    """Types these messages, one after the other."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retypes:
    """Edits a message typed earlier, `back` messages ago."""

    back: int
    text: str


@dataclass(frozen=True, slots=True)
class Speaks:
    """Goes through the form of languages."""

    language: str


@dataclass(frozen=True, slots=True)
class Does:
    """Anything else that a phone can send."""

    body: Body


@dataclass(frozen=True, slots=True)
class Again:
    """An update is delivered once more, `back` updates ago."""

    back: int


@dataclass(frozen=True, slots=True)
class Joins:
    """A guest joins on this phone by `link`, `code` or `number`, agrees, and is invited to a survey too."""

    way: str


@dataclass(frozen=True, slots=True)
class Passes:
    """Time passes. With `awake` the jobs look every few hours, else once at the end: the bot was down."""

    span: timedelta
    awake: bool


@dataclass(frozen=True, slots=True)
class Restarts:
    """The bot dies and comes back."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """The person blocks the bot; whatever they do next lets it in again."""


Move = (
    Press
    | Answers
    | Stale
    | Foreign
    | Says
    | Retypes
    | Speaks
    | Does
    | Again
    | Joins
    | Passes
    | Restarts
    | Blocks
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One conversation: what is asked, in which language, with which consent, how many questions are
    answered at once (None: not even Start is tapped), and what the person does then.
    """

    survey: str
    language: str
    private_items: bool
    answered: int | None
    moves: list[Move]


_LIBRARY = Library.shipped()
_LABELS = sorted(
    {
        words
        for code in SURVEYS
        for question in _LIBRARY.survey(code).questions
        for choice in question.choices
        for words in choice.label.by_language.values()
    }
)
_DIGITS = ("0123456789", "०१२३४५६७८९", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "০১২৩৪৫৬৭৮৯", "០១២៣៤៥៦៧៨៩")
_NUMBERS = st.builds(
    lambda number, digits: str(number).translate(
        {ord("0") + place: each for place, each in enumerate(digits)}
    ),
    st.integers(0, 12),
    st.sampled_from(_DIGITS),
)
_ASSENTS = [
    "yes",
    "no",
    "done",
    "oui",
    "non",
    "sí",
    "ndiyo",
    "hapana",
    "हाँ",
    "नहीं",
    "हो गया",
    "نعم",
    "لا",
    "تم",
]
_STRANGE = [
    *("", " ", "\u200f", "\u202e2", "?", "asdf", "stop charging me twice", "nothing", "hello"),
    *(
        "👍",
        "😡😡",
        "❤️",
        "🇰🇪",
        "٢ و ٣",
        "1 3",
        "2, 4",
        "1 and 2",
        "10/10",
        "-1",
        "1,500",
        "1.500",
        "፫",
        "3 4 5 6",
    ),
    *(
        "9" * 400,
        "x" * 10_000,
        "1980",
        "1979",
        "CARD2345",
        "/nothing",
        "/stop now",
        "/start me",
        "/",
    ),
]
_SLASHES = [f"/{command}" for command in Command]
_OPENINGS = (Command.LANGUAGE, Command.CONSENT, Command.TIME, Command.MYDATA, Command.FORGET, Command.HELP)
_GENTLE = [*_OPENINGS, Command.BACK, Command.SKIP, Command.BACK, Command.SKIP, Command.KEEP, Command.QUIET]
_COMMANDS = st.builds(
    lambda language, command, place: WORDS[language][command][place % len(WORDS[language][command])],
    st.sampled_from(LANGUAGES),
    st.sampled_from([*_GENTLE, *_GENTLE, Command.STOP]),
    st.integers(0, 4),
)
_READABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)

_TYPED = st.one_of(
    _NUMBERS,
    _NUMBERS,
    _NUMBERS,
    st.sampled_from(_LABELS),
    st.sampled_from(_LABELS).map(lambda words: words[1:]),
    st.sampled_from(_ASSENTS),
    st.sampled_from(_STRANGE),
    _COMMANDS,
    st.sampled_from(_SLASHES),
    _READABLE,
)
_ERRANDS = [
    ("/consent", "1", "2"),
    ("/consent", "1", "1"),
    ("/consent", "2"),
    ("/mydata", "1", "1", "1980"),
    ("/forget", "1", "1980"),
    ("/forget", "1", "1980", "keep"),
    ("/forget", "1", "1979", "1980"),
    ("/time", "3"),
]
_SENT = [
    Start(),
    Start(),
    Start(USED_CARD),
    Start("no-such-card"),
    Tap(None),
    Contact("+254799000001", own=True),
    Contact("+254711000002", own=False),
    Contact("not a number", own=True),
    *(Other(kind, f"file-of-{kind}", f"{kind}-message") for kind in ("voice", "photo", "sticker")),
    Other("sticker"),
    Other("unknown", message="unknown-message"),
    Blocked(blocked=False),
]
_SPANS = [
    *[Passes(timedelta(minutes=minutes), awake=False) for minutes in (1, 20, 20, 90)],
    *[Passes(timedelta(hours=25), awake=True)] * 2,
    Passes(timedelta(days=3), awake=False),
    Passes(timedelta(days=30), awake=False),
]
_SOME = st.integers(0, 40)
_PRESSES = st.builds(Press, st.integers(0, 12))

_MOVES: st.SearchStrategy[Move] = st.one_of(
    *[_PRESSES] * 6,
    *[st.builds(Answers, st.integers(1, 5))] * 2,
    *[st.builds(lambda text: Says((text,)), _TYPED)] * 5,
    st.builds(Says, st.sampled_from(_ERRANDS)),
    st.builds(Stale, _SOME),
    st.builds(Stale, _SOME),
    st.builds(Retypes, st.integers(0, 5), _TYPED),
    st.builds(Retypes, st.integers(0, 5), _NUMBERS),
    st.builds(Again, st.integers(0, 12)),
    st.builds(Does, st.sampled_from(_SENT)),
    st.builds(Foreign, _SOME),
    st.builds(Speaks, st.sampled_from(LANGUAGES)),
    st.sampled_from(_SPANS),
    st.sampled_from([*map(Joins, ("link", "code", "number")), Blocks(), Restarts(), Restarts()]),
)

# Lists in a list: long walks on the average, that still shrink to a single move.
_WALKS = st.lists(st.lists(_MOVES, max_size=5), max_size=6).map(lambda parts: [*chain.from_iterable(parts)])


def plans_for(survey: str) -> st.SearchStrategy[Plan]:
    """Conversations that begin with an invitation to this survey."""
    return st.builds(
        Plan,
        survey=st.just(survey),
        language=st.sampled_from(LANGUAGES),
        private_items=st.sampled_from([True, True, False]),
        answered=st.sampled_from([0, 1, 2, 3, 4, 5, 6, None]),
        moves=_WALKS,
    )


def is_plain_number(text: str) -> bool:
    """A number in the digits of a keyboard, which means one thing only."""
    return text.isascii() and text.isdigit()
