"""The engine that asks every question: a survey, a session and one reply in, a new session and what
happened out.

Its whole interface: begin, reply, back, skip, correct, stop, expire, reopen, supply, know, show,
come_back. Every function is pure; which question comes next follows from the answers alone: the first
that is relevant and not yet answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from spm_bot.messages import Other, Tap, Text
from spm_bot.surveys.answers import Understood, understand
from spm_bot.surveys.model import Choice, Question, Survey
from spm_bot.surveys.moves import advance, ask, close, pass_over, show_again, step_back, with_answer
from spm_bot.surveys.plan import (
    choices_of,
    drop_irrelevant,
    gate_of,
    holds,
    next_question,
    pausing,
    place,
    still_relevant,
)
from spm_bot.surveys.replies import shown, tapped, typed
from spm_bot.surveys.session import (
    Corrected,
    Event,
    Expired,
    Left,
    Session,
    Settled,
    Stale,
    State,
    Step,
    Stopped,
    mark,
)


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


def reply(survey: Survey, session: Session, body: Text | Tap | Other, *, at: datetime) -> Step:
    """What one tap, one typed message, or a voice note or photo does to the open question."""
    if session.state is not State.OPEN or session.current is None:
        return Step(session, (Stale(session.turn),))
    if not still_relevant(survey, session):
        return show(survey, session)
    question = _open(survey, session)
    match body:
        case Text(text=text, message=message):
            return _settled(session, typed(survey, session, question, text, message=message, at=at))
        case Other():
            return _settled(session, shown(survey, session, question, body, at=at))
        case Tap(token=token) if token is not None and token.turn == session.turn:
            return _settled(session, tapped(survey, session, question, token, at=at))
        case _:
            return Step(session, (Stale(session.turn),))


def back(survey: Survey, session: Session) -> Step:
    """The answered question before the open one is asked again; its answer stands until replaced."""
    return _settled(session, step_back(survey, session, _open(survey, session)))


def skip(survey: Survey, session: Session, *, at: datetime) -> Step:
    """The open question is answered with "rather not say", unless it must be answered."""
    return _settled(session, pass_over(survey, session, _open(survey, session), at=at))


def correct(survey: Survey, session: Session, message: str, text: str, *, at: datetime) -> Step:
    """A typed answer changes because the message that gave it was edited; a message that the open
    question did not understand is read once more.

    Nothing happens when that message gave no answer, or when the new text is none that is sure.
    """
    name = session.heard.get(message)
    if name is None or session.state is not State.OPEN:
        return Step(session, ())
    if name == session.current and name not in session.answers:
        return reply(survey, session, Text(text, message), at=at)
    question = survey.question(name)
    reading = understand(question, choices_of(session, question), text, language=session.language)
    if name not in session.answers or not isinstance(reading, Understood) or not reading.sure:
        return Step(session, ())
    fits = holds(question.constraint, survey, session, own=reading.answer, default=True)
    if not fits or pausing(session, question, reading.answer):
        return Step(session, ())
    changed = with_answer(survey, session, question, reading.answer, at=at)
    kept, dropped = drop_irrelevant(survey, changed)
    number, total = place(survey, kept, question)
    corrected = Corrected(name, session.turns.get(name), number, total)
    events: tuple[Event, ...] = (corrected, *dropped)
    if kept.current is not None and _overtaken(survey, kept):
        return _settled(session, advance(survey, kept, *events, Left(kept.current, kept.turn)))
    return Step(kept, events)


def stop(session: Session) -> Step:
    """Ended by the person before its end."""
    return _settled(session, Step(close(session, State.STOPPED), (Stopped(session.turn),)))


def expire(session: Session) -> Step:
    """Ended because it lay open for too long; the open question is remembered for a late reply."""
    expired = replace(session, state=State.EXPIRED, doubt=None)
    return _settled(session, Step(expired, (Expired(session.turn),)))


def reopen(session: Session) -> Session:
    """An expired session goes on; whatever is answered from now on is marked late."""
    return replace(session, state=State.OPEN, late=True)


def supply(survey: Survey, session: Session, values: Mapping[str, str | float]) -> Step:
    """Values a form waited for are handed in, and it goes on."""
    return advance(survey, replace(know(session, values), needs=None))


def show(survey: Survey, session: Session) -> Step:
    """The open question is asked afresh at a new turn, or the next one if it no longer concerns them."""
    return _settled(session, show_again(survey, session, _open(survey, session)))


def come_back(survey: Survey, session: Session) -> Step:
    """The open question is asked afresh after an absence. Where a gate was passed it comes again first:
    somebody else may hold the phone by now. The gate's answer stands until it is given anew.
    """
    question = _open(survey, session)
    gate = gate_of(survey, session)
    if gate is None or not still_relevant(survey, session):
        return show(survey, session)
    return _settled(session, ask(survey, session, gate, Left(question.name, session.turn)))


def know(session: Session, values: Mapping[str, str | float]) -> Session:
    """The session with some of its outside values replaced by what is true now."""
    return replace(session, values=MappingProxyType({**session.values, **values}))


def _overtaken(survey: Survey, session: Session) -> bool:
    """Whether the open question concerns this person no more, or another must now be asked before it."""
    coming = next_question(survey, session)
    order = [question.name for question in survey.questions]
    earlier = coming is not None and order.index(coming.name) < order.index(session.current or "")
    return earlier or not still_relevant(survey, session)


def _settled(before: Session, step: Step) -> Step:
    """The step, with the echo that was open before it closed, unless it is open still."""
    doubt = before.doubt
    if doubt is None or step.session.doubt == doubt:
        return step
    return Step(step.session, (Settled(before.turn, mark(doubt)), *step.events))


def _open(survey: Survey, session: Session) -> Question:
    if session.current is None:
        raise ValueError("no question is open")
    return survey.question(session.current)
