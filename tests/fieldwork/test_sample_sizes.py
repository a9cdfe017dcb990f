from __future__ import annotations

from typing import Any

import pytest

from spm_bot.fieldwork.sample_sizes import SampleSize, sample_size

ENDLESS = 10**12


@pytest.mark.parametrize(
    ("population", "asked", "answers"),
    [
        # 1.96² / 4e² is 384.146 at five points and 1,067.07 at three.
        (ENDLESS, {}, 385),
        (ENDLESS, {"margin": 0.03}, 1068),
        # Krejcie and Morgan print 278, 370 and 217; their table rounds 217.49 down.
        (1000, {}, 278),
        (10_000, {}, 370),
        (500, {}, 218),
        (1, {}, 1),
    ],
)
def test_answers_needed(population: int, asked: dict[str, Any], answers: int) -> None:
    assert sample_size(population, **asked) == SampleSize(answers, answers)


def test_nothing_is_rounded_before_the_end() -> None:
    asked = {"design_effect": 1.5, "response_rate": 0.4}
    # 516.76 answers, and 1,291.9 invitations; 517 / 0.4 would be 1,293.
    assert sample_size(5000, **asked) == SampleSize(517, 1292)


def test_a_share_far_from_half_a_higher_confidence_and_few_answers_change_it() -> None:
    assert sample_size(ENDLESS, share=0.1) == SampleSize(139, 139)
    assert sample_size(ENDLESS, confidence=0.9) == SampleSize(271, 271)
    assert sample_size(100, response_rate=0.5) == SampleSize(80, 160)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"population": 0}, "the population has at least one person"),
        ({"margin": 0.0}, "the margin lies between 0 and 1"),
        ({"confidence": 1.0}, "the confidence lies between 0 and 1"),
        ({"share": 1.5}, "the share lies between 0 and 1"),
        ({"design_effect": 0.5}, "the design effect is 1 or more"),
        ({"response_rate": 0.0}, "the response rate lies above 0 and is at most 1"),
        ({"response_rate": 1.1}, "the response rate lies above 0 and is at most 1"),
    ],
)
def test_impossible_wishes_are_told(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sample_size(**{"population": 1000, **wrong})
