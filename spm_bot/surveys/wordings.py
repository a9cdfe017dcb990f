"""The wording of a survey in one language as one hash: what two people sign before a client reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

from spm_bot.surveys.model import Question, Survey, Words

_LENGTH = 16


def wording(survey: Survey, language: str) -> str:
    """The hash of everything a client may read of this survey in `language`."""
    read = sentences(survey, language)
    return sha256(json.dumps(read, ensure_ascii=False).encode()).hexdigest()[:_LENGTH]


def sentences(survey: Survey, language: str) -> list[str]:
    """Everything a client may read of this survey in `language`, in order; '' where there are no words."""
    return [words.by_language.get(language, "") for words in _all_words(survey)]


def _all_words(survey: Survey) -> Iterator[Words]:
    yield survey.title
    if survey.intro is not None:
        yield survey.intro
    for closing in survey.closings:
        yield closing.words
    for question in survey.questions:
        yield from _question_words(question)


def _question_words(question: Question) -> Iterator[Words]:
    yield question.label
    for words in (question.hint, question.example, question.constraint_message):
        if words is not None:
            yield words
    for _, words in question.label_by:
        yield words
    for choice in question.choices:
        yield choice.label
