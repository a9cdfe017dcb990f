"""The moves every call of the engine is made of: store an answer, ask, go back, go on, miss, close."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from spm_bot.surveys.model import RATHER_NOT_SAY, Kind, Question, Survey
from spm_bot.surveys.plan import drop_irrelevant, next_question, place, previous, still_relevant
from spm_bot.surveys.session import (
    Answer,
    Answered,
    Asked,
    Event,
    Finished,
    Left,
    Misunderstood,
    Needs,
    Read,
    Session,
    State,
    Step,
    Submitted,
)


def missed(session: Session, question: Question, reason: str) -> Step:
    misses = session.misses + 1
    missed = replace(session, misses=misses, doubt=None)
    return Step(missed, (Misunderstood(question.name, session.turn, reason, misses),))


def store(survey: Survey, session: Session, question: Question, answer: Answer, *, at: datetime) -> Step:
    """The answer is kept, answers it makes irrelevant are dropped, the next question is asked."""
    number, total = place(survey, session, question)
    asked = replace(session, turns=MappingProxyType({**session.turns, question.name: session.turn}))
    stored = with_answer(survey, asked, question, answer, at=at)
    kept, dropped = drop_irrelevant(survey, stored)
    events = (Answered(question.name, session.turn, number, total),)
    return advance(survey, kept, *events, *dropped)


def with_answer(
    survey: Survey, session: Session, question: Question, answer: Answer, *, at: datetime
) -> Session:
    """The session with one answer set, and what was supplied on the strength of it forgotten."""
    stamped = replace(answer, at=at, late=session.late)
    names = [each.name for each in survey.questions]
    later = {q.name for q in survey.questions[names.index(question.name) :] if q.kind is Kind.SUPPLIED}
    values = {name: value for name, value in session.values.items() if name not in later}
    return replace(
        session,
        answers=MappingProxyType({**session.answers, question.name: stamped}),
        values=MappingProxyType(values),
    )


def advance(survey: Survey, session: Session, *before: Event) -> Step:
    """Shows notes and asks the next open question, or ends."""
    events = list(before)
    while (question := next_question(survey, session)) is not None and question.kind is Kind.NOTE:
        session = replace(session, read=(*session.read, question.name))
        events.append(Read(question.name))
    if question is None:
        events.append(Submitted(survey.code, session.answers) if survey.form else Finished())
        return Step(close(session, State.FINISHED), tuple(events))
    if question.kind is Kind.SUPPLIED:
        waiting = replace(_afresh(session), current=None, needs=question.name)
        return Step(waiting, (*events, Needs(question.name, session.answers)))
    return ask(survey, session, question, *events)


def ask(survey: Survey, session: Session, question: Question, *before: Event) -> Step:
    """Asks a question; where it was answered before, the old words do not stay in sight."""
    turns = dict(session.turns)
    if (answered_at := turns.pop(question.name, None)) is not None:
        before = (*before, Left(question.name, answered_at))
    afresh = replace(_afresh(session), turns=MappingProxyType(turns))
    asked = replace(afresh, current=question.name, turn=session.turn + 1)
    return Step(asked, (*before, Asked(question.name, asked.turn, *place(survey, asked, question))))


def step_back(survey: Survey, session: Session, question: Question) -> Step:
    earlier = previous(survey, session, question)
    if earlier is None:
        return show_again(survey, session, question)
    return ask(survey, session, earlier, Left(question.name, session.turn))


def pass_over(survey: Survey, session: Session, question: Question, *, at: datetime) -> Step:
    if question.required:
        return missed(session, question, "required")
    return store(survey, session, question, Answer(codes=(RATHER_NOT_SAY,)), at=at)


def show_again(survey: Survey, session: Session, question: Question) -> Step:
    """The question afresh, or the next one if it, or an answer, concerns this person no more."""
    kept, dropped = drop_irrelevant(survey, session)
    before: tuple[Event, ...] = (Left(question.name, session.turn), *dropped)
    if still_relevant(survey, kept):
        return ask(survey, kept, question, *before)
    return advance(survey, kept, *before)


def close(session: Session, state: State) -> Session:
    return replace(_afresh(session), state=state, current=None)


def _afresh(session: Session) -> Session:
    """Nothing is left of what was said to the open question without becoming an answer."""
    return replace(session, misses=0, empty=0, draft=(), doubt=None, needs=None)
