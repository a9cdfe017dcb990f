"""What the conditions of a survey see: facts from outside, and every answer in one plain form."""

from __future__ import annotations

from collections.abc import Mapping

from spm_bot.surveys.expressions import Value
from spm_bot.surveys.model import Survey
from spm_bot.surveys.session import Answer


def values_of(survey: Survey, answers: Mapping[str, Answer], values: Mapping[str, Value]) -> dict[str, Value]:
    """What the survey's expressions see: `values` from outside, and every answer as a code, as codes
    joined by spaces, as a number or as text; of a voice note or photo its kind. A skipped question is
    'pns', an unanswered one absent.
    """
    seen = dict(values)
    for question in survey.questions:
        answer = answers.get(question.name)
        if answer is None:
            continue
        if answer.codes:
            seen[question.name] = " ".join(answer.codes)
        elif answer.number is not None:
            seen[question.name] = answer.number
        elif answer.text is not None:
            seen[question.name] = answer.media or answer.text
    return seen
