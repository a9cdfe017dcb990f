"""The decision log on the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from spm_bot.analytics.commitments import Lever, Outcome
from spm_bot.app import opened
from spm_bot.settings import load_settings
from spm_bot.storage import decisions
from tests.cli.conftest import Give
from tests.seed import DRAFT

MADE = datetime(2020, 1, 6, 8, tzinfo=UTC)
OLD = replace(DRAFT, due_on=date(2020, 2, 3), check_on=date(2020, 5, 4))


@pytest.fixture
def log(home: Path) -> None:
    """Four decisions: late, done, closed, and one of all branches that is due some day."""
    whole = replace(OLD, branch="", due_on=date(2999, 1, 1), lever=Lever.NO_ACTION, reason="It is the season")
    for draft in (OLD, OLD, OLD, whole):
        _write(partial(decisions.write, draft=draft, by="s1", at=MADE))
    _write(partial(decisions.review, number=2, at=MADE, done=True))
    _write(partial(decisions.review, number=3, at=MADE, outcome=Outcome.NOT_MET))


def _write(work: Callable[..., Any]) -> None:
    async def run() -> None:
        async with opened(load_settings()) as store:
            await store.write(work)

    asyncio.run(run())


def test_list_shows_how_each_decision_stands(give: Give, log: None) -> None:
    rows = give("decisions", "list", "--json").data
    assert [(row["number"], row["branch"], row["state"], row["unreviewed"]) for row in rows] == [
        (1, "BUN", "late", True),
        (2, "BUN", "done", True),
        (3, "BUN", "not met", False),
        (4, "", "open", True),
    ]
    assert rows[0]["decision"] == "No second loan beside a running one"
    assert (rows[0]["due_on"], rows[0]["lever"], rows[3]["reason"]) == (
        "2020-02-03",
        "credit policy",
        "It is the season",
    )
    table = give("decisions", "list").out.splitlines()
    assert table[0].split() == [
        *("number", "made_on", "branch", "indicator", "lever", "owner", "due_on", "check_on", "state")
    ]
    assert table[1].split()[-1] == "late"


def test_list_of_one_branch_is_audited_without_words(give: Give, log: None) -> None:
    assert [row["number"] for row in give("decisions", "list", "--branch", "BUN", "--json").data] == [1, 2, 3]
    assert give("decisions", "list", "--branch", "BUS", "--json").data == []
    lines = give("audit", "list", "--event", "decisions_listed", "--json").data
    assert [line["detail"] for line in lines] == ["branch=BUN", "branch=BUS"]


def test_unknown_branch_is_refused(give: Give) -> None:
    refused = give("decisions", "list", "--branch", "XXX")
    assert refused.status == 1
    assert refused.err.startswith("spm-bot: there is no branch 'XXX': there are ")
