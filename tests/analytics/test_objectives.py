import pytest

from spm_bot.analytics.estimates import Interval
from spm_bot.analytics.indicators import Better
from spm_bot.analytics.objectives import Standing, standing

SOME = Interval(0.15, 0.24)


@pytest.mark.parametrize(
    ("aim", "better", "expected"),
    [
        (0.15, Better.HIGHER, Standing.MET),
        (0.20, Better.HIGHER, Standing.TOO_CLOSE),
        (0.24, Better.HIGHER, Standing.TOO_CLOSE),
        (0.25, Better.HIGHER, Standing.NOT_MET),
        (0.24, Better.LOWER, Standing.MET),
        (0.20, Better.LOWER, Standing.TOO_CLOSE),
        (0.15, Better.LOWER, Standing.TOO_CLOSE),
        (0.14, Better.LOWER, Standing.NOT_MET),
        (None, Better.LOWER, Standing.NONE_SET),
    ],
)
def test_standing(aim: float | None, better: Better, expected: Standing) -> None:
    assert standing(SOME, aim=aim, better=better) is expected


def test_standing_without_an_interval() -> None:
    assert standing(None, aim=0.2, better=Better.LOWER) is Standing.TOO_CLOSE
