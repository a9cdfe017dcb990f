from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from spm_bot.fieldwork.audience import Candidate
from spm_bot.fieldwork.contact_rules import History
from spm_bot.fieldwork.sampling import draw, is_due, panel_week

CROWD = [
    Candidate(n, n, "BUN", "active", 1985, True, False, True, True, "en", False, History())
    for n in range(100)
]


@given(st.integers(1, 10**9), st.integers(0, 2**31), st.integers(1, 104))
def test_turn_lies_within_the_cycle_and_never_moves(client: int, seed: int, weeks: int) -> None:
    turn = panel_week(client, seed=seed, cycle_weeks=weeks)
    assert 0 <= turn < weeks
    assert panel_week(client, seed=seed, cycle_weeks=weeks) == turn


def test_turns_are_spread_evenly() -> None:
    weeks, clients = 26, 26_000
    found = Counter(panel_week(client, seed=7, cycle_weeks=weeks) for client in range(clients))
    # Chi-squared with 25 degrees of freedom exceeds 52.6 in one draw of a thousand; this one is fixed.
    expected = clients / weeks
    assert sum((count - expected) ** 2 / expected for count in found.values()) < 52.6


def test_another_seed_spreads_otherwise() -> None:
    one, other = ([panel_week(client, seed=seed, cycle_weeks=26) for client in range(100)] for seed in (1, 2))
    assert one != other


@given(st.integers(1, 10**6), st.integers(0, 2**31), st.integers(1, 60), st.integers(0, 4))
def test_client_is_due_from_their_week_to_the_end_of_each_cycle(
    client: int, seed: int, weeks: int, cycle: int
) -> None:
    turn = panel_week(client, seed=seed, cycle_weeks=weeks)
    due = [
        is_due(client, seed=seed, cycle_weeks=weeks, weeks_since_start=cycle * weeks + week)
        for week in range(weeks)
    ]
    assert due == [week >= turn for week in range(weeks)]


@given(st.integers(0, 120), st.integers(0, 2**31))
def test_sample_is_as_large_as_asked_without_repeats_and_in_order(size: int, seed: int) -> None:
    sample = draw(CROWD, size=size, rng=Random(seed))
    assert len(sample) == min(size, len(CROWD))
    clients = [each.client for each in sample]
    assert clients == sorted(set(clients))
    assert draw(CROWD, size=size, rng=Random(seed)) == sample


def test_everybody_is_drawn_equally_often() -> None:
    rng = Random(1)
    counts = Counter(each.client for _ in range(2000) for each in draw(CROWD, size=10, rng=rng))
    # Of 2,000 draws of 1 in 10, each expects 200 with a deviation of 13.4.
    assert all(200 - 5 * 13.4 < counts[client] < 200 + 5 * 13.4 for client in range(100))
