"""The model of answers gives the bands it is meant to give, through the survey's own scoring."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType

import pytest

from spm_bot.demo.dice import dice, drawn
from spm_bot.demo.opinions import opinion
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Choice, Kind, Question, Words
from spm_bot.surveys.scoring import score
from spm_bot.surveys.session import Answer

LIBRARY = Library.shipped()


def share_high(*, stressed: bool) -> float:
    """High and severe bands among a thousand who answer everything."""
    survey = LIBRARY.survey("debt_stress")
    rng = dice(1, "test", stressed)
    bands: Counter[str | None] = Counter()
    for _ in range(1000):
        answers = {
            question.name: Answer(
                opinion(question, question.choices, stressed=stressed, language="en", rng=rng)
            )
            for question in survey.questions[:9]
        }
        bands[score(survey, answers).bands["dsi"]] += 1
    return (bands["high"] + bands["severe"]) / 1000


def test_stress_shows_in_the_band_and_calm_does_not() -> None:
    assert share_high(stressed=True) > 0.93
    assert share_high(stressed=False) < 0.02


def test_nine_in_ten_are_always_treated_with_respect() -> None:
    question = LIBRARY.survey("client_satisfaction").question("cs4")
    rng = dice(1, "respect")
    said = Counter(
        opinion(question, question.choices, stressed=rng.random() < 0.2, language="en", rng=rng)[0]
        for _ in range(2000)
    )
    assert 0.85 < said["always"] / (2000 - said["na"]) < 0.95


def test_every_answer_of_a_shipped_survey_is_on_offer() -> None:
    rng = dice(1, "offer")
    for survey in LIBRARY.surveys.values():
        for question in survey.questions:
            if question.kind in {Kind.SELECT_ONE, Kind.SELECT_MULTIPLE} and question.choices:
                meant = opinion(question, question.choices, stressed=True, language="fr", rng=rng)
                assert set(meant) <= {choice.code for choice in question.choices}


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "le personnel est gentil"), ("sw", "the fees are high")]
)
def test_words_come_in_a_language_known(language: str, words: str) -> None:
    question = LIBRARY.survey("client_satisfaction").question("cs2")
    rng = dice(1, "words")
    said = {opinion(question, (), stressed=False, language=language, rng=rng) for _ in range(60)}
    assert (words,) in said


def test_an_unknown_question_gets_any_of_its_choices() -> None:
    label = Words(MappingProxyType({"en": "?"}))
    choices = (Choice("a", label), Choice("b", label))
    question = Question("new", Kind.SELECT_ONE, label, choices=choices)
    rng = dice(1, "unknown")
    said = {opinion(question, choices, stressed=True, language="en", rng=rng) for _ in range(40)}
    assert said == {("a",), ("b",)}


def test_dice_of_one_purpose_are_the_same_every_time() -> None:
    assert dice(7, "habits", 3).random() == dice(7, "habits", 3).random()
    assert dice(7, "habits", 3).random() != dice(7, "habits", 4).random()
    assert drawn({"never": 0.0, "always": 1.0}, dice(7)) == "always"
