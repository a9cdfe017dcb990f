from __future__ import annotations

from dataclasses import replace

import pytest

from spm_bot.messages import Action
from spm_bot.surveys import engine
from spm_bot.surveys.model import RATHER_NOT_SAY, Words
from spm_bot.surveys.scene import Scene, keyboard, progress, said, text_of
from spm_bot.surveys.session import Answer, Session
from spm_bot.texts import voice
from tests.stage.samples import AT, FORM, PLACES, SURVEY, typed


def session(*texts: str, private: str = "no") -> Session:
    values: dict[str, str | float] = {"private_items": private, "person": "Asha", "half": 0.5, "whole": 3.0}
    begun = engine.begin(SURVEY, language="en", at=AT, values=values).session
    for text in texts:
        begun = engine.reply(SURVEY, begun, typed(text), at=AT).session
    return begun


def scene(*texts: str, private: str = "no", language: str = "en") -> Scene:
    return Scene(SURVEY, session(*texts, private=private), 9, voice(language))


def labels(shown: Scene, name: str) -> list[list[str]]:
    return [[button.label for button in row] for row in keyboard(shown, name, 4)]


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("Hello ${person}!", "Hello Asha!"),
        ("${whole} and ${half}", "3 and 0.5"),
        ("${unknown}.", "."),
        ("100 % $ {person}", "100 % $ {person}"),
    ],
)
def test_places_in_words_are_filled_from_the_values(words: str, filled: str) -> None:
    assert scene().words(Words({"en": words})) == filled


def test_value_that_looks_like_a_place_is_not_filled_again() -> None:
    tricky = Scene(SURVEY, engine.know(session(), {"person": "${half}"}), 9, voice("en"))
    assert tricky.words(Words({"en": "${person}"})) == "${half}"


def test_question_has_the_wording_that_fits_this_person_and_its_hint() -> None:
    assert text_of(scene(), "why") == "Why?"
    assert text_of(scene(private="yes"), "why") == "Why is that?"
    assert text_of(scene(), "signs") == "Which signs?\nPick all that are true."


def test_progress_speaks_the_language_of_the_session() -> None:
    assert progress(scene(), 2, 5) == "2 of 5"
    assert progress(scene(language="fr"), 2, 5) == "2 sur 5"


def test_score_has_its_numbers_in_two_rows() -> None:
    rows = labels(scene("so so", "debt"), "friends")
    steps = ["‹ Back", "Skip", "✖ Close"]
    assert rows == [["0", "1", "2", "3", "4", "5"], ["6", "7", "8", "9", "10"], steps]


def test_button_carries_the_place_of_its_choice_and_not_its_number() -> None:
    form = engine.begin(FORM, language="en", at=AT, choices=PLACES).session
    rows = keyboard(Scene(FORM, form, 9, voice("en")), "picks", 4)
    assert [[(b.label, b.token.action, b.token.value) for b in row] for row in rows] == [
        [("☐ 3 Three", Action.PICK, "0")],
        [("☐ 7 Seven", Action.PICK, "1")],
        [("Done ✓", Action.DONE, "")],
    ]


def test_list_handed_in_gives_the_choices() -> None:
    form = engine.begin(FORM, language="en", at=AT, choices=PLACES).session
    assert labels(Scene(FORM, form, 9, voice("en")), "place") == [["1 Bungoma"], ["2 Busia"]]
    assert labels(Scene(FORM, replace(form, choices={}), 9, voice("en")), "place") == []


def test_free_text_offers_only_the_steps() -> None:
    assert labels(scene("badly"), "why") == [["‹ Back", "Skip", "✖ Close"]]


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("mood", Answer(codes=(RATHER_NOT_SAY,)), "rather not say"),
        ("signs", Answer(codes=("debt", "hunger")), "Debt, Hunger"),
        ("friends", Answer(number=9.0), "9"),
        ("money", Answer(number=12.5), "12.5"),
        ("why", Answer(text="no rain"), "no rain"),
        ("why", Answer(text="x" * 80), "x" * 80),
        ("why", Answer(text="x" * 81), "x" * 79 + "…"),
    ],
)
def test_answer_is_said_as_the_person_gave_it(name: str, answer: Answer, words: str) -> None:
    assert said(scene(), SURVEY.question(name), answer) == words
