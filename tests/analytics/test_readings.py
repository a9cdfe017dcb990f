from dataclasses import replace

import numpy as np

from spm_bot.analytics.readings import ordinal
from spm_bot.analytics.windows import Window
from spm_bot.times import Week
from tests.analytics.gathered import Response, column, gathered

WEEK = Week(2026, 44)
WEEKS = Window("2026-W43", "2026-W44")


def test_split_keeps_every_code_and_the_order_of_places() -> None:
    codes = column(["b", "a", "b", "c", "a"])
    found = codes.split(np.array([4, 0, 2, 1]))
    assert {code: places.tolist() for code, places in found.items()} == {"a": [4, 1], "b": [0, 2], "c": []}
    assert column([]).split(np.empty(0, dtype=np.int64)) == {}


def test_of_a_code_that_nobody_has() -> None:
    assert column(["a", "b"]).of("b").tolist() == [False, True]
    assert not column(["a", "b"]).of("z").any()


def test_respondents_count_once_with_their_last_response() -> None:
    early = Response(WEEK.previous(), person=1)
    found = gathered(
        [
            early,
            replace(early, person=2),
            replace(early, person=3, week=WEEK.minus(2)),
            replace(early, week=WEEK),
            replace(early, person=2, survey="client_satisfaction", week=WEEK),
        ]
    )
    assert len(found) == 5
    assert found.respondents("debt_stress", WEEKS).tolist() == [1, 3]
    assert found.respondents("client_satisfaction", WEEKS).tolist() == [4]


def test_answered_leaves_out_who_was_not_scored() -> None:
    found = gathered([Response(WEEK, values={"DST5": value}) for value in (1.0, None, 0.0)])
    assert found.answered("DST5", WEEKS).tolist() == [0, 2]
    assert found.answering("DST5", np.array([1, 2])).tolist() == [2]
    assert found.unscored["DST5"].tolist() == [False, True, False]
    assert found.answered("DST1", WEEKS).tolist() == []


def test_ordinal_runs_on_over_the_turn_of_the_year() -> None:
    assert ordinal("2027-W01") - ordinal("2026-W53") == 1
