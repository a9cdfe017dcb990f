from collections.abc import Callable

import pytest

from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.tallies import ObservationRow
from spm_bot.times import Week

Answers = Callable[..., list[ObservationRow]]

LAST = Week(2026, 44)


@pytest.fixture
def answers() -> Answers:
    """Makes `n` answers of a branch, `hits` of them 1, by people nobody else is, ending `ago` weeks ago."""
    people = iter(range(1, 1_000_000))

    def make(
        branch: str, hits: int, n: int, *, indicator: str = "DST5", ago: int = 0, unscored: int = 0
    ) -> list[ObservationRow]:
        values = [1.0] * hits + [0.0] * (n - hits) + [None] * unscored
        survey = CATALOGUE[indicator].survey
        week = str(LAST.minus(ago))
        return [ObservationRow(week, survey, indicator, value, branch, next(people)) for value in values]

    return make
