from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.analytics.breakdowns import Breakdown, Row
from spm_bot.analytics.commitments import (
    Commitment,
    Commitments,
    Decision,
    Lever,
    Outcome,
    came,
    commitments,
    is_late,
    is_unreviewed,
    owed,
)
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Aim, AimKind, Figure
from spm_bot.analytics.measures import End, Exact, Measure, Rough
from spm_bot.analytics.objectives import Standing

MADE = date(2026, 8, 3)
TODAY = date(2026, 11, 30)
LAST_WEEK = date(2026, 11, 23)
LINE = Decision(
    week="2026-W31",
    branch="",
    indicator="DST5",
    value=0.24,
    low=0.20,
    high=0.29,
    lever=Lever.CREDIT_POLICY,
    decision="No second loan beside a running one",
    reason="",
    owner="Head of credit",
    due_on=date(2026, 8, 31),
    expected=0.18,
    check_on=date(2026, 11, 30),
    money="about 1 % fewer loans",
    effect="Fewer pay one loan with another",
    harms=False,
    approver="",
    number=3,
    made_on=MADE,
    reviewed_on=date(2026, 11, 20),
)


def exact(low: float, high: float) -> Exact:
    return Exact(n=300, value=(low + high) / 2, low=low, high=high, effective=300)


def figure(indicator: str, now: Measure | None, *, standing: Standing = Standing.MET) -> Figure:
    aim = Aim(AimKind.LIMIT, 0.15, standing)
    return Figure(indicator, window=None, now=now, before=None, verdict=None, aims=(aim,))


@pytest.mark.parametrize(
    ("measure", "expected", "outcome"),
    [
        (exact(0.12, 0.18), 0.18, Outcome.MET),
        (exact(0.12, 0.181), 0.18, Outcome.UNCLEAR),
        (exact(0.18, 0.22), 0.18, Outcome.UNCLEAR),
        (exact(0.181, 0.22), 0.18, Outcome.NOT_MET),
        (Rough(20, End.LOW), 0.18, Outcome.UNCLEAR),
        (None, 0.18, Outcome.UNCLEAR),
        (exact(0.12, 0.18), None, None),
    ],
)
def test_whole_range_must_reach_what_was_expected(
    measure: Measure | None, expected: float | None, outcome: Outcome | None
) -> None:
    assert came(replace(LINE, expected=expected), measure) is outcome


@given(low=st.floats(0, 1), width=st.floats(0, 1), expected=st.floats(0, 1))
def test_what_should_rise_is_told_the_other_way_round(low: float, width: float, expected: float) -> None:
    high = min(1.0, low + width)
    down = came(replace(LINE, expected=-expected), exact(-high, -low))
    up = came(replace(LINE, indicator="SAT3", expected=expected), exact(low, high))
    assert down is not None
    assert up is down


def test_late_is_what_nobody_said_is_done() -> None:
    due = replace(LINE, due_on=TODAY)
    assert not is_late(due, today=TODAY)
    assert is_late(due, today=TODAY + timedelta(days=1))
    assert not is_late(replace(due, done_on=TODAY), today=TODAY + timedelta(days=1))
    assert not is_late(replace(due, outcome=Outcome.UNCLEAR), today=TODAY + timedelta(days=1))


def test_unreviewed_is_what_nobody_looked_at_for_28_days() -> None:
    looked = replace(LINE, reviewed_on=TODAY - timedelta(days=27))
    assert not is_unreviewed(looked, today=TODAY)
    assert is_unreviewed(looked, today=TODAY + timedelta(days=1))
    assert not is_unreviewed(replace(looked, outcome=Outcome.MET), today=TODAY + timedelta(days=1))


