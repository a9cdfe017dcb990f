from datetime import date
from gettext import NullTranslations

import pytest

from spm_bot.analytics.figures import Figure
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.measures import End, Exact, Measure, Rough
from spm_bot.reports import phrases
from spm_bot.texts import Voice, voice

ENGLISH, FRENCH, ARABIC = voice("en"), Voice("fr", NullTranslations()), Voice("ar", NullTranslations())

SHARE = Exact(100, 0.185, 0.145, 0.242, 100)
WIDE = Exact(18, 0.5, 0.29, 0.71, 18)
NPS = Exact(100, 44.5, 29.2, 57.9, 100, Unit.NPS)
FALLING = Exact(100, -4.5, -20.4, 10.6, 100, Unit.NPS)
MEAN = Exact(100, 24.5, 22.2, 28.0, 100, Unit.MEAN)


@pytest.mark.parametrize(
    ("measure", "value", "brief", "point"),
    [
        (SHARE, "19 in 100 (15–24)", "19 (15–24)", "19 in 100"),
        (WIDE, "29–71 in 100", "29–71", "29–71 in 100"),
        (NPS, "+45 (29 to 58)", "+45 (29 to 58)", "+45"),
        (FALLING, "−5 (−20 to 11)", "−5 (−20 to 11)", "−5"),
        (Exact(12, 10.0, -30.0, 50.0, 12, Unit.NPS), "−30 to 50", "−30 to 50", "−30 to 50"),
        (MEAN, "25 (22–28)", "25 (22–28)", "25"),
        (Exact(12, 40.0, 10.0, 70.0, 12, Unit.MEAN), "10–70", "10–70", "10–70"),
        (Rough(20, End.LOW), *["10 in 100 or fewer"] * 3),
        (Rough(20, End.HIGH), *["90 in 100 or more"] * 3),
        (None, *["too few answers to show"] * 3),
    ],
)
def test_measure_in_words(measure: Measure | None, value: str, brief: str, point: str) -> None:
    assert phrases.value(measure, ENGLISH) == value
    assert phrases.brief(measure, ENGLISH) == brief
    assert phrases.point(measure, ENGLISH) == point


def test_figure_says_why_there_is_none() -> None:
    few, rare = (Figure("DST7", None, None, None, None, rare=rare) for rare in (False, True))
    assert phrases.figure_value(few, few.now, ENGLISH) == "too few answers to show"
    assert phrases.figure_value(rare, rare.now, ENGLISH) == (
        "not shown: said by fewer than 5, or by all but a few"
    )
    assert phrases.figure_value(rare, SHARE, ENGLISH) == "19 in 100 (15–24)"


@pytest.mark.parametrize(("found", "said"), [(0.4, "0"), (-0.4, "0"), (0.5, "+1"), (-0.5, "−1")])
def test_sign_of_an_nps(found: float, said: str) -> None:
    assert phrases.number(found, Unit.NPS, ENGLISH) == said


def test_sign_stays_before_its_number_where_lines_run_from_the_right() -> None:
    assert phrases.value(FALLING, ARABIC) == "\u200e−5 (\u200e−20 to 11)"
    assert phrases.number(0.0, Unit.NPS, ARABIC) == "0"


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [(0.194, 0.145, Unit.SHARE, "+4"), (0.15, 0.15, Unit.SHARE, "0"), (20.0, 24.6, Unit.NPS, "−5")],
)
def test_change_is_the_difference_of_what_is_printed(
    now: float, before: float, unit: Unit, said: str
) -> None:
    assert phrases.change(now, before, unit, ENGLISH) == said


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


def test_numbers_in_the_readers_language() -> None:
    assert phrases.percent(0.0405, ENGLISH) == "4.1 %"
    assert phrases.percent(0.0405, FRENCH) == "4,1 %"
    assert phrases.decimal(1291.25, ENGLISH) == "1,291.3"
    assert phrases.decimal(290.5, FRENCH, digits=0) == "291"


def test_days() -> None:
    assert phrases.days(date(2026, 11, 16), date(2026, 11, 22), ENGLISH) == "16–22 Nov"
    assert phrases.days(date(2026, 10, 26), date(2026, 11, 1), ENGLISH) == "26 Oct–1 Nov"
    assert phrases.full_day(date(2026, 11, 1), ENGLISH) == "1 Nov 2026"


def test_unknown_language_counts_in_english() -> None:
    assert phrases.whole(1742, voice("xx")) == "1,742"


@pytest.mark.parametrize(
    ("name", "clipped"),
    [
        ("Bungoma", "Bungoma"),
        ("Bungoma Market Street and the Villages", "Bungoma Market Street and the V…"),
        ("\u202eline\nbreak\u2066\t ", "line break"),
    ],
)
def test_clipped_name(name: str, clipped: str) -> None:
    assert phrases.clipped(name) == clipped
