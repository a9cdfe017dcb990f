"""`demo`: what it prints, what it leaves behind, and the folders it keeps its hands off."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path

import pytest

from spm_bot.cli.demonstrate import NOTE, claim
from spm_bot.cli.output import Failure
from spm_bot.fieldwork.outcomes import Outcome
from tests.cli.conftest import Give

SMALL = ("demo", "--clients", "120", "--weeks", "2", "--no-chat")


def assert_that_outcomes_add_up(table: str) -> None:
    """Every invited client stands in exactly one column of how it ended, in every line of the table."""
    names, *lines = [line.split() for line in table.splitlines()]
    for line in lines:
        counts = dict(zip(names, line, strict=False))
        ended = sum(int(counts[name]) for name in (*map(str, Outcome), "open"))
        assert int(counts["invited"]) == ended


def test_demo_prints_the_last_card_and_leaves_files_that_other_commands_read(
    give: Give, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = give(*SMALL)
    assert result.status == 0
    assert result.out.startswith("Client week 44 · 26 Oct–1 Nov · all branches\n")
    out = home / "demo"
    assert sorted(path.name for path in out.iterdir()) == [
        NOTE,
        "digest-2026-W44-branches.png",
        "digest-2026-W44.json",
        "digest-2026-W44.pdf",
        "digest-2026-W44.txt",
        "digest-2026-W44.xlsx",
        "institution.yaml",
        "spm.db",
        "spm.db.key",
        "weeks",
    ]
    card, outcomes = result.out.split(
        "\n\nHow every invitation ended, by round; rates as AAPOR defines them\n"
    )
    assert (out / "digest-2026-W44.txt").read_text(encoding="utf-8") == f"{card}\n"
    assert_that_outcomes_add_up(outcomes)
    assert json.loads((out / "digest-2026-W44.json").read_text(encoding="utf-8"))["week"] == "2026-W44"
    assert sorted(path.name for path in (out / "weeks").iterdir()) == [
        "digest-2026-W43.txt",
        "digest-2026-W44.txt",
    ]
    assert "No wording is reviewed: the demo signs them itself" in result.err
    monkeypatch.setenv("SPM_DATABASE_URL", "sqlite+aiosqlite:///demo/spm.db")
    monkeypatch.setenv("SPM_INSTITUTION", "demo/institution.yaml")
    assert give("digest", "--week", "2026-W44").out == f"{card}\n"
    assert (
        "SPM_DATABASE_URL=sqlite+aiosqlite:///demo/spm.db SPM_INSTITUTION=demo/institution.yaml" in result.err
    )


class Terminal(StringIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "asked"), [("n\n", False), ("\n5\n", True)])
def test_demo_at_a_terminal_offers_a_survey(
    give: Give, home: Path, monkeypatch: pytest.MonkeyPatch, typed: str, asked: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(typed))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    result = give("demo", "--clients", "120", "--weeks", "1")
    assert result.status == 0
    assert "Would you like to answer a survey yourself? [Enter] yes, n no: " in result.out
    assert ("how happy were you with our service?" in result.out) is asked
    assert ("How likely are you to tell a friend" in result.out) is asked


def test_demo_with_fewer_clients_than_its_branches_need_is_not_understood(give: Give) -> None:
    result = give("demo", "--clients", "119")
    assert (result.status, result.out) == (2, "")
    assert "must be 120 or more" in result.err


def test_demo_refuses_a_folder_with_other_things_in_one_line(give: Give, home: Path) -> None:
    (home / "papers").mkdir()
    (home / "papers" / "notes.txt").write_text("mine", encoding="utf-8")
    result = give(*SMALL, "--out", "papers")
    assert (result.status, result.out) == (1, "")
    assert result.err == (
        "spm-bot: papers holds notes.txt, which no demo made: choose another folder with --out\n"
    )
    assert (home / "papers" / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_claim_clears_what_a_former_demo_left(tmp_path: Path) -> None:
    claim(tmp_path / "new")
    for name in ("spm.db", "spm.db-wal", "spm.db.key", "digest-2026-W44.png", "institution.yaml"):
        (tmp_path / "new" / name).touch()
    (tmp_path / "new" / "weeks").mkdir()
    (tmp_path / "new" / "weeks" / "digest-2026-W43.txt").touch()
    claim(tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == [NOTE]


def test_claim_keeps_off_a_real_bots_folder(tmp_path: Path) -> None:
    # The same names, but no demo has signed for them: somebody's data may be in there.
    for name in ("institution.yaml", "spm.db", "spm.db.key"):
        (tmp_path / name).touch()
    with pytest.raises(Failure, match=r"holds institution\.yaml, which no demo made"):
        claim(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_claim_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").touch()
    with pytest.raises(Failure, match="is a file: choose a folder with --out"):
        claim(tmp_path / "demo")
