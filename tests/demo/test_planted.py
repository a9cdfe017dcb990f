"""What the demo plants, its digests find: half a year of a made-up institution, week by week."""

from __future__ import annotations

from pathlib import Path

import pytest

from spm_bot.analytics.actions import ActionKind
from spm_bot.analytics.digest import Digest, from_json
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.disclosure import proven_safe
from spm_bot.cli import main
from spm_bot.demo.agenda import HARD_WEEKS, LAST_WEEK

WEEKS = 30
"""Of the demo as it is, without any option."""
TINY = ("SIA", "WEB")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("planted") / "demo"
    status = main(["demo", "--out", str(out), "--no-chat"])
    assert status == 0
    return out


@pytest.fixture(scope="module")
def digest(folder: Path) -> Digest:
    return from_json((folder / f"digest-{LAST_WEEK}.json").read_text(encoding="utf-8"))


def test_the_branch_in_trouble_is_found(digest: Digest) -> None:
    assert (digest.action.kind, digest.action.branch) == (ActionKind.BRANCH_WORSE, "BUN")


def test_the_tiny_branches_are_hidden_and_cannot_be_worked_out(digest: Digest) -> None:
    """Whatever the others show, each hidden count may be any of ten or more."""
    for table in digest.breakdowns:
        if table.dimension is not Dimension.BRANCH or not table.rows:
            continue
        figure = digest.figure(table.indicator)
        assert figure is not None
        hidden = frozenset(row.code for row in table.rows if row.window != figure.window)
        assert set(TINY) <= hidden
        if figure.now is None:
            continue
        shown = {row.code: row.now.n for row in table.rows if row.code not in hidden and row.now is not None}
        left = figure.now.n - sum(shown.values())
        counts = {**shown, **dict.fromkeys(hidden, 0), TINY[0]: left}
        assert proven_safe((counts,), hidden=hidden, minimum=digest.minimum_cell)


def test_calm_weeks_ask_for_nothing(folder: Path) -> None:
    """From the first full 13 weeks until the branch gets into trouble."""
    for ago in range(WEEKS - 13, HARD_WEEKS - 1, -1):
        text = (folder / "weeks" / f"digest-{LAST_WEEK.minus(ago)}.txt").read_text(encoding="utf-8")
        assert text.splitlines()[1] == "Nothing needs action."


def test_everything_is_drawn(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    endings = (".txt", ".json", ".pdf", ".xlsx", "-branches.png", "-weeks.png")
    assert {f"digest-{LAST_WEEK}{ending}" for ending in endings} <= names
