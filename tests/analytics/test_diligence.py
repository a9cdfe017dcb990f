import pytest

from spm_bot.analytics.diligence import PAUSE, alike, pace


@pytest.mark.parametrize(
    ("seconds", "answers", "expected"),
    [
        (90.0, 10, 10.0),
        (PAUSE, 2, PAUSE),
        (PAUSE + 1, 50, None),
        (0.0, 1, None),
        (0.0, 0, None),
        (0.0, 3, 0.0),
    ],
)
def test_pace_is_the_mean_gap_of_a_survey_in_one_go(
    seconds: float, answers: int, expected: float | None
) -> None:
    assert pace(seconds, answers) == expected


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([(3, 0), (3, 0), (3, 0)], True),
        ([(3, 0), (3, 0), (3, 1)], False),
        ([(3, 0), (3, 0)], None),
        ([(3, 0), (3, 0), (4, 0)], None),
        ([(3, 0), (3, 0), (3, 0), (4, 1), (4, 2)], True),
        ([(3, 0), (3, 0), (3, 0), (4, 1), (4, 1), (4, 2)], False),
        ([], None),
    ],
)
def test_alike_looks_at_choices_of_the_same_length(
    places: list[tuple[int, int]], expected: bool | None
) -> None:
    assert alike(places) is expected
