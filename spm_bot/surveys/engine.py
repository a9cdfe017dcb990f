"""The engine that asks every question: a survey, a session and one reply in, a new session and what
happened out.

Its whole interface: begin, reply, back, skip, correct, stop, expire, reopen, supply, know, show. Every
function is pure; which question comes next follows from the answers alone: the first that is
relevant and not yet answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from spm_bot.messages import Action, Tap, Text
from spm_bot.surveys.answers import (
    NO,
    YES,
    NotUnderstood,
    Reading,
    Understood,
    pick,
    plain,
    toggle,
    understand,
)
from spm_bot.surveys.model import RATHER_NOT_SAY, Choice, Kind, Question, Survey
from spm_bot.surveys.moves import advance, ask, close, missed, store, with_answer
from spm_bot.surveys.plan import (
    choices_of,
    drop_irrelevant,
    echoed,
    holds,
    next_question,
    place,
    previous,
    still_relevant,
)
from spm_bot.surveys.session import (
    Answer,
    Corrected,
    Doubted,
    Dropped,
    Event,
    Expired,
    Left,
    Paused,
    Session,
    Stale,
    State,
    Step,
    Stopped,
    Ticked,
)

EMPTY_PICKS = 2
"""A Done with no tick is asked again once, then counts as rather not say."""


def begin(
    survey: Survey,
    *,
    language: str,
    at: datetime,
    values: Mapping[str, str | float] = MappingProxyType({}),
    choices: Mapping[str, tuple[Choice, ...]] = MappingProxyType({}),
) -> Step:
    """A new session with its first question asked. `values` and `choices` are frozen into it."""
    session = Session(
        survey=survey.code,
        version=survey.version,
        language=language,
        started_at=at,
        values=MappingProxyType(dict(values)),
        choices=MappingProxyType(dict(choices)),
    )
    return advance(survey, session)


def reply(survey: Survey, session: Session, body: Text | Tap, *, at: datetime) -> Step:
    """What one tap or one typed message does to the open question."""
    if session.state is not State.OPEN or session.current is None:
        return Step(session, (Stale(session.turn),))
    if not still_relevant(survey, session):
        return show(survey, session)
    match body:
        case Text(text=text, message=message):
            return _typed(survey, session, text, message=message, at=at)
        case Tap(token=token) if token is not None and token.turn == session.turn:
            return _tapped(survey, session, token.action, token.value, at=at)
        case _:
            return Step(session, (Stale(session.turn),))


def back(survey: Survey, session: Session) -> Step:
    """The answered question before the open one is asked again; its answer stands until replaced."""
    question = survey.question(_open(session))
    earlier = previous(survey, session, question)
    if earlier is None:
        return show(survey, session)
    return ask(survey, session, earlier, Left(question.name, session.turn))


def skip(survey: Survey, session: Session, *, at: datetime) -> Step:
    """The open question is answered with "rather not say", unless it must be answered."""
    question = survey.question(_open(session))
    if question.required:
        return missed(session, question, "required")
    return store(survey, session, question, Answer(codes=(RATHER_NOT_SAY,)), at=at)


def correct(survey: Survey, session: Session, message: str, text: str, *, at: datetime) -> Step:
    """A typed answer changes because the message that gave it was edited.

    Nothing happens when that message gave no answer, or when the new text is none that is sure.
    """
    name = session.heard.get(message)
    if name is None or name not in session.answers or session.state is not State.OPEN:
        return Step(session, ())
    question = survey.question(name)
    reading = understand(question, choices_of(session, question), text)
    if not isinstance(reading, Understood) or not reading.sure:
        return Step(session, ())
    if not holds(question.constraint, survey, session, own=reading.answer, default=True):
        return Step(session, ())
    changed = with_answer(survey, session, question, reading.answer, at=at)
    kept, dropped = drop_irrelevant(survey, changed)
    events: tuple[Event, ...] = (Corrected(name), *((Dropped(dropped),) if dropped else ()))
    if kept.current is not None and next_question(survey, kept) != survey.question(kept.current):
        return advance(survey, kept, *events, Left(kept.current, kept.turn))
    return Step(kept, events)


def stop(session: Session) -> Step:
    """Ended by the person before its end."""
    return Step(close(session, State.STOPPED), (Stopped(session.turn),))


def expire(session: Session) -> Step:
    """Ended because it lay open for too long; the open question is remembered for a late reply."""
    return Step(replace(session, state=State.EXPIRED), (Expired(session.turn),))


def reopen(session: Session) -> Session:
    """An expired session goes on; whatever is answered from now on is marked late."""
    return replace(session, state=State.OPEN, late=True)


def supply(survey: Survey, session: Session, values: Mapping[str, str | float]) -> Step:
    """Values a form waited for are handed in, and it goes on."""
    return advance(survey, replace(know(session, values), needs=None))


def show(survey: Survey, session: Session) -> Step:
    """The open question is asked afresh at a new turn, or the next one if it no longer concerns them."""
    question = survey.question(_open(session))
    left = Left(question.name, session.turn, session.doubt is not None)
    if still_relevant(survey, session):
        return ask(survey, session, question, left)
    kept, dropped = drop_irrelevant(survey, session)
    return advance(survey, kept, left, *((Dropped(dropped),) if dropped else ()))


def know(session: Session, values: Mapping[str, str | float]) -> Session:
    """The session with some of its outside values replaced by what is true now."""
    return replace(session, values=MappingProxyType({**session.values, **values}))


def _typed(survey: Survey, session: Session, text: str, *, message: str, at: datetime) -> Step:
    question = survey.question(_open(session))
    if session.doubt is not None and plain(text) in YES:
        return store(survey, session, question, session.doubt, at=at)
    if session.doubt is not None and plain(text) in NO:
        return show(survey, session)
    reading = understand(question, choices_of(session, question), text)
    heard = replace(session, doubt=None)
    if message:
        heard = replace(heard, heard=MappingProxyType({**session.heard, message: question.name}))
    return _take(survey, heard, question, reading, at=at)


def _tapped(survey: Survey, session: Session, action: Action, value: str, *, at: datetime) -> Step:
    question = survey.question(_open(session))
    match action:
        case Action.BACK:
            return back(survey, session)
        case Action.SKIP:
            return skip(survey, session, at=at)
        case Action.STOP:
            return stop(session)
        case Action.YES if session.doubt is not None:
            return store(survey, session, question, session.doubt, at=at)
        case Action.NO if session.doubt is not None:
            return show(survey, session)
        case Action.DONE if question.kind is Kind.SELECT_MULTIPLE:
            return _done(survey, session, question, at=at)
        case Action.PICK:
            return _picked(survey, session, question, value, at=at)
        case _:
            return Step(session, (Stale(session.turn),))


def _picked(survey: Survey, session: Session, question: Question, value: str, *, at: datetime) -> Step:
    if question.kind is Kind.NPS:
        return _take(survey, session, question, understand(question, (), value), at=at)
    choices = choices_of(session, question)
    if not value.isdigit() or int(value) >= len(choices):
        return Step(session, (Stale(session.turn),))
    choice = choices[int(value)]
    if choice.pauses:
        return Step(session, (Paused(question.name),))
    if question.kind is Kind.SELECT_MULTIPLE:
        ticked = replace(session, draft=toggle(choices, session.draft, choice.code))
        return Step(ticked, (Ticked(question.name, session.turn, *place(survey, session, question)),))
    return store(survey, session, question, Answer(codes=(choice.code,)), at=at)


def _done(survey: Survey, session: Session, question: Question, *, at: datetime) -> Step:
    if not session.draft and session.misses + 1 >= EMPTY_PICKS and not question.required:
        return skip(survey, session, at=at)
    return _take(survey, session, question, pick(choices_of(session, question), session.draft), at=at)


def _take(survey: Survey, session: Session, question: Question, reading: Reading, *, at: datetime) -> Step:
    """What was understood is checked, doubted or stored."""
    if isinstance(reading, NotUnderstood):
        return missed(session, question, reading.reason)
    answer = reading.answer
    chosen = {choice.code: choice for choice in choices_of(session, question)}
    if any(chosen[code].pauses for code in answer.codes):
        return Step(session, (Paused(question.name),))
    if not holds(question.constraint, survey, session, own=answer, default=True):
        return missed(session, question, "constraint")
    if not reading.sure and echoed(survey, question):
        return Step(replace(session, doubt=answer), (Doubted(question.name, session.turn),))
    return store(survey, session, question, answer, at=at)


def _open(session: Session) -> str:
    if session.current is None:
        raise ValueError("no question is open")
    return session.current
