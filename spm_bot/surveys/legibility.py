"""Problems of a survey's words: missing in a language, too long for a phone, or too alike to be typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from spm_bot.surveys.answers import printed
from spm_bot.surveys.model import Kind, Question, Survey, Words
from spm_bot.surveys.problems import Problem
from spm_bot.surveys.spelling import plain, within

MESSAGE_LIMIT = 160
"""Characters of a question with its choices, as a phone shows them; the progress is not counted."""

BUTTON_LIMIT = 64
WORDING_LIMIT = 4096
"""UTF-16 units, as chats count them."""

_PLACE = re.compile(r"\$\{([^}]*)")
_TYPED_LENGTH = 3


def legibility(survey: Survey) -> Iterator[Problem]:
    """Every problem of the words, question by question, then wording by wording."""
    for question in survey.questions:
        for language in survey.languages:
            yield from _lengths(question, language)
            yield from _labels(question, language)
    places = {*survey.facts, *(each.name for each in survey.questions if each.kind is Kind.SUPPLIED)}
    for where, asked, words in _all_words(survey):
        for code, reason in (
            *_languages(words, survey.languages),
            *_places(words, places),
            *_overlong(words),
        ):
            said = f"{where} {reason}"
            yield Problem(code, said, asked.name) if asked else Problem(code, said, place=where)


def _lengths(question: Question, language: str) -> Iterator[Problem]:
    labels = (question.label, *(words for _, words in question.label_by))
    parts = [max((words.in_(language) for words in labels), key=len)]
    if question.hint is not None:
        parts.append(question.hint.in_(language))
    for number, choice in zip(printed(question.choices), question.choices, strict=True):
        button = choice.label.in_(language)
        parts.append(f"{number} {button}")
        if _units(button) > BUTTON_LIMIT:
            reason = f"choice {choice.code} has {_units(button)} characters in {language}"
            yield Problem("long_button", f"{reason}; a button holds {BUTTON_LIMIT}", question.name)
    length = len("\n".join(parts))
    if length > MESSAGE_LIMIT:
        reason = f"{length} characters in {language} with its choices; aim for {MESSAGE_LIMIT}"
        yield Problem("long_message", reason, question.name, severity="warning")


def _labels(question: Question, language: str) -> Iterator[Problem]:
    """Labels that cannot be told apart when they are typed, or only just."""
    typed = [(choice.code, plain(choice.label.in_(language))) for choice in question.choices]
    for (one, left), (other, right) in combinations([each for each in typed if each[1]], 2):
        if left == right:
            reason = f"choices {one} and {other} are the same word in {language}; reword one"
            yield Problem("same_label", reason, question.name)
        elif min(len(left), len(right)) >= _TYPED_LENGTH and within(left, right, reach=1):
            reason = f"choices {one} and {other} are one slip apart in {language}; reword one"
            yield Problem("alike_labels", reason, question.name, severity="warning")


def _languages(words: Words, listed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    given = set(words.by_language)
    for language in (each for each in listed if each not in given):
        yield "missing_language", f"has no words in {language}; add them"
    for language in sorted(given - set(listed)):
        yield "unlisted_language", f"has words in {language}, which is not listed under languages"


def _places(words: Words, known: set[str]) -> Iterator[tuple[str, str]]:
    """Places are filled from facts only, and every language shows the same ones."""
    shown = {language: set(_PLACE.findall(text)) for language, text in words.by_language.items()}
    everywhere = set().union(*shown.values())
    for name in sorted(everywhere - known):
        yield "unknown_place", f"shows ${{{name}}}; declare it under facts"
    for language, names in shown.items():
        for name in sorted(everywhere - names):
            yield "different_places", f"does not show ${{{name}}} in {language}, as another language does"


def _overlong(words: Words) -> Iterator[tuple[str, str]]:
    for language, text in words.by_language.items():
        if _units(text) > WORDING_LIMIT:
            yield (
                "long_wording",
                f"has {_units(text)} characters in {language}; a message holds {WORDING_LIMIT}",
            )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _all_words(survey: Survey) -> Iterator[tuple[str, Question | None, Words]]:
    yield "title", None, survey.title
    if survey.intro is not None:
        yield "intro", None, survey.intro
    for closing in survey.closings:
        yield "closings", None, closing.words
    for question in survey.questions:
        if question.kind is not Kind.SUPPLIED or question.label.by_language:
            yield "label", question, question.label
        for part in ("hint", "example", "constraint_message"):
            words = getattr(question, part)
            if words is not None:
                yield part, question, words
        for _, words in question.label_by:
            yield "label_by", question, words
        for choice in question.choices:
            yield f"choice {choice.code}", question, choice.label
