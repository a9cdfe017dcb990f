"""What the bot promises of every conversation, checked after each event against what is stored and shown."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from spm_bot.messages import Action, Body, Edited, Other, Subject, Tap, Text, Token
from spm_bot.storage.sessions import ACTIVE, ENDED, EXPIRED, Opened
from spm_bot.surveys.answers import printed
from spm_bot.surveys.model import RATHER_NOT_SAY, Kind, Question, Survey
from spm_bot.surveys.plan import choices_of, relevant_questions, still_relevant
from spm_bot.surveys.scoring import report, score
from spm_bot.surveys.session import Answer, State, mark
from spm_bot.texts import languages, voice
from tests.stage.moves import is_plain_number
from tests.stage.phones import Bubble
from tests.stage.town import Picture, desk

SORRY = frozenset(
    voice(language).say("Sorry, something went wrong on our side. Please send that again.")
    for language in languages()
)
_ECHO = re.compile(r"s(\d+)\.(\d+)\.(\w+)")
_ERASED_AT_ONCE = "proof"
"""The form whose answer is taken out of the database as soon as it was judged."""

TELLING = 12
"""Characters from which words are surely those of one question."""

Key = tuple[int, str]


def _survey(code: str) -> Survey:
    return desk().library.survey(code)


@dataclass(frozen=True, slots=True)
class Told:
    """What a tap or a plain number certainly said to one question of one session."""

    session: int
    question: str
    codes: tuple[str, ...] = ()
    number: float | None = None

    def fits(self, answer: Answer) -> bool:
        return (answer.codes, answer.number) == (self.codes, self.number)


def touched(before: Picture, body: Body) -> Key | None:
    """The one answer that this event may give or change."""
    active = before.active
    match body:
        case Tap(token=token) if token is not None and token.subject is Subject.SESSION:
            tapped = next((opened for opened in before.sessions if opened.id == token.id), None)
            return _open_key(tapped) if tapped is not None and tapped.session.turn == token.turn else None
        case Text() | Other():
            return _open_key(active)
        case Edited(message=message) if active is not None and message in active.session.heard:
            return active.id, active.session.heard[message]
    return None


def _open_key(opened: Opened | None) -> Key | None:
    name = None if opened is None else opened.session.current
    return None if opened is None or name is None else (opened.id, name)


def expected(before: Picture, body: Body) -> Told | None:
    """What `body` certainly answers; None where that takes more than reading a button or a number."""
    active = before.active
    if active is None or active.session.current is None or active.session.survey == _ERASED_AT_ONCE:
        return None
    survey = _survey(active.session.survey)
    if not still_relevant(survey, active.session):
        return None
    question = survey.question(active.session.current)
    match body:
        case Tap(token=token) if token is not None:
            mine = (token.subject, token.id, token.turn) == (Subject.SESSION, active.id, active.session.turn)
            return _tapped(active, question, token) if mine else None
        case Text(text=text) if is_plain_number(text):
            return _numbered(active, question, text)
    return None


def _tapped(active: Opened, question: Question, token: Token) -> Told | None:
    session, doubt = active.session, active.session.doubt
    match token.action:
        case Action.PICK if question.kind is Kind.NPS:
            return Told(active.id, question.name, number=float(token.value))
        case Action.PICK if question.kind is Kind.SELECT_ONE:
            choice = choices_of(session, question)[int(token.value)]
            return None if choice.pauses else Told(active.id, question.name, (choice.code,))
        case Action.SKIP if not question.required:
            return Told(active.id, question.name, (RATHER_NOT_SAY,))
        case Action.YES if doubt is not None and mark(doubt) == token.value:
            return Told(active.id, question.name, doubt.codes, doubt.number)
    return None


def _numbered(active: Opened, question: Question, text: str) -> Told | None:
    choices = dict(
        zip(printed(choices_of(active.session, question)), choices_of(active.session, question), strict=True)
    )
    if question.kind is Kind.NPS and len(text) <= 2 and int(text) <= 10:
        return Told(active.id, question.name, number=float(text))
    if question.kind is Kind.SELECT_ONE and text in choices and not choices[text].pauses:
        return Told(active.id, question.name, (choices[text].code,))
    return None


def is_private(before: Picture, key: Key) -> bool:
    """Whether nothing of this question may stay in the chat."""
    opened = next(opened for opened in before.sessions if opened.id == key[0])
    return _survey(opened.session.survey).question(key[1]).traceless


def check_event(before: Picture, after: Picture, *, may: Key | None, told: Told | None) -> set[Key]:
    """One event changes no answer but the one it `may`, and takes back only what no longer fits; returns
    what it changed.
    """
    known = {opened.id: opened for opened in before.sessions}
    changed = {
        (opened.id, name)
        for opened in after.sessions
        for name, answer in opened.session.answers.items()
        if opened.id not in known or known[opened.id].session.answers.get(name) != answer
    }
    assert changed <= {may}, changed
    if told is not None:
        kept = next((opened.session for opened in after.sessions if opened.id == told.session), None)
        assert kept is not None, told
        assert told.fits(kept.answers[told.question]), told
    _check_nothing_lost(before, after)
    for opened in after.sessions:
        _check_session(_survey(opened.session.survey), opened)
    assert sum(opened.status == ACTIVE for opened in after.sessions) <= 1
    return changed


def _check_nothing_lost(before: Picture, after: Picture) -> None:
    left = {opened.id: opened.session for opened in after.sessions}
    for opened in before.sessions:
        if opened.id not in left or opened.session.survey == _ERASED_AT_ONCE:
            continue
        now = left[opened.id]
        survey = _survey(now.survey)
        relevant = {question.name for question in relevant_questions(survey, now)}
        lost = set(opened.session.answers) - set(now.answers)
        assert not lost & relevant, f"{survey.code} lost {lost & relevant}"


def _check_session(survey: Survey, opened: Opened) -> None:
    session = opened.session
    over = session.state in {State.FINISHED, State.STOPPED}
    assert (session.current is None) == over
    assert over == (opened.status == ENDED) or (opened.form and opened.status == ENDED)
    assert (session.state is State.EXPIRED) == (opened.status == EXPIRED) or opened.form
    relevant = {question.name for question in relevant_questions(survey, session)}
    assert set(session.answers) <= relevant, set(session.answers) - relevant
    for name, answer in session.answers.items():
        question = survey.question(name)
        offered = {choice.code for choice in choices_of(session, question) if not choice.pauses}
        assert set(answer.codes) <= offered | {RATHER_NOT_SAY}
        assert len(answer.codes) == len(set(answer.codes))
        assert question.kind is Kind.SELECT_MULTIPLE or len(answer.codes) <= 1
    if session.state is State.FINISHED and survey.code != _ERASED_AT_ONCE:
        unasked = relevant - set(session.answers)
        assert all(survey.question(name).kind in {Kind.NOTE, Kind.SUPPLIED} for name in unasked), unasked


def check_responses(picture: Picture, kept: Mapping[int, Sequence[tuple[bool, object]]]) -> None:
    """A survey that was answered has one response, which says what was answered last."""
    for opened in picture.sessions:
        session = opened.session
        wanted = []
        if session.answers and not opened.form:
            scored = score(_survey(session.survey), session.answers, values=session.values)
            wanted = [(session.state is not State.FINISHED, json.loads(json.dumps(report(scored))))]
        assert kept[opened.id] == wanted, session.survey


def check_silence(texts: Sequence[str]) -> None:
    assert SORRY.isdisjoint(texts)
    assert all(text.strip() for text in texts)


def check_screen(picture: Picture, bubbles: Sequence[Bubble]) -> None:
    """The question in sight is the open one and concerns this person; nothing private stays in sight."""
    active = picture.active
    asking = [
        (bubble, bubble.look.buttons[0][0].token)
        for bubble in bubbles
        if bubble.look.buttons and bubble.look.buttons[0][0].token.subject is Subject.SESSION
    ]
    if active is not None and active.session.current is not None:
        survey = _survey(active.session.survey)
        assert still_relevant(survey, active.session), active.session.current
        if asking:
            _check_newest(survey, active, *asking[-1])
    allowed = _open_words(active)
    shown = [bubble.look.text for bubble in bubbles]
    for opened in picture.sessions:
        for words in _private_words(opened.session.survey, opened.session.language) - allowed:
            assert not any(words in text for text in shown), f"still in sight: {words}"
    for bubble in bubbles:
        _check_echo(active, bubble)


def _check_newest(survey: Survey, active: Opened, bubble: Bubble, token: Token) -> None:
    question = survey.question(active.session.current or "")
    if question.kind is Kind.TEXT and question.required:
        return  # it has no buttons: there is nothing to tap
    assert (token.id, token.turn) == (active.id, active.session.turn), (bubble.look.text, active)


def _check_echo(active: Opened | None, bubble: Bubble) -> None:
    """“You mean …?” stands only as long as it waits for a yes."""
    found = _ECHO.fullmatch(bubble.looks[0].ref or "")
    if found is None or not bubble.look.buttons:
        return
    doubt = None if active is None else active.session.doubt
    assert doubt is not None, bubble.look.text
    assert found[3] == mark(doubt), bubble.look.text


def _open_words(active: Opened | None) -> frozenset[str]:
    if active is None or active.session.current is None:
        return frozenset()
    return _words(_survey(active.session.survey).question(active.session.current), active.session.language)


@cache
def _private_words(code: str, language: str) -> frozenset[str]:
    """The words of all questions that must leave no trace."""
    traceless = (question for question in _survey(code).questions if question.traceless)
    return frozenset().union(*(_words(question, language) for question in traceless))


def _words(question: Question, language: str) -> frozenset[str]:
    """Every wording of a question, up to the first place to be filled in; too few words tell nothing."""
    labels = (question.label, *(label for _, label in question.label_by))
    starts = (label.in_(language).split("${")[0].strip() for label in labels)
    return frozenset(words for words in starts if len(words) > TELLING)
