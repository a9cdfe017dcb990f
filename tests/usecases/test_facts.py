from __future__ import annotations

import re
from datetime import date

import pytest

from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Kind
from spm_bot.usecases.facts import dialable, house_facts, long_date
from tests.stage.world import desk

CONSENT = Library.shipped().survey("consent")
NOTE_LIMIT = 400
"""Characters of one message of consent with the example institution's names in it."""


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "+254 700"), ("hi", "+254 700"), ("ar", "\u2066+254 700\u2069"), ("fa", "\u2066+254 700\u2069")],
)
def test_number_keeps_its_plus_in_front_in_words_from_right_to_left(language: str, shown: str) -> None:
    assert dialable("+254 700", language) == shown


def test_house_facts_mark_every_number_in_arabic() -> None:
    facts = house_facts(desk().institution, "ar")
    assert facts["hotline"] == "\u2066+254 700 000 001\u2069"
    assert facts["outside_body"] == "أمين مظالم المقترضين (مثال)، \u2066+254 700 000 002\u2069"
    assert str(facts["helplines"]).startswith("Example Crisis Line: \u2066+254 700 000 003\u2069 (")


@pytest.mark.parametrize("language", CONSENT.languages)
def test_consent_is_told_in_three_short_messages(language: str) -> None:
    facts = house_facts(desk().institution, language)
    notes = [q.label.in_(language) for q in CONSENT.questions if q.kind is Kind.NOTE]
    lengths = [len(re.sub(r"\$\{(\w+)}", lambda place: str(facts[place[1]]), note)) for note in notes]
    assert len(lengths) == 3
    assert max(lengths) <= NOTE_LIMIT, lengths


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "24 November 2026"), ("fr", "24 novembre 2026"), ("ar", "24 نوفمبر 2026")],
)
def test_day_is_written_as_in_the_country(language: str, written: str) -> None:
    assert long_date(date(2026, 11, 24), language=language, country="KE") == written
