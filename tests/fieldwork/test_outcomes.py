from __future__ import annotations

import pytest

from spm_bot.fieldwork.outcomes import ANSWERED, Outcome, of_session, of_silence


@pytest.mark.parametrize(
    ("finished", "answered", "relevant", "outcome"),
    [
        (True, 9, 9, Outcome.COMPLETED),
        (True, 0, 9, Outcome.COMPLETED),
        (False, 5, 9, Outcome.PARTIAL),
        (False, 4, 8, Outcome.PARTIAL),
        (False, 4, 9, Outcome.BREAK_OFF),
        (False, 0, 9, Outcome.BREAK_OFF),
        (False, 0, 0, Outcome.BREAK_OFF),
    ],
)
def test_survey_that_was_begun_counts_by_how_much_was_answered(
    finished: bool, answered: int, relevant: int, outcome: Outcome
) -> None:
    assert of_session(finished=finished, answered=answered, relevant=relevant) is outcome


@pytest.mark.parametrize(
    ("delivered", "reachable", "outcome"),
    [
        (True, True, Outcome.NO_ANSWER),
        (False, True, Outcome.EXPIRED),
        (True, False, Outcome.UNREACHABLE),
        (False, False, Outcome.UNREACHABLE),
    ],
)
def test_silence_counts_by_what_reached_the_phone(delivered: bool, reachable: bool, outcome: Outcome) -> None:
    assert of_silence(delivered=delivered, reachable=reachable) is outcome


def test_completed_and_partial_are_responses() -> None:
    assert {outcome for outcome in Outcome if outcome in ANSWERED} == {Outcome.COMPLETED, Outcome.PARTIAL}
