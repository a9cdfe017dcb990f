"""One reply to the open question, typed or tapped: what it does, before echoes are settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from spm_bot.messages import Action, Other, Token
from spm_bot.surveys.answers import Reading, Understood, pick, toggle, understand
from spm_bot.surveys.assent import Assent, assent
from spm_bot.surveys.model import Choice, Kind, Question, Survey
from spm_bot.surveys.moves import missed, pass_over, show_again, step_back, store
from spm_bot.surveys.plan import choices_of, echoed, holds, pausing, place
from spm_bot.surveys.session import (
    Answer,
    Doubted,
    Paused,
    Session,
    Stale,
    Step,
    Ticked,
    mark,
)

EMPTY_PICKS = 2
"""A Done with no tick is asked again once, then counts as rather not say."""


def typed(
    survey: Survey, session: Session, question: Question, text: str, *, message: str, at: datetime
) -> Step:
    said = assent(text, language=session.language)
    heard = _heard(session, question, message)
    if heard.doubt is not None and said is Assent.YES:
        return store(survey, heard, question, heard.doubt, at=at)
    if heard.doubt is not None and said is Assent.NO:
        return show_again(survey, heard, question)
    undoubted = replace(heard, doubt=None)
    if question.kind is Kind.SELECT_MULTIPLE and said is Assent.DONE:
        return _done(survey, undoubted, question, at=at)
    reading = understand(question, choices_of(session, question), text, language=session.language)
    return _take(survey, undoubted, question, reading, at=at)


def _heard(session: Session, question: Question, message: str) -> Session:
    """The session, knowing that this message was sent to this question, understood or not."""
    if not message:
        return session
    return replace(session, heard=MappingProxyType({**session.heard, message: question.name}))


def shown(survey: Survey, session: Session, question: Question, body: Other, *, at: datetime) -> Step:
    """A voice note, photo or sticker: to a question for words it is an answer that a person will open."""
    heard = _heard(session, question, body.message)
    if question.kind is not Kind.TEXT or question.constraint is not None or not body.file:
        return missed(heard, question, "media")
    return store(survey, heard, question, Answer(text=body.file, media=body.kind), at=at)


def tapped(survey: Survey, session: Session, question: Question, token: Token, *, at: datetime) -> Step:
    doubt = session.doubt if session.doubt is not None and mark(session.doubt) == token.value else None
    match token.action:
        case Action.BACK:
            return step_back(survey, session, question)
        case Action.SKIP:
            return pass_over(survey, session, question, at=at)
        case Action.YES if doubt is not None:
            return store(survey, session, question, doubt, at=at)
        case Action.NO if doubt is not None:
            return show_again(survey, session, question)
        case Action.DONE if question.kind is Kind.SELECT_MULTIPLE:
            return _done(survey, session, question, at=at)
        case Action.PICK:
            return _picked(survey, session, question, token.value, at=at)
        case _:
            return Step(session, (Stale(session.turn),))


def _picked(survey: Survey, session: Session, question: Question, value: str, *, at: datetime) -> Step:
    if question.kind is Kind.NPS:
        return _take(survey, session, question, understand(question, (), value), at=at)
    choice = _choice_at(choices_of(session, question), value)
    if choice is None:
        return Step(session, (Stale(session.turn),))
    if choice.pauses:
        return Step(replace(session, doubt=None), (Paused(question.name),))
    if question.kind is Kind.SELECT_MULTIPLE:
        ticks = toggle(choices_of(session, question), session.draft, choice.code)
        ticked = replace(session, draft=ticks, doubt=None)
        return Step(ticked, (Ticked(question.name, session.turn, *place(survey, session, question)),))
    return store(survey, session, question, Answer(codes=(choice.code,)), at=at)


def _choice_at(choices: tuple[Choice, ...], value: str) -> Choice | None:
    """The choice a button stands for; None for data that no button of ours carries."""
    known = {str(place): choice for place, choice in enumerate(choices)}
    return known.get(value)


def _done(survey: Survey, session: Session, question: Question, *, at: datetime) -> Step:
    if not session.draft:
        session = replace(session, empty=session.empty + 1)
        if session.empty >= EMPTY_PICKS and not question.required:
            return pass_over(survey, session, question, at=at)
    return _take(survey, session, question, pick(choices_of(session, question), session.draft), at=at)


def _take(survey: Survey, session: Session, question: Question, reading: Reading, *, at: datetime) -> Step:
    """What was understood is checked, doubted or stored."""
    if not isinstance(reading, Understood):
        return missed(session, question, reading.reason)
    answer = reading.answer
    if pausing(session, question, answer):
        return Step(session, (Paused(question.name),))
    if not holds(question.constraint, survey, session, own=answer, default=True):
        return missed(session, question, "constraint")
    if not reading.sure and echoed(survey, question):
        return Step(replace(session, doubt=answer), (Doubted(question.name, session.turn),))
    return store(survey, session, question, answer, at=at)
