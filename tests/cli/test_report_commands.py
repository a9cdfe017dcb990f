"""The digest of a week on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from spm_bot.times import Week
from tests.cli.conftest import Give

PNG = b"\x89PNG"
NEWEST = Week.of(datetime.now(UTC), ZoneInfo("Africa/Nairobi")).previous()


def test_digest_of_a_quiet_week_prints_its_card(give: Give) -> None:
    result = give("digest", "--week", "2026-W47")
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("Client week 47 · 16–22 Nov · all branches\n")
    assert "Who we heard: nobody was asked in the last 13 weeks." in result.out


def test_digest_as_files_and_as_data_is_one_value(give: Give, home: Path) -> None:
    out = home / "digests" / "w47"
    result = give("digest", "--week", "2026-W47", "--branch", "BUN", "--out", str(out), "--json")
    assert result.status == 0
    assert sorted(file.name for file in out.iterdir()) == [
        "digest-2026-W47-BUN-branches.png",
        "digest-2026-W47-BUN.json",
        "digest-2026-W47-BUN.pdf",
        "digest-2026-W47-BUN.txt",
        "digest-2026-W47-BUN.xlsx",
    ]
    assert json.loads((out / "digest-2026-W47-BUN.json").read_text(encoding="utf-8")) == result.data
    assert (out / "digest-2026-W47-BUN-branches.png").read_bytes().startswith(PNG)
    assert (out / "digest-2026-W47-BUN.txt").read_text(encoding="utf-8") == (
        give("digest", "--week", "2026-W47", "--branch", "BUN").out
    )


def test_digest_is_handed_out_though_nobody_manages(give: Give) -> None:
    result = give("digest", "--week", "2026-W47", "--hand-out")
    assert (result.status, result.out, result.err) == (
        0,
        "",
        "the digests of 2026-W47 are stored and on their way\n",
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--week", "last"), "'last' is not a week: write it as 2026-W47"),
        (("--week", "2026-W54"), "there is no week 54 in 2026"),
        (("--week", "2026-47"), "'2026-47' is not a week: write it as 2026-W47"),
        (
            ("--week", "2999-W01"),
            f"2999-W01 is not over: the newest digest there can be is that of {NEWEST}",
        ),
        (("--week", "2026-W47", "--branch", "XXX"), "there is no branch 'XXX' in the institution file"),
    ],
)
def test_digest_of_what_there_is_not(give: Give, arguments: tuple[str, ...], complaint: str) -> None:
    result = give("digest", *arguments)
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")


def test_digest_that_cannot_be_written(give: Give, home: Path) -> None:
    (home / "digests").write_text("a file is in the way", encoding="utf-8")
    result = give("digest", "--week", "2026-W47", "--out", "digests")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        "spm-bot: digests: cannot be written: file exists\n",
    )


@pytest.mark.parametrize("option", [("--out", "digests"), ("--branch", "BUN"), ("--json",)])
def test_handing_out_goes_to_every_manager_alone(give: Give, option: tuple[str, ...]) -> None:
    result = give("digest", "--week", "2026-W47", "--hand-out", *option)
    complaint = "--hand-out sends every manager their own: leave out --out, --branch and --json"
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")
