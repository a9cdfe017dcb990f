"""Words and look-ups of a survey."""

from __future__ import annotations

import pytest

from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Words


@pytest.mark.parametrize(
    ("words", "language", "text"),
    [
        (Words({"en": "Yes", "fr": "Oui"}), "fr", "Oui"),
        (Words({"en": "Yes", "fr": "Oui"}), "sw", "Yes"),
        (Words({"en": "Yes", "fr": "Oui"}, fallback="fr"), "sw", "Oui"),
        (Words({"fr": "Oui"}), "sw", "Oui"),
        (Words({}), "sw", ""),
    ],
)
def test_words_fall_back_to_a_language_there_is(words: Words, language: str, text: str) -> None:
    assert words.in_(language) == text


def test_a_question_is_found_by_its_name() -> None:
    survey = Library.shipped().survey("client_exit")
    assert survey.question("ex3") == survey.questions[2]
    with pytest.raises(KeyError, match="ex9"):
        survey.question("ex9")
