from __future__ import annotations

import pytest

from spm_bot.surveys.assent import Assent, assent
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Kind

LANGUAGES = ("en", "fr", "es", "sw", "hi", "ar")


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "Yes!", Assent.YES),
        ("en", "no.", Assent.NO),
        ("en", "DONE", Assent.DONE),
        ("fr", "Oui", Assent.YES),
        ("fr", "c’est ça", Assent.YES),
        ("fr", "Terminé", Assent.DONE),
        ("es", "Sí", Assent.YES),
        ("es", "si", Assent.YES),
        ("es", "Listo", Assent.DONE),
        ("sw", "Ndiyo", Assent.YES),
        ("sw", "hapana", Assent.NO),
        ("sw", "nimemaliza", Assent.DONE),
        ("hi", "हाँ", Assent.YES),
        ("hi", "हां जी", Assent.YES),
        ("hi", "haan", Assent.YES),
        ("hi", "नहीं", Assent.NO),
        ("hi", "nahi", Assent.NO),
        ("hi", "हो गया।", Assent.DONE),
        ("ar", "نعم", Assent.YES),
        ("ar", "لا", Assent.NO),
        ("ar", "naam", Assent.YES),
        ("ar", "la", Assent.NO),
        ("ar", "انتهيت", Assent.DONE),
    ],
)
def test_yes_no_and_done_are_understood_in_every_language(language: str, text: str, said: Assent) -> None:
    assert assent(text, language=language) is said


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "ndiyo", Assent.YES),
        ("hi", "no", Assent.NO),
        ("ar", "fini", Assent.DONE),
        ("sw", "si", Assent.NO),
        ("en", "si", None),
        ("en", "y", Assent.YES),
        ("es", "y", None),
        ("fr", "o", Assent.YES),
        ("es", "o", None),
    ],
)
def test_words_of_other_languages_count_where_they_say_one_thing(
    language: str, text: str, said: Assent | None
) -> None:
    assert assent(text, language=language) is said


@pytest.mark.parametrize("text", ["", "😀", "yes no", "maybe", "5", "yes please call"])
def test_anything_else_is_neither(text: str) -> None:
    assert [assent(text, language=language) for language in LANGUAGES] == [None] * len(LANGUAGES)


def test_done_is_no_label_of_a_question_with_several_picks() -> None:
    labels = {
        (language, label)
        for survey in Library.shipped().surveys.values()
        for question in survey.questions
        if question.kind is Kind.SELECT_MULTIPLE
        for choice in question.choices
        for language, label in choice.label.by_language.items()
    }
    assert [label for language, label in labels if assent(label, language=language) is Assent.DONE] == []
