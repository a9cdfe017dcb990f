"""Random conversations with the engine: whatever people do, no answer is lost and the end is in reach.

`make test-long` walks ten times as far.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spm_bot.chat import tokens
from spm_bot.messages import Action, Subject, Tap, Text, Token
from spm_bot.storage.session_state import pack, unpack
from spm_bot.surveys import engine
from spm_bot.surveys.answers import printed
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import RATHER_NOT_SAY, Kind, Survey
from spm_bot.surveys.plan import choices_of, next_question, relevant_questions, still_relevant
from spm_bot.surveys.present import present, toast
from spm_bot.surveys.scene import Scene
from spm_bot.surveys.session import Needs, Session, State, Step
from spm_bot.texts import voice
from tests.stage.samples import AT, FORM, PLACES, SURVEY

WALKS = int(os.environ.get("SPM_WALKS", "500"))
LIBRARY = Library.shipped()
LANGUAGES = ["en", "fr", "es", "sw", "hi", "ar"]
SURVEYS = [*LIBRARY.surveys.values(), SURVEY, FORM]
NAMES = (
    "places",
    "templates",
    "branches",
    "languages",
    "clients",
    "moments",
    "products",
    "rounds",
    "indicators",
    "levers",
)
LISTS = dict.fromkeys(NAMES, PLACES["places"])
SUPPLIED: dict[str, str | float] = {"count": 12.0, "known": 12.0, "eligible": "40", "sample": "40"}

FACTS = st.fixed_dictionaries(
    {
        "private_items": st.sampled_from(["yes", "no"]),
        "has_loan": st.sampled_from(["yes", "no"]),
        "has_savings": st.sampled_from(["yes", "no"]),
        "loan_method": st.sampled_from(["group", "individual", ""]),
        "tenure_months": st.sampled_from([0.0, 11.0, 12.0, 40.0]),
        "may": st.sampled_from(["template", "any"]),
        "many": st.sampled_from(["yes", "no"]),
        "today": st.just(20261124.0),
        "latest": st.just(20281121.0),
    }
)
STRANGE = [
    "",
    " ",
    "0",
    "-1",
    "11",
    "1 3",
    "1,500",
    "9" * 400,
    "yes",
    "no",
    "done",
    "\u202e2",
    "٢",
    "x" * 5000,
    "\ud800",
]
WORDS = sorted(
    {
        words
        for survey in SURVEYS
        for question in survey.questions
        for choice in question.choices
        for words in choice.label.by_language.values()
    }
)
TYPED = st.one_of(
    st.sampled_from(STRANGE),
    st.integers(0, 12).map(str),
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(lambda words: words[1:]),
    st.text(max_size=30),
)
MOVES = st.sampled_from(
    [
        *["button"] * 8,
        *["typed"] * 4,
        *["edited"] * 2,
        *["back"] * 2,
        "skip",
        "stale",
        "foreign",
        "expire",
        "show",
        "consent",
        "stop",
    ]
)


@dataclass(slots=True)
class Walk:
    """One conversation; after every step the session is written down and read back."""

    survey: Survey
    session: Session
    buttons: list[Token] = field(default_factory=list)
    refs: set[str] = field(default_factory=set)
    written: list[str] = field(default_factory=list)
    at: int = 0

    @property
    def now(self) -> timedelta:
        return timedelta(minutes=self.at)

    def take(self, step: Step) -> None:
        """Holds a step to every promise."""
        before = self.session
        self.at += 1
        self._keeps_answers(before, step.session)
        self._says_what_it_can(step)
        self.session = reread(step.session)
        assert self.session == step.session
        for event in step.events:
            if isinstance(event, Needs):
                self.take(engine.supply(self.survey, self.session, {event.name: "ready", **SUPPLIED}))

    def _keeps_answers(self, before: Session, after: Session) -> None:
        relevant = {question.name for question in relevant_questions(self.survey, after)}
        assert set(after.answers) <= relevant
        lost = set(before.answers) - set(after.answers)
        assert not lost & relevant, lost
        new = [name for name, answer in after.answers.items() if before.answers.get(name) != answer]
        assert len(new) <= 1, new
        assert after.turn >= before.turn
        assert before.language == after.language
        for name, answer in after.answers.items():
            question = self.survey.question(name)
            offered = {choice.code for choice in choices_of(after, question) if not choice.pauses}
            assert set(answer.codes) <= offered | {RATHER_NOT_SAY}
            assert not (answer.skipped and question.required)
        if after.state is State.OPEN and after.needs is None:
            assert still_relevant(self.survey, after)
        if after.state is State.FINISHED:
            assert next_question(self.survey, after) is None

    def _says_what_it_can(self, step: Step) -> None:
        scene = Scene(self.survey, step.session, 7, voice(step.session.language))
        toast(scene, step.events)
        for message in present(scene, step.events):
            assert message.text.strip()
            if message.ref is not None:
                assert message.ref not in self.refs or message.ref.count(".") == 2
                self.refs.add(message.ref)
            if message.edits is not None:
                assert message.edits in self.refs, message
            for button in (button for row in message.buttons for button in row):
                assert tokens.decode(tokens.encode(button.token)) == button.token
                self.buttons.append(button.token)


def reread(session: Session) -> Session:
    """The session as it comes back from the database."""
    read = unpack(
        pack(session),
        survey=session.survey,
        version=session.version,
        started_at=session.started_at,
        turn=session.turn,
    )
    return replace(read, answers=dict(session.answers))


def begin(survey: Survey, facts: dict[str, str | float], language: str) -> Walk:
    step = engine.begin(survey, language=language, at=AT, values=facts, choices=LISTS)
    walk = Walk(survey, step.session)
    walk.take(step)
    return walk


def move(walk: Walk, kind: str, data: st.DataObject) -> None:
    survey, session, at = walk.survey, walk.session, AT + walk.now
    match kind:
        case "button":
            live = [token for token in walk.buttons if token.turn == session.turn]
            if not live:
                return
            walk.take(engine.reply(survey, session, Tap(data.draw(st.sampled_from(live))), at=at))
        case "stale" if walk.buttons:
            token = data.draw(st.sampled_from(walk.buttons))
            walk.take(engine.reply(survey, session, Tap(token), at=at))
        case "foreign":
            action, value = data.draw(st.sampled_from(list(Action))), data.draw(st.text(max_size=3))
            token = Token(Subject.SESSION, 7, session.turn, action, value)
            walk.take(engine.reply(survey, session, Tap(token), at=at))
        case "typed":
            message = f"t{walk.at}"
            walk.written.append(message)
            walk.take(engine.reply(survey, session, Text(data.draw(TYPED), message), at=at))
        case "edited" if walk.written:
            message = data.draw(st.sampled_from(walk.written))
            walk.take(engine.correct(survey, session, message, data.draw(TYPED), at=at))
        case "back":
            walk.take(engine.back(survey, session))
        case "skip":
            walk.take(engine.skip(survey, session, at=at))
        case "show":
            walk.take(engine.show(survey, session))
        case "consent" if "private_items" in session.values and not survey.form:
            agreed = {"private_items": data.draw(st.sampled_from(["yes", "no"]))}
            walk.take(engine.come_back(survey, engine.know(session, agreed)))
        case "expire":
            walk.take(engine.expire(session))
            walk.session = engine.reopen(walk.session)
        case "stop":
            walk.take(engine.stop(session))


def finish(walk: Walk) -> None:
    """The way of somebody who answers each question as it is asked reaches the end."""
    for _ in range(2 * len(walk.survey.questions) + 2):
        session = walk.session
        if session.state is not State.OPEN:
            return
        question = walk.survey.question(session.current or "")
        if question.kind in {Kind.SELECT_ONE, Kind.NPS}:
            taps = [t for t in walk.buttons if t.turn == session.turn and t.action is Action.PICK]
            body: Tap | Text = Tap(taps[0])
        elif question.kind is Kind.SELECT_MULTIPLE:
            body = Text(printed(choices_of(session, question))[0])
        else:
            words = "2027-03-31" if question.name == "due_day" else "because of the rain in 2026"
            body = Text(words if question.kind is Kind.TEXT else "1")
        walk.take(engine.reply(walk.survey, session, body, at=AT + walk.now))
    raise AssertionError(f"{walk.survey.code} does not end")


@settings(
    max_examples=WALKS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(survey=st.sampled_from(SURVEYS), facts=FACTS, language=st.sampled_from(LANGUAGES), data=st.data())
def test_walk_keeps_every_answer_and_can_always_end(
    survey: Survey, facts: dict[str, str | float], language: str, data: st.DataObject
) -> None:
    walk = begin(survey, facts, language)
    for kind in data.draw(st.lists(MOVES, max_size=25)):
        if walk.session.state is not State.OPEN:
            break
        move(walk, kind, data)
    stopped = walk.session.state is State.STOPPED
    finish(walk)
    assert walk.session.state is (State.STOPPED if stopped else State.FINISHED)
