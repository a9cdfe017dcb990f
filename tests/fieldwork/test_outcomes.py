from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.fieldwork.outcomes import ANSWERED, Outcome, Tally, of_session, of_silence


@pytest.mark.parametrize(
    ("finished", "answered", "relevant", "outcome"),
    [
        (True, 9, 9, Outcome.COMPLETED),
        (True, 1, 9, Outcome.COMPLETED),
        (True, 0, 9, Outcome.BREAK_OFF),
        (True, 0, 0, Outcome.BREAK_OFF),
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


CODES = st.lists(st.sampled_from([*Outcome, None]), max_size=200)
TABLE = Tally(
    delivered=80,
    completed=30,
    partial=5,
    break_off=5,
    refused=10,
    no_answer=28,
    unreachable=6,
    expired=4,
    not_eligible=10,
    open=2,
)


def test_rates_of_a_table_by_their_definitions() -> None:
    assert (TABLE.invited, TABLE.eligible, TABLE.responded) == (100, 90, 50)
    assert TABLE.response_rate_1 == 30 / 90
    assert TABLE.response_rate_2 == 35 / 90
    assert TABLE.cooperation_rate == 35 / 50
    assert TABLE.refusal_rate == 15 / 90
    assert TABLE.contact_rate == 50 / 90
    assert TABLE.delivery_rate == 80 / 100


@given(CODES)
def test_every_invitation_is_in_exactly_one_column(codes: list[Outcome | None]) -> None:
    tally = Tally.of(Counter(codes), delivered=0)
    columns = [getattr(tally, outcome) for outcome in Outcome]
    assert tally.invited == len(codes) == sum(columns) + tally.open
    if codes:
        assert sum(Fraction(column, tally.invited) for column in [*columns, tally.open]) == 1


@given(CODES)
def test_rates_fit_together(codes: list[Outcome | None]) -> None:
    tally = Tally.of(Counter(codes), delivered=0)
    response, contact = tally.response_rate_2, tally.contact_rate
    if response is None or contact is None or tally.refusal_rate is None or tally.response_rate_1 is None:
        assert tally.eligible == 0
        return
    assert 0 <= tally.response_rate_1 <= response <= contact <= 1
    # Whoever reacts either answers or does not want to.
    assert contact == pytest.approx(response + tally.refusal_rate)
    if tally.cooperation_rate is not None:
        assert response == pytest.approx(contact * tally.cooperation_rate)


@given(CODES, CODES)
def test_tables_add_up(some: list[Outcome | None], more: list[Outcome | None]) -> None:
    both = Tally.of(Counter(some), delivered=3) + Tally.of(Counter(more), delivered=4)
    assert both == Tally.of(Counter([*some, *more]), delivered=7)


def test_rates_of_nobody_are_none() -> None:
    nobody = Tally(not_eligible=3)
    rates = (nobody.response_rate_1, nobody.response_rate_2, nobody.refusal_rate, nobody.contact_rate)
    assert (rates, nobody.cooperation_rate, Tally().delivery_rate) == ((None,) * 4, None, None)
