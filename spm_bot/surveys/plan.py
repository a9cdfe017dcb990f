"""Which questions of a survey concern this person: what comes next, what came before, what fell away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from spm_bot.surveys.expressions import Expression
from spm_bot.surveys.model import Choice, Kind, Question, Survey, Words
from spm_bot.surveys.session import Answer, Dropped, Session
from spm_bot.surveys.values import values_of

_SILENT = {Kind.NOTE, Kind.SUPPLIED}


def choices_of(session: Session, question: Question) -> tuple[Choice, ...]:
    """The choices on offer: the question's own, or the list handed in when the session began."""
    if question.choices_from is not None:
        return session.choices.get(question.choices_from, ())
    return question.choices


def pausing(session: Session, question: Question, answer: Answer) -> bool:
    """Whether this reply asks to wait for a better moment, and so is no answer."""
    waits = {choice.code for choice in choices_of(session, question) if choice.pauses}
    return not waits.isdisjoint(answer.codes)


def label_of(survey: Survey, session: Session, question: Question) -> Words:
    """The wording that fits this person: a group loan's, say, in place of the plain one."""
    for when, words in question.label_by:
        if holds(when, survey, session, default=True):
            return words
    return question.label


def holds(
    expression: Expression | None,
    survey: Survey,
    session: Session,
    *,
    own: Answer | None = None,
    default: bool,
) -> bool:
    """Whether a condition holds on what is known so far; `own` is the answer a constraint judges."""
    if expression is None:
        return default
    values = values_of(survey, session.answers, session.values)
    if own is None:
        return expression.evaluate(values)
    return expression.evaluate(values, own=_own(own))


def _is_relevant(
    question: Question, survey: Survey, session: Session, values: Mapping[str, str | float]
) -> bool:
    """Whether a question concerns this person. Private ones need consent, given as a value."""
    if question.private and session.values.get("private_items") != "yes":
        return False
    return question.relevant is None or question.relevant.evaluate(values)


def still_relevant(survey: Survey, session: Session) -> bool:
    """Whether the open question concerns this person on what is known now."""
    values = values_of(survey, session.answers, session.values)
    return session.current is not None and _is_relevant(
        survey.question(session.current), survey, session, values
    )


def relevant_questions(survey: Survey, session: Session) -> tuple[Question, ...]:
    """All questions that concern this person on what is known so far, in order."""
    values = values_of(survey, session.answers, session.values)
    return tuple(question for question in survey.questions if _is_relevant(question, survey, session, values))


def next_question(survey: Survey, session: Session) -> Question | None:
    """The first relevant question without an answer, unread note or value still to be supplied."""
    values = values_of(survey, session.answers, session.values)
    done = {*session.answers, *session.read, *session.values}
    for question in survey.questions:
        if question.name not in done and _is_relevant(question, survey, session, values):
            return question
    return None


def previous(survey: Survey, session: Session, question: Question) -> Question | None:
    """The last answered question before this one."""
    names = [each.name for each in survey.questions]
    earlier = survey.questions[: names.index(question.name)]
    return next((each for each in reversed(earlier) if each.name in session.answers), None)


def place(survey: Survey, session: Session, question: Question) -> tuple[int, int]:
    """The question's number and how many there are, counting those that concern this person.

    A gate not yet passed (a choice of it `pauses`) is taken to open, so that the count does not jump.
    """
    concerns = {each.name for each in relevant_questions(survey, _hopeful(survey, session))}
    counted = [
        each.name
        for each in survey.questions
        if (each.name in concerns and each.kind not in _SILENT) or each.name == question.name
    ]
    return counted.index(question.name) + 1, len(counted)


def question_count(survey: Survey, session: Session) -> int:
    """How many questions this person will be asked, on what is known so far."""
    return sum(each.kind not in _SILENT for each in relevant_questions(survey, _hopeful(survey, session)))


def _hopeful(survey: Survey, session: Session) -> Session:
    gates = {
        question.name: Answer(codes=(question.choices[0].code,))
        for question in survey.questions
        if question.name not in session.answers and any(choice.pauses for choice in question.choices)
    }
    return replace(session, answers=MappingProxyType({**gates, **session.answers})) if gates else session


def gate_of(survey: Survey, session: Session) -> Question | None:
    """The question that asked whether now is a good moment, if the answer was its first choice, the yes."""
    for gate in survey.questions:
        said = session.answers.get(gate.name)
        if said is not None and any(choice.pauses for choice in gate.choices):
            return gate if said.codes == (gate.choices[0].code,) else None
    return None


def drop_irrelevant(survey: Survey, session: Session) -> tuple[Session, tuple[Dropped, ...]]:
    """The session without answers to questions that no longer concern this person, and which these were.

    Dropping one may make another irrelevant, so it goes on until nothing falls away.
    """
    dropped: list[str] = []
    while True:
        relevant = {question.name for question in relevant_questions(survey, session)}
        gone = [name for name in session.answers if name not in relevant]
        if not gone:
            return _without(session, sorted(dropped))
        dropped += gone
        answers = {name: answer for name, answer in session.answers.items() if name in relevant}
        session = replace(session, answers=MappingProxyType(answers))


def _without(session: Session, dropped: list[str]) -> tuple[Session, tuple[Dropped, ...]]:
    if not dropped:
        return session, ()
    kept = {name: turn for name, turn in session.turns.items() if name not in dropped}
    stood = tuple(session.turns[name] for name in dropped if name in session.turns)
    return replace(session, turns=MappingProxyType(kept)), (Dropped(tuple(dropped), stood),)


def echoed(survey: Survey, question: Question) -> bool:
    """Whether a doubtful reading is echoed for a yes: numbers, and what feeds a score or a flag."""
    if question.echo or question.kind in {Kind.INTEGER, Kind.DECIMAL}:
        return True
    scored = any(question.name in score.weights for score in survey.scores)
    flagged = any(question.name in flag.when.names for flag in survey.flags)
    watched = survey.watch is not None and any(sign.item == question.name for sign in survey.watch.signs)
    return scored or flagged or watched


def _own(answer: Answer) -> str | float:
    if answer.number is not None:
        return answer.number
    return answer.text if answer.text is not None else " ".join(answer.codes)
