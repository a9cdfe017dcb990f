"""Random conversations with the whole bot on a real database, with restarts between them.

Taps may be stale, updates come twice, messages are edited, the clock jumps, the bot dies and comes back: no
answer is lost or doubled, and every conversation ends. `make test-long` walks ten times as far.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings

from tests.stage.moves import Plan, plans_for
from tests.stage.town import Town, opened_town
from tests.stage.walk import Walk

CHUNK = 50
CHUNKS = max(int(os.environ.get("SPM_WALKS", "500")) // CHUNK, 1)
SURVEYS = (
    "debt_stress",
    "client_satisfaction",
    "client_outcomes",
    "debt_stress",
    "client_exit",
    "branch_visit",
)
UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.fixture
def town(tmp_path: Path, filled_sqlite: Path) -> Iterator[Town]:
    with opened_town(tmp_path, filled_sqlite) as town:
        yield town


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_walk_through_the_whole_bot_keeps_every_promise_and_ends(town: Town, chunk: int) -> None:
    # The seed makes a failure the same one everywhere; no example is kept, so no run depends on another.
    @seed(chunk)
    @settings(max_examples=CHUNK, deadline=None, database=None, suppress_health_check=UNHURRIED)
    @given(plan=plans_for(SURVEYS[chunk % len(SURVEYS)]))
    def conversations(plan: Plan) -> None:
        walk = Walk.begin(town, plan)
        for move in plan.moves:
            walk.makes(move)
        walk.ends()

    conversations()
