from __future__ import annotations

from dataclasses import replace

import pytest

from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Choice, Closing, Question, Survey, Words
from spm_bot.surveys.wordings import wording

DEBT = Library.shipped().survey("debt_stress")


def changed(question: Question) -> Survey:
    return replace(DEBT, questions=(question, *DEBT.questions[1:]))


def other(words: Words | None) -> Words:
    known = dict(words.by_language) if words else {"fr": "Une aide"}
    return Words({**known, "en": "Something else"})


FIRST = DEBT.questions[0]
CHANGED = [
    replace(DEBT, title=other(DEBT.title)),
    replace(DEBT, intro=other(DEBT.intro)),
    replace(DEBT, closings=(Closing(DEBT.closings[0].when, other(DEBT.closings[0].words)),)),
    changed(replace(FIRST, label=other(FIRST.label))),
    changed(replace(FIRST, hint=Words({"en": "A hint"}))),
    changed(replace(FIRST, example=Words({"en": "An example"}))),
    changed(replace(FIRST, constraint_message=Words({"en": "Too much"}))),
    changed(replace(FIRST, choices=(Choice("yes", other(FIRST.choices[0].label)), *FIRST.choices[1:]))),
    changed(replace(FIRST, label_by=((DEBT.flags[0].when, Words({"en": "Another wording"})),))),
]


@pytest.mark.parametrize("survey", CHANGED)
def test_whatever_a_client_may_read_is_part_of_the_wording(survey: Survey) -> None:
    assert wording(survey, "en") != wording(DEBT, "en")


def test_wording_of_one_language_does_not_depend_on_another() -> None:
    relabelled = changed(replace(FIRST, label=other(FIRST.label)))
    assert wording(relabelled, "fr") == wording(DEBT, "fr")


def test_wording_does_not_depend_on_what_nobody_reads() -> None:
    assert wording(replace(DEBT, minutes=9, flags=(), version="x", intro=DEBT.intro), "en") == wording(
        DEBT, "en"
    )
    assert wording(replace(DEBT, intro=None), "en") != wording(DEBT, "en")


def test_wording_is_short_enough_to_be_read_aloud() -> None:
    assert len(wording(DEBT, "en")) == 16


def test_what_no_client_reads_needs_no_new_signature() -> None:
    survey = changed(replace(FIRST, conduct=not FIRST.conduct))
    assert wording(survey, "en") == wording(DEBT, "en")
