"""Problems of a survey that can be read but should not be sent: what is wrong, where, and how to mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from spm_bot.surveys.discretion import telling_at_first
from spm_bot.surveys.expressions import Expression
from spm_bot.surveys.legibility import legibility
from spm_bot.surveys.model import DONT_KNOW, RATHER_NOT_SAY, Kind, Question, Score, Survey
from spm_bot.surveys.problems import Problem

NONE = "none"
NOT_APPLICABLE = "na"

_SELECTS = frozenset({Kind.SELECT_ONE, Kind.SELECT_MULTIPLE})
_UNASKED = frozenset({Kind.NOTE, Kind.SUPPLIED})


def check(survey: Survey) -> tuple[Problem, ...]:
    """Every problem of the survey, question by question. Warnings do not keep it from being used."""
    found: list[Problem] = [*_names(survey), *_intro(survey)]
    for place, question in enumerate(survey.questions):
        found += _choices(question)
        found += _conditions(survey, place)
    found += legibility(survey)
    found += _codes(survey)
    for score in survey.scores:
        found += _score(survey, score)
    found += _watch(survey)
    if survey.form and (survey.scores or survey.flags or survey.watch):
        found.append(Problem("form_scored", "a form is never scored; leave scores, flags and watch out"))
    return tuple(found)


def _names(survey: Survey) -> Iterator[Problem]:
    for name, count in Counter(question.name for question in survey.questions).items():
        if count > 1:
            yield Problem("duplicate_name", "two questions have this name; rename one", name)
        if name in survey.facts:
            yield Problem("duplicate_name", "a fact has the same name; rename the question", name)


def _intro(survey: Survey) -> Iterator[Problem]:
    """An invitation is read on a locked phone by whoever holds it; without an intro it shows the title."""
    if survey.form:
        return
    for language, text in (survey.intro or survey.title).by_language.items():
        words = telling_at_first(text, language)
        if words:
            reason = (
                f"tells too much on a locked phone in {language}: {', '.join(words)}; write a neutral intro"
            )
            yield Problem("telling_intro", reason, place="intro" if survey.intro else "title")


def _choices(question: Question) -> Iterator[Problem]:
    name = question.name
    if question.kind in _SELECTS:
        if not question.choices and question.choices_from is None:
            yield Problem("no_choices", "has no choices; list them under choices", name)
    elif question.choices or question.choices_from is not None:
        yield Problem("no_choices", f"a {question.kind} question takes no choices; remove them", name)
    for code, count in Counter(choice.code for choice in question.choices).items():
        if count > 1:
            yield Problem("duplicate_code", f"two choices have the code {code}; rename one", name)
        if code == RATHER_NOT_SAY:
            yield Problem("reserved_code", f"{code} is what Skip stores; leave this choice out", name)
    for choice in question.choices:
        if question.kind is Kind.SELECT_MULTIPLE and choice.code == NONE and not choice.exclusive:
            yield Problem("not_exclusive", "none cannot stand beside others; add exclusive: true", name)


def _conditions(survey: Survey, place: int) -> Iterator[Problem]:
    """A condition may look back, never at what is still to be asked."""
    question = survey.questions[place]
    known = {*survey.facts, *(each.name for each in survey.questions[:place])}
    labels = (when for when, _ in question.label_by)
    for when in (question.relevant, question.constraint, *labels):
        for name in sorted(when.names - known) if when else ():
            if name == question.name:
                reason = "a condition looks at its own answer; only a constraint can, as ."
            else:
                reason = f"a condition looks at ${{{name}}}, which is asked later; move it before this one"
            yield Problem("later_reference", reason, question.name)
    yield from _constraint(question)
    if any(when.uses_own for when in (question.relevant, *(when for when, _ in question.label_by)) if when):
        yield Problem("own_answer", "only a constraint knows the answer . just given", question.name)


def _constraint(question: Question) -> Iterator[Problem]:
    rule = question.constraint
    if rule is None:
        if question.constraint_message is not None:
            yield Problem("constraint", "has a constraint_message but no constraint; add it", question.name)
    elif question.kind in _UNASKED:
        reason = f"a {question.kind} is never answered, so its constraint is never judged; remove it"
        yield Problem("constraint", reason, question.name)
    elif not rule.uses_own:
        reason = "the constraint does not look at the answer . and so cannot judge it"
        yield Problem("constraint", reason, question.name)


def _codes(survey: Survey) -> Iterator[Problem]:
    """A code that a condition compares with must be one of the question's, or it never holds."""
    known = {
        question.name: {RATHER_NOT_SAY, "", *(choice.code for choice in question.choices)}
        for question in survey.questions
        if question.kind in _SELECTS and question.choices_from is None
    }
    for expression in _expressions(survey):
        for name, code in sorted(expression.codes):
            if code not in known.get(name, {code}):
                reason = (
                    f"a condition compares with '{code}', which is none of its codes: {expression.source}"
                )
                yield Problem("unknown_code", reason, name)


def _expressions(value: Any) -> Iterator[Expression]:
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, tuple | Mapping):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _expressions(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _expressions(getattr(value, each.name))


def _score(survey: Survey, score: Score) -> Iterator[Problem]:
    def wrong(code: str, reason: str) -> Problem:
        return Problem(code, f"{score.name}: {reason}", place="scores")

    asked = {question.name: question for question in survey.questions if question.kind in _SELECTS}
    for name in sorted({*score.weights, *score.core, *(name for name, _ in score.grave)} - set(asked)):
        yield wrong("unknown_item", f"{name} is no select question of this survey")
    for name, code in score.grave:
        if name in asked and code not in {choice.code for choice in asked[name].choices}:
            yield wrong("unknown_item", f"{name} has no choice {code}")
    for name in sorted(set(score.core) - set(score.weights)):
        yield wrong("unknown_item", f"the core item {name} has no weight")
    if score.answered_at_least > len(score.weights) or score.core_at_least > len(score.core):
        yield wrong("unreachable_score", "asks for more answers than it has items, so it is never given")
    limits = [band.below for band in score.bands]
    inner = [below for below in limits[:-1] if below is not None]
    if not limits or limits[-1] is not None or len(inner) < len(limits) - 1 or inner != sorted(set(inner)):
        yield wrong("band_order", "bands go from low to high, each with below but the last without")
    for _, band in score.floors:
        if band not in {each.name for each in score.bands}:
            yield wrong("unknown_item", f"there is no band {band}")
    for name in (name for name in score.weights if name in asked):
        yield from _values(asked[name], score)


def _values(question: Question, score: Score) -> Iterator[Problem]:
    """A choice may lack a value when it says so itself (dk, na) or ends the score (no borrower)."""
    for choice in question.choices:
        if choice.value is not None or choice.code in (DONT_KNOW, NOT_APPLICABLE) or choice.pauses:
            continue
        if not any(when.evaluate({question.name: choice.code}) for when in score.unscored.values()):
            reason = f"the choice {choice.code} counts in {score.name} and needs a value"
            yield Problem("no_value", reason, question.name)


def _watch(survey: Survey) -> Iterator[Problem]:
    names = {question.name for question in survey.questions}
    for sign in survey.watch.signs if survey.watch else ():
        if sign.item not in names:
            yield Problem("unknown_item", f"{sign.item} is no question of this survey", place="watch")
