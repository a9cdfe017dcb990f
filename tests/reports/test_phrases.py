from datetime import date
from gettext import NullTranslations

import pytest

from spm_bot.reports import phrases
from spm_bot.texts import Voice, voice

ENGLISH, FRENCH = voice("en"), Voice("fr", NullTranslations())


@pytest.mark.parametrize(
    ("share", "said"), [(0.285, "29"), (0.145, "15"), (0.005, "1"), (0.0, "0"), (1.0, "100"), (0.575, "58")]
)
def test_hundred_rounds_half_up(share: float, said: str) -> None:
    """0.285 × 100 is 28.499999999999996: the share itself is rounded."""
    assert phrases.hundred(share) == said


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0 in 100"), (0.0049, "under 1 in 100"), (0.005, "1 in 100")]
)
def test_per_hundred(share: float, said: str) -> None:
    assert phrases.per_hundred(share, ENGLISH) == said


def test_percent_in_the_readers_language() -> None:
    assert phrases.percent(0.0405, ENGLISH) == "4.1 %"
    assert phrases.percent(0.0405, FRENCH) == "4,1 %"


def test_days_within_and_over_a_month() -> None:
    assert phrases.days(date(2026, 11, 16), date(2026, 11, 22), ENGLISH) == "16–22 Nov"
    assert phrases.days(date(2026, 10, 26), date(2026, 11, 1), ENGLISH) == "26 Oct–1 Nov"


def test_unknown_language_counts_in_english() -> None:
    assert phrases.whole(1742, voice("xx")) == "1,742"


def test_clipped_name() -> None:
    assert phrases.clipped("Bungoma") == "Bungoma"
    assert phrases.clipped("Bungoma Market Street and the Villages") == "Bungoma Market Street and the V…"
