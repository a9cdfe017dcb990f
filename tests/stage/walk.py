"""One random conversation with the whole bot: how each move is made, and the way to its end by taps alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from spm_bot.messages import (
    Action,
    Blocked,
    Body,
    Contact,
    Edited,
    Inbound,
    Other,
    Start,
    Subject,
    Tap,
    Text,
    Token,
)
from spm_bot.storage.sessions import ACTIVE, SUSPENDED, Opened
from spm_bot.surveys.model import Kind
from tests.stage.moves import (
    LANGUAGES,
    Again,
    Answers,
    Blocks,
    Does,
    Foreign,
    Joins,
    Move,
    Passes,
    Plan,
    Press,
    Restarts,
    Retypes,
    Says,
    Speaks,
    Stale,
)
from tests.stage.promises import (
    Key,
    Told,
    check_event,
    check_responses,
    check_screen,
    check_silence,
    expected,
    is_private,
    touched,
)
from tests.stage.town import BYSTANDER, Picture, Town, code_of, desk, guest_of, phone_of

BORN = "1980"
SETTLED = timedelta(days=8)
"""After this long no survey or invitation is open, whatever holidays there were."""
BOUND = 80
"""Taps that surely lead out of everything that can be open in one chat."""


@dataclass(slots=True, repr=False)
class Walk:
    """A conversation under way, with what we know of it that the bot does not tell us."""

    town: Town
    name: str
    seen: Picture
    asked: frozenset[int]
    said: dict[tuple[int, str], Told] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)
    inbounds: list[Inbound] = field(default_factory=list)
    blocked: bool = False
    ever_blocked: bool = False

    @classmethod
    def begin(cls, town: Town, plan: Plan) -> Walk:
        name = town.next_client(plan.survey, language=plan.language, private_items=plan.private_items)
        walk = cls(town, name, town.look(name), town.invitations(name))
        if plan.answered is not None:
            walk.makes(Answers(1 + plan.answered))
        return walk

    def makes(self, move: Move) -> None:
        match move:
            case Press(nth=nth):
                live = self._live()
                self.does(Tap(live[nth % len(live)]) if live else Start())
            case Answers(count=count):
                for _ in range(count):
                    self._goes_on()
            case Stale(nth=nth):
                ever = self.town.world.phones.tokens(self.name)
                self.does(Tap(ever[nth % len(ever)]) if ever else Start())
            case Foreign(nth=nth):
                before = self.town.look(BYSTANDER).sessions
                self.does(Tap(self.town.bystander[nth % len(self.town.bystander)]))
                assert self.town.look(BYSTANDER).sessions == before
            case Says(texts=texts):
                for text in texts:
                    self.types(text)
            case Retypes(back=back, text=text) if standing := self._standing():
                self.does(Edited(text, standing[-1 - back % len(standing)]))
            case Speaks(language=language):
                self.types("/language")
                self.types(str(LANGUAGES.index(language) + 1))
            case Does(body=body):
                self.does(body)
            case Joins(way=way):
                self._guest_joins(way)
            case _:
                self._apart(move)

    def _apart(self, move: Move) -> None:
        """What is not the person's doing."""
        match move:
            case Again(back=back) if self.inbounds:
                self._again(self.inbounds[-1 - back % len(self.inbounds)])
            case Passes(span=span, awake=awake):
                self.town.passes(span, awake=awake)
                self._looks_again()
            case Restarts():
                self.town.restart()
                assert self.town.look(self.name) == self.seen
            case Blocks() if not self.blocked:
                self.town.world.phones.blocking.add(self.name)
                self._hands_in(Blocked(blocked=True))
                self.blocked = self.ever_blocked = True

    def types(self, text: str) -> None:
        world = self.town.world
        world.messages += 1
        message = f"t{world.messages}"
        self.does(Text(text, message))

    def does(self, body: Body) -> None:
        """One event; whoever blocked us lets us in first, for no channel carries a word of theirs before."""
        if self.blocked:
            self.blocked = False
            self.town.world.phones.blocking.discard(self.name)
            self._hands_in(Blocked(blocked=False))
        self._hands_in(body)

    def _hands_in(self, body: Body) -> None:
        world, before = self.town.world, self.seen
        if isinstance(body, Other) and body.message:
            world.messages += 1
            body = replace(body, message=f"o{world.messages}")
        told, may = expected(before, body), touched(before, body)
        self.town.run(world.receive(body, handle=self.name))
        assert world.last is not None
        self.inbounds.append(world.last)
        self.seen = self.town.look(self.name, since=before)
        self.town.faults.check()
        self._forgets(before)
        changed = check_event(before, self.seen, may=may, told=told)
        self._remember(changed, told)
        if isinstance(body, Text | Other) and may in changed and is_private(before, may):
            self.private.add(body.message)
        self._screen()

    def _remember(self, changed: set[Key], told: Told | None) -> None:
        """What was said for certain, as long as nothing else is said there and it is not taken back."""
        stored = {(opened.id, name) for opened in self.seen.sessions for name in opened.session.answers}
        self.said = {key: each for key, each in self.said.items() if key in stored - changed}
        if told is not None:
            self.said[told.session, told.question] = told

    def _again(self, inbound: Inbound) -> None:
        """A repeated update changes nothing at all, and says nothing."""
        world, before = self.town.world, self.town.everything()
        news = len(world.phones.news)
        world.last = inbound
        assert self.town.run(world.again()) is None
        assert self.town.everything() == before
        assert len(world.phones.news) == news

    def _looks_again(self) -> None:
        before, self.seen = self.seen, self.town.look(self.name)
        self.town.faults.check()
        self._forgets(before)
        check_event(before, self.seen, may=None, told=None)
        self._remember(set(), None)
        self._screen()

    def _screen(self) -> None:
        world = self.town.world
        check_silence(world.phones.texts(self.name))
        if not self.ever_blocked:
            check_screen(self.seen, world.phones.chats[self.name])
            left = [each.look.text for each in world.phones.written[self.name] if each.id in self.private]
            assert not left, f"typed to a private question and still in sight: {left}"

    def _forgets(self, before: Picture) -> None:
        """Sessions go with their client and in no other way."""
        if len(self.seen.sessions) < len(before.sessions):
            assert self.town.knows(self.name) < 2

    def _standing(self) -> list[str]:
        """Typed messages that are still in the chat: no others can be edited."""
        typed = self.town.world.phones.written[self.name]
        return [bubble.id for bubble in typed if bubble.id.startswith("t")]

    def _live(self) -> list[Token]:
        """Buttons in sight, those of the newest message first."""
        bubbles = reversed(self.town.world.phones.chats[self.name])
        return [button.token for bubble in bubbles for row in bubble.look.buttons for button in row]

    def _guest_joins(self, way: str) -> None:
        match way:
            case "link":
                self.does(Start(f"card-of-{guest_of(self.name)}"))
            case "code":
                self.types(code_of(self.name))
            case _:
                self.does(Contact(phone_of(self.name), own=True))
        for text in ("1", BORN, "1", "1"):
            self.types(text)
        self.town.invite_guest(self.name)
        self.asked |= self.town.invitations(self.name)
        self.seen = self.town.look(self.name)

    def ends(self) -> None:
        """By taps alone, first choices first, everything open comes to its end; time settles the rest."""
        for _ in range(BOUND):
            if not self._goes_on():
                break
        else:
            raise AssertionError(f"no end after {BOUND} taps: {self.seen}")
        self.town.passes(SETTLED, awake=False)
        self._looks_again()
        open_ = {ACTIVE, SUSPENDED}
        waiting = [opened.session.survey for opened in self.seen.sessions if opened.status in open_]
        assert not waiting, waiting
        assert None not in self.town.outcomes(self.asked)
        check_responses(self.seen, self.town.responses(self.seen))
        for (session, question), told in self.said.items():
            kept = next(opened for opened in self.seen.sessions if opened.id == session)
            assert told.fits(kept.session.answers[question]), (told, kept.session.answers[question])

    def _goes_on(self) -> bool:
        """One tap towards the end; False when nothing is left to tap."""
        active = self.seen.active
        if active is None:
            if any(opened.status == SUSPENDED for opened in self.seen.sessions):
                self.types("hello")
                return True
            return self._starts()
        if active.session.survey == "proof":
            self.types(BORN)
            return True
        mine = (Subject.SESSION, active.id, active.session.turn)
        live = [token for token in self._live() if (token.subject, token.id, token.turn) == mine]
        wanted = _way_on(active, live)
        self.does(Start() if wanted is None else Tap(wanted))
        return True

    def _starts(self) -> bool:
        """Takes up an invitation that is still in sight, once."""
        start = (Subject.INVITATION, Action.START)
        starts = [token for token in self._live() if (token.subject, token.action) == start]
        if not starts:
            return False
        self.does(Tap(starts[0]))
        return self.seen.active is not None or starts[0] not in self._live()


def _way_on(active: Opened, live: Sequence[Token]) -> Token | None:
    """Yes to an echo, the first choice, Done once something is ticked, else Skip."""
    question = desk().library.survey(active.session.survey).question(active.session.current or "")
    ticked = question.kind is Kind.SELECT_MULTIPLE and active.session.draft
    order = (Action.YES, Action.DONE if ticked else Action.PICK, Action.SKIP)
    return next((token for action in order for token in live if token.action is action), None)
