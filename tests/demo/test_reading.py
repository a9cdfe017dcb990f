"""Questions are found on a screen by their words."""

from __future__ import annotations

import pytest

from spm_bot.demo.reading import Reader, button, words_on
from spm_bot.messages import Action, Button, Outbound, Subject, Token
from spm_bot.surveys import engine
from spm_bot.surveys.library import Library
from spm_bot.surveys.present import present
from spm_bot.surveys.scene import Scene
from spm_bot.texts import voice
from tests.demo.conftest import EARLY

LIBRARY = Library.shipped()
READER = Reader.of(LIBRARY)
FACTS: dict[str, str | float] = {
    "first_name": "Pendo",
    "institution": "Umoja",
    "chat_company": "Telegram",
    "loan_method": "group",
    "emergency_amount": "KES 15,000",
    "has_loan": "yes",
    "has_savings": "yes",
    "private_items": "yes",
    "tenure_months": 24.0,
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("code", ["client_satisfaction", "debt_stress", "client_outcomes", "consent"])
def test_the_first_question_of_a_survey_is_read(code: str, language: str) -> None:
    survey = LIBRARY.survey(code)
    step = engine.begin(survey, language=language, at=EARLY, values=FACTS)
    shown = present(Scene(survey, step.session, 1, voice(language)), step.events)
    read = READER.read(shown[-1])
    assert read is not None
    assert (read.question.name, read.form) == (step.session.current, survey.form)


@pytest.mark.parametrize(("survey", "name"), [("joining", "language"), ("client_outcomes", "oc4")])
def test_words_with_filled_places_are_read(survey: str, name: str) -> None:
    question = LIBRARY.survey(survey).question(name)
    filled = question.label.in_("fr")
    for place, value in FACTS.items():
        filled = filled.replace(f"${{{place}}}", str(value))
    read = READER.read(Outbound(f"3 sur 9 · {filled}"))
    assert read is not None
    assert read.question is question


def test_other_words_ask_nothing() -> None:
    assert READER.read(Outbound("That was the last question. Thank you!")) is None


def test_button_is_found_by_what_it_does() -> None:
    token = Token(Subject.SESSION, 1, 2, Action.PICK, "1")
    message = Outbound("?", ((Button("1 Easy", Token(Subject.SESSION, 1, 2, Action.PICK, "0")),),))
    wide = Outbound("?", (*message.buttons, (Button("2 Hard", token),)))
    assert button(wide, Action.PICK, "1") == Button("2 Hard", token)
    assert button(wide, Action.DONE) is None


@pytest.mark.parametrize("label", ["2 Very hard", "☐ 2 Very hard", "☑ 2 Very hard"])
def test_label_is_a_number_and_words(label: str) -> None:
    assert words_on(label) == ("2", "Very hard")
