from __future__ import annotations

from array import array
from collections import Counter
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from spm_bot.fieldwork.sampling import delay, draw_strata, latest_turn, panel_week


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
        latest_turn(client, seed=seed, cycle_weeks=weeks, weeks_since_start=cycle * weeks + week)
        for week in range(weeks)
    ]
    assert due == [cycle * weeks + turn if week >= turn else None for week in range(weeks)]


FRAME = {"BUN": array("q", range(1, 41)), "BUS": array("q", range(101, 121)), "KIS": array("q", [200])}
PLACES = {"BUN": 10, "BUS": 5, "KIS": 1}


@given(st.integers(0, 2**31), st.integers(0, 45), st.integers(0, 25))
def test_each_stratum_gives_its_places_or_everybody(seed: int, bun: int, bus: int) -> None:
    places = {"BUN": bun, "BUS": bus, "gone": 3}
    drawn = draw_strata(FRAME, places, rng=Random(seed))
    assert len({client for client, _ in drawn}) == len(drawn)
    assert all(client in FRAME[stratum] for client, stratum in drawn)
    found = Counter(stratum for _, stratum in drawn)
    assert found == Counter({"BUN": min(bun, 40), "BUS": min(bus, 20)})


def test_the_same_seed_draws_the_same_sample_and_another_another() -> None:
    one, same, other = (draw_strata(FRAME, PLACES, rng=Random(seed)) for seed in ("7:0", "7:0", "8:0"))
    assert one == same
    assert {client for client, _ in one} != {client for client, _ in other}


def test_everybody_of_a_stratum_is_drawn_equally_often() -> None:
    rounds = 4_000
    counts = Counter(
        client for seed in range(rounds) for client, _ in draw_strata(FRAME, PLACES, rng=Random(seed))
    )
    for stratum, limit in (("BUN", 72.1), ("BUS", 43.9)):
        # Chi-squared with 39 and 19 degrees of freedom exceeds the limit in one of a thousand; without
        # replacement its spread is smaller by the share that is left out, and these seeds are fixed.
        people = FRAME[stratum]
        expected = rounds * PLACES[stratum] / len(people)
        spread = expected * (1 - PLACES[stratum] / len(people))
        assert sum((counts[client] - expected) ** 2 / spread for client in people) < limit
    assert counts[200] == rounds


def test_first_places_of_the_order_are_nobodys() -> None:
    firsts = Counter(draw_strata(FRAME, PLACES, rng=Random(seed))[0][1] for seed in range(1_600))
    # 1,000, 500 and 100 are expected, with deviations of at most 20.
    assert [abs(firsts[stratum] - 100 * places) < 80 for stratum, places in PLACES.items()] == [True] * 3


@given(st.integers(1, 10**9), st.integers(0, 2**31))
def test_delay_lies_within_the_spread_and_never_moves(client: int, seed: int) -> None:
    spread = timedelta(hours=48)
    at = delay(client, seed=seed, spread=spread)
    assert timedelta(0) <= at < spread
    assert delay(client, seed=seed, spread=spread) == at
    assert delay(client, seed=seed, spread=timedelta(0)) == timedelta(0)


def test_delays_are_spread_evenly() -> None:
    spread = timedelta(hours=24)
    found = Counter(delay(client, seed=7, spread=spread) // timedelta(hours=1) for client in range(24_000))
    # Chi-squared with 23 degrees of freedom exceeds 49.7 in one draw of a thousand; this one is fixed.
    assert sum((found[hour] - 1000) ** 2 / 1000 for hour in range(24)) < 49.7