def test_breached_limit_is_owed_a_line() -> None:
    over = [
        figure("DST5", exact(0.2, 0.3), standing=Standing.NOT_MET),
        figure("SAT3", exact(0.8, 0.9), standing=Standing.TOO_CLOSE),
    ]
    closed = replace(LINE, outcome=Outcome.NOT_MET, outcome_on=TODAY)
    just = replace(closed, made_on=TODAY - timedelta(weeks=13) + timedelta(days=1))
    assert list(owed([], figures=over, today=TODAY)) == ["DST5"]
    assert list(owed([LINE], figures=over, today=TODAY)) == []
    assert list(owed([just], figures=over, today=TODAY)) == []
    assert list(owed([closed], figures=over, today=TODAY)) == ["DST5"]
    assert list(owed([replace(LINE, indicator="DST2")], figures=over, today=TODAY)) == ["DST5"]


def test_digest_shows_open_lines_and_those_closed_since_the_last_one() -> None:
    branch = replace(
        LINE,
        number=4,
        branch="BUN",
        check_on=TODAY + timedelta(days=1),
        due_on=TODAY + timedelta(days=1),
        expected=0.1,
        reviewed_on=TODAY - timedelta(days=28),
    )
    fresh = replace(LINE, number=5, outcome=Outcome.NOT_MET, outcome_on=LAST_WEEK + timedelta(days=1))
    shown_before = replace(LINE, number=6, outcome=Outcome.MET, outcome_on=LAST_WEEK)
    undated = replace(LINE, number=7, outcome=Outcome.MET, outcome_on=None)
    found = commitments(
        [undated, shown_before, fresh, branch, LINE],
        figures=[figure("DST5", exact(0.10, 0.17), standing=Standing.NOT_MET)],
        since=LAST_WEEK,
        today=TODAY,
        scope=None,
        said=["The doors open at 8"],
    )
    first = Commitment(
        number=3,
        made_in="2026-W31",
        branch=None,
        indicator="DST5",
        since=0.24,
        lever=Lever.CREDIT_POLICY,
        decision="No second loan beside a running one",
        reason="",
        owner="Head of credit",
        due_on="2026-08-31",
        expected=0.18,
        check_on="2026-11-30",
        money="about 1 % fewer loans",
        effect="Fewer pay one loan with another",
        outcome=Outcome.MET,
        late=True,
        unreviewed=False,
    )
    second = replace(
        first,
        number=4,
        branch="BUN",
        due_on="2026-12-01",
        check_on="2026-12-01",
        expected=0.1,
        outcome=None,
        late=False,
        unreviewed=True,
    )
    third = replace(first, number=5, outcome=Outcome.NOT_MET, late=False)
    assert found == Commitments(
        open=2, late=1, rows=(first, second, third), owed=(), said=("The doors open at 8",)
    )


def test_branch_sees_its_own_lines_and_is_measured_by_its_own_row() -> None:
    own = replace(LINE, number=9, branch="BUN", done_on=MADE)
    tables = [
        Breakdown(Dimension.BRANCH, "DST5", (Row("BUN", "Bungoma", hidden=False, now=exact(0.25, 0.4)),)),
        Breakdown(Dimension.PRODUCT, "DST5", (Row("BUN", "No branch", hidden=False, now=exact(0.0, 0.1)),)),
    ]
    found = commitments(
        [LINE, own, replace(LINE, branch="BUS")],
        figures=[],
        breakdowns=tables,
        since=LAST_WEEK,
        today=TODAY,
        scope="BUN",
    )
    assert [(row.number, row.branch, row.outcome) for row in found.rows] == [(9, "BUN", Outcome.NOT_MET)]
    assert (found.open, found.late, found.owed) == (1, 0, ())


def test_decision_for_one_branch_answers_for_no_other_place() -> None:
    breached = figure("DST5", exact(0.20, 0.30), standing=Standing.NOT_MET)
    assert list(owed([replace(LINE, branch="BUN")], figures=[breached], today=TODAY)) == ["DST5"]
    assert list(owed([LINE], figures=[breached], today=TODAY)) == []
