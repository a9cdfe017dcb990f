"""One client of the demo with a phone in hand: what they see there, and what they do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from spm_bot.demo.cast import Member
from spm_bot.demo.dice import dice
from spm_bot.demo.habits import THINKS, Habits, keenness, next_sitting, patience
from spm_bot.demo.handsets import NAME, Screen
from spm_bot.demo.opinions import opinion
from spm_bot.demo.pen import Pen
from spm_bot.demo.reading import Read, Reader, button, is_echo, is_invitation
from spm_bot.messages import Action, Address, Blocked, Body, Inbound, Outbound, Start, Tap, Text
from spm_bot.surveys.model import Kind

_STOP = Text("STOP")
_HELLO = Text("hello")
_A_WHILE = timedelta(hours=3)


@dataclass(slots=True)
class Person:
    """A member with habits, a screen and plans; `due` is when the next plan comes true."""

    member: Member
    ways: Habits
    reader: Reader
    zone: ZoneInfo
    languages: tuple[str, ...]
    proof: str
    seed: int
    screen: Screen = field(default_factory=Screen)
    due: datetime | None = None
    _plan: list[Body] = field(default_factory=list)
    _events: int = 0
    _invited: set[str] = field(default_factory=set)
    _session: int | None = None
    _leaves_after: int | None = None
    _answered: int = 0
    _put_off: str = ""
    _dice: Random = field(init=False)
    _pen: Pen = field(init=False)

    def __post_init__(self) -> None:
        self._dice = dice(self.seed, "moves", self.member.number)
        self._pen = Pen(self.ways, self.languages, dice(self.seed, "opinions", self.member.number))

    @property
    def handle(self) -> str:
        return self.member.code

    def joins(self, token: str, *, at: datetime) -> None:
        """Opens the chat by the link of the card at that moment."""
        self._plan, self.due = [Start(token)], at

    def looks(self, now: datetime, *, hard_times: bool) -> None:
        """Something came to the phone: makes up the mind what to do about it, and when."""
        if self._plan and self._going_on():
            self.due = now + THINKS
            return
        message = self._newest()
        if message is None:
            return
        if is_invitation(message):
            self._weighs(message, now, late=self.member.days_late(hard_times=hard_times) > 0)
        elif is_echo(message):
            self._intends([self._pen.confirms(message)], now + THINKS)
        else:
            self._faces(message, now, stressed=self.member.stressed(hard_times=hard_times))

    def acts(self, now: datetime) -> Inbound | None:
        """Does the next thing planned."""
        self.due = None
        if not self._plan:
            return None
        body = self._plan.pop(0)
        if isinstance(body, Blocked):
            self.screen.blocked = True
        self._events += 1
        key = f"{NAME}:{self.handle}:{self._events}"
        if isinstance(body, Text):
            body = Text(body.text, str(self._events))
        return Inbound(key, Address(NAME, self.handle), now, body, language=self.ways.phone_speaks)

    def _newest(self) -> Outbound | None:
        """The newest message that still asks something; only the last one can without buttons."""
        last = self.screen.newest()
        if last is not None and not last.buttons and self._asks_for_words(last):
            return last
        return next(
            (
                message
                for message in self.screen.newest_first()
                if is_invitation(message) or is_echo(message) or self.reader.read(message) is not None
            ),
            None,
        )

    def _asks_for_words(self, message: Outbound) -> bool:
        read = self.reader.read(message)
        return read is not None and read.question.kind is Kind.TEXT

    def _going_on(self) -> bool:
        """Whether the plan is a row of taps on the message that is still open."""
        step = self._plan[0]
        if not isinstance(step, Tap) or step.token is None or step.token.action not in _TICKING:
            return False
        return any(button(shown, Action.DONE) for shown in self.screen.newest_first())

    def _intends(self, plan: list[Body], at: datetime) -> None:
        self._plan, self.due = plan, at

    def _weighs(self, message: Outbound, now: datetime, *, late: bool) -> None:
        """An invitation is weighed once."""
        name = message.ref or ""
        if name in self._invited:
            return
        self._invited.add(name)
        rng = self._dice
        at = next_sitting(now, zone=self.zone, skipping=patience(rng))
        luck = rng.random()
        ways = self.ways
        if luck < ways.stops:
            self._intends([_STOP], at)
        elif luck < ways.stops + ways.blocks:
            self._intends([Blocked(blocked=True)], at)
        elif luck < ways.stops + ways.blocks + ways.refuses:
            self._taps(message, Action.NO, at)
        elif rng.random() >= keenness(ways, late=late):
            return
        elif name.endswith(".0") and rng.random() < ways.puts_off:
            self._taps(message, Action.LATER, at)
        else:
            self._taps(message, Action.START, at)

    def _faces(self, message: Outbound, now: datetime, *, stressed: bool) -> None:
        """A question is answered, unless this is where the person leaves it."""
        read = self.reader.read(message)
        assert read is not None  # noqa: S101
        session = message.buttons[0][0].token.id if message.buttons else None
        if session != self._session:
            self._session, self._answered, self._put_off = session, 0, ""
            leaves = not read.form and self._dice.random() < self.ways.breaks_off
            self._leaves_after = self._dice.randint(1, 7) if leaves else None
        if self._leaves_after is not None and self._answered >= self._leaves_after:
            self._leaves(now)
            return
        self._answered += 1
        waits = self._put_off == read.question.name
        at = next_sitting(now + _A_WHILE, zone=self.zone) if waits else now + THINKS
        self._intends(self._replies(read, message, stressed=stressed), at)

    def _replies(self, read: Read, message: Outbound, *, stressed: bool) -> list[Body]:
        question, choices = read.question, read.question.choices
        if self._put_off == question.name:
            # A better moment has come for what was put off.
            self._put_off = ""
            return self._pen.taps(question, message, (choices[0].code,))
        settled = self._settled(question.name) if read.form else None
        if settled and question.kind is Kind.TEXT:
            return [Text(settled[0])]
        meant = settled or opinion(
            question, choices, stressed=stressed, language=self.ways.speaks, rng=self._pen.rng
        )
        pauses = any(choice.pauses and choice.code in meant for choice in choices)
        self._put_off = question.name if pauses else ""
        return self._pen.replies(question, message, meant)

    def _settled(self, name: str) -> tuple[str, ...] | None:
        """What this person need not think about: the language, who they are, what to consent to."""
        ways = self.ways
        decided = {
            "language": ways.speaks,
            "check": self.proof,
            "moment": "0",
            "survey": "yes" if ways.agrees else "no",
            "private_items": "yes" if ways.agrees_to_private else "no",
        }
        return (decided[name],) if name in decided else None

    def _leaves(self, now: datetime) -> None:
        """Puts the phone away in the middle of it; some come back when the time is over, and say hello."""
        self._leaves_after = None
        if self._dice.random() < self.ways.comes_back:
            longer = timedelta(days=self._dice.choice((0, 4, 5)))
            self._intends([_HELLO], next_sitting(now + longer, zone=self.zone))
        else:
            self._plan, self.due = [], None

    def _taps(self, message: Outbound, action: Action, at: datetime) -> None:
        found = button(message, action)
        if found is not None:
            self._intends([Tap(found.token)], at)


_TICKING = frozenset({Action.PICK, Action.DONE})
