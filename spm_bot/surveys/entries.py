"""Answers handed in as plain data, as in a file for `surveys score`, checked against their survey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spm_bot.surveys.grammar import near
from spm_bot.surveys.model import RATHER_NOT_SAY, Kind, Question, Survey
from spm_bot.surveys.problems import Problem, SurveyError
from spm_bot.surveys.session import Answer

_NUMBERS = frozenset({Kind.NPS, Kind.INTEGER, Kind.DECIMAL})
_MOST = 1e15  # beyond it a float no longer tells neighbouring whole numbers apart


def as_answers(survey: Survey, plain: Mapping[str, object]) -> dict[str, Answer]:
    """Answers from `{"ds1": "very", "ds6": ["health"], "cs1": 9}`; `pns` is rather not say.

    Raises SurveyError with one line for each answer that the survey does not know or take.
    """
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    questions = {question.name: question for question in survey.questions}
    for name, given in plain.items():
        if name not in questions:
            reason = f"is no question of {survey.code}{near(name, questions)}"
            problems.append(Problem("unknown_question", reason, name))
            continue
        try:
            answers[name] = _answer(questions[name], given)
        except ValueError as error:
            problems.append(Problem("answer", str(error), name))
    if problems:
        raise SurveyError(*problems)
    return answers


def _answer(question: Question, given: object) -> Answer:
    """One answer. Raises ValueError with the reason."""
    if given in (RATHER_NOT_SAY, [RATHER_NOT_SAY]) and question.kind is not Kind.NOTE:
        return Answer(codes=(RATHER_NOT_SAY,))
    match question.kind:
        case Kind.NOTE:
            raise ValueError("is only shown and takes no answer; leave it out")
        case Kind.SELECT_ONE:
            return Answer(codes=(_code(question, given),))
        case Kind.SELECT_MULTIPLE:
            return Answer(codes=_codes(question, given))
        case kind if kind in _NUMBERS:
            return Answer(number=_number(kind, given))
        case Kind.SUPPLIED if isinstance(given, int | float):
            return Answer(number=_number(Kind.DECIMAL, given))
        case _:
            if not isinstance(given, str):
                raise ValueError(f"{given!r} is not text")
            return Answer(text=given)


def _code(question: Question, given: object) -> str:
    code = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
    if not isinstance(code, str):
        raise ValueError(f"{given!r} is not a code; give one code as text")
    codes = [choice.code for choice in question.choices]
    if code not in codes and question.choices_from is None:
        raise ValueError(f"{code} is none of its codes ({', '.join([*codes, RATHER_NOT_SAY])})")
    return code


def _codes(question: Question, given: object) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise ValueError(f"{given!r} is not a list of codes; put the codes in brackets")
    codes = tuple(_picks(question, given))
    if not codes:
        raise ValueError(f"no code is picked; give {RATHER_NOT_SAY} for rather not say")
    if len(set(codes)) < len(codes):
        raise ValueError("a code is picked twice")
    alone = {choice.code for choice in question.choices if choice.exclusive} | {RATHER_NOT_SAY}
    for code in codes:
        if code in alone and len(codes) > 1:
            raise ValueError(f"{code} cannot stand beside another pick")
    return codes


def _picks(question: Question, given: list[object]) -> Iterator[str]:
    for each in given:
        yield RATHER_NOT_SAY if each == RATHER_NOT_SAY else _code(question, each)


def _number(kind: Kind, given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not -_MOST < given < _MOST:
        raise ValueError(f"{given!r} is not a number")
    if kind is not Kind.DECIMAL and given != int(given):
        raise ValueError(f"{given} is not a whole number")
    if kind is Kind.NPS and not 0 <= given <= 10:
        raise ValueError(f"{given} is not between 0 and 10")
    return float(given)
