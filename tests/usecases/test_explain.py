import re
from pathlib import Path

import pytest

import spm_bot.usecases
from spm_bot.surveys.entries import as_answers
from spm_bot.surveys.library import Library
from spm_bot.surveys.scoring import report, score
from spm_bot.texts import languages, voice
from spm_bot.usecases.explain import event, word, worked_out

DEBT = Library.shipped().survey("debt_stress")
ENGLISH = voice("en")
ABOUT_A_CLIENT = re.compile(r'event="((?:data|forget|joining|proof|cards)_\w+)"')


def told(**answers: object) -> list[str]:
    return list(worked_out(DEBT, report(score(DEBT, as_answers(DEBT, answers))), ENGLISH))


@pytest.mark.parametrize("language", languages())
def test_fact_that_the_register_lacks_stays_empty(language: str) -> None:
    assert word("", voice(language)) == ""


def test_code_without_words_stands_as_it_is() -> None:
    assert (word("cooperative", ENGLISH), word("female", ENGLISH)) == ("cooperative", "woman")
    assert event("something_new", ENGLISH) == "something new"


def test_every_line_of_the_log_about_a_client_has_words() -> None:
    sources = Path(spm_bot.usecases.__file__).parent.glob("*.py")
    written = {name for source in sources for name in ABOUT_A_CLIENT.findall(source.read_text("utf-8"))}
    assert {"data_sent", "forget_planned", "joining_admitted"} <= written
    assert [name for name in written if event(name, ENGLISH) == name.replace("_", " ")] == []


def test_grave_answers_are_told_with_score_signs_and_level() -> None:
    assert told(
        ds0="yes", ds1="very", ds2="days", ds3="most_weeks", ds4="no", ds5="no", ds6=["none"], ds7="never"
    ) == [
        "Worked out from your answers: Debt stress: high; 39 of 100",
        "Signs that we noted in your answers: 1",
        "How serious this is: very serious",
    ]


def test_why_there_is_no_score_is_told() -> None:
    assert told(ds1="noloan") == [
        "Worked out from your answers: Debt stress: not worked out, as you have no loan"
    ]
    assert told(ds1="easy") == ["Worked out from your answers: Debt stress: too few answers to work it out"]
