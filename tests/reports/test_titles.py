import pytest

from spm_bot.analytics.breakdowns import Beyond
from spm_bot.analytics.figures import Aim, AimKind
from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.measures import Exact
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.signals import Verdict
from spm_bot.reports import titles
from spm_bot.texts import voice

ENGLISH = voice("en")


def test_every_indicator_has_a_title_of_its_own() -> None:
    assert set(titles.TITLES) == set(CATALOGUE)
    assert len(set(titles.TITLES.values())) == len(CATALOGUE)
    assert all(len(title) <= 40 for title in titles.TITLES.values())


def test_every_word_is_said() -> None:
    assert [titles.verdict(word, ENGLISH) for word in Verdict] == ["better", "worse", "no clear change"]
    assert [titles.standing(word, ENGLISH) for word in Standing] == [
        "met",
        "not met",
        "too close to call",
        "no limit set",
    ]
    assert len({titles.beyond(word, ENGLISH) for word in Beyond}) == len(Beyond)
    assert len({titles.early(word, ENGLISH) for word in Verdict}) == len(Verdict)


def test_turned_indicator_is_told_from_the_other_side() -> None:
    known = Exact(100, 0.78, 0.69, 0.85, 100)
    assert titles.shown("SAT5", known) == known.turned()
    assert titles.shown("SAT3", known) == known
    assert titles.shown("SAT5", None) is None
    assert (titles.number("SAT5", 0.9, ENGLISH), titles.number("SAT3", 0.9, ENGLISH)) == ("10", "90")
    assert titles.number("SAT1", 40.0, ENGLISH) == "+40"


@pytest.mark.parametrize(
    ("aims", "said"),
    [
        ((), []),
        ((Aim(AimKind.LIMIT, 0.9, Standing.NONE_SET),), []),
        ((Aim(AimKind.TARGET, 0.9, Standing.TOO_CLOSE),), ["target 10: too close to call"]),
    ],
)
def test_aims_in_words(aims: tuple[Aim, ...], said: list[str]) -> None:
    assert titles.aims(aims, ENGLISH, indicator="SAT5") == said


def test_mark_of_an_aim() -> None:
    limit = Aim(AimKind.LIMIT, 0.15, Standing.MET)
    assert titles.aim_mark(limit, ENGLISH, indicator="DST5") == "limit 15"
