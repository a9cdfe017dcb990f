"""`export responses` as an administrator gives it."""

from __future__ import annotations

import asyncio
import csv
from functools import partial
from pathlib import Path

import pytest
from openpyxl import load_workbook

from spm_bot.app import opened
from spm_bot.settings import load_settings
from tests.cli.conftest import Give
from tests.usecases.test_export_responses import fill
from tests.usecases.test_respond_rows import SATISFACTION, STRESS


async def _fill(count: int) -> None:
    async with opened(load_settings()) as store:
        await store.write(partial(fill, count=count, survey="client_satisfaction", said=SATISFACTION))
        await store.write(partial(fill, count=30, survey="debt_stress", said=STRESS, branch="BUS"))


@pytest.fixture
def answered(give: Give, home: Path) -> Give:
    asyncio.run(_fill(12))
    return give


def test_csv_comes_with_its_codebook_and_notes(answered: Give, home: Path) -> None:
    done = answered("export", "responses", "--out", "answers.csv", "--survey", "client_satisfaction")
    assert (done.status, done.err.splitlines()[-2]) == (
        0,
        "12 responses: answers.csv, answers.codebook.csv, answers.read-me.csv",
    )
    with (home / "answers.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert (len(lines), lines[0]["cs4"], lines[0]["week_begins"]) == (12, "always", "2026-11-23")
    assert (home / "answers.csv").stat().st_mode & 0o777 == 0o600


def test_workbook_has_a_sheet_a_table(answered: Give, home: Path) -> None:
    done = answered("export", "responses", "--format", "xlsx", "--out", "answers.xlsx", "--json")
    assert done.data == {"responses": 42, "files": ["answers.xlsx"]}
    assert load_workbook(home / "answers.xlsx").sheetnames == [
        *("read me", "client_satisfaction", "debt_stress", "codebook"),
    ]


def test_every_export_is_in_the_audit_log(answered: Give) -> None:
    answered("export", "responses", "--out", "answers.csv", "--week", "2026-W48")
    [line] = answered("audit", "list", "--event", "responses_exported", "--json").data
    assert line["detail"].startswith("files=answers.csv:")
    assert line["detail"].endswith("responses=42 survey=None weeks=2026-W48..2026-W48")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--survey", "nothing"), "there is no survey 'nothing': take one of branch_visit, client_exit"),
        (("--week", "47"), "'47' is not a week: write it as 2026-W47"),
        (("--from", "2026-W10", "--to", "2026-W02"), "2026-W10 comes after 2026-W02: swap --from and --to"),
        (("--labels", "xx"), "labels are there in en, fr, es, sw, hi, ar, not in 'xx'"),
        (("--week", "2026-W02"), "fewer than 10 people answered: nothing leaves (take more weeks"),
        (("--out", "missing/answers.csv"), "missing/answers.csv: cannot be written (no such file"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_no_file(
    answered: Give, home: Path, given: tuple[str, ...], told: str
) -> None:
    before = sorted(path.name for path in home.iterdir() if not path.name.startswith("spm.db"))
    done = answered("export", "responses", "--out", "answers.csv", *given)
    assert (done.status, len(done.err.splitlines())) == (1, 1)
    assert done.err.startswith(f"spm-bot: {told}")
    assert sorted(path.name for path in home.iterdir() if not path.name.startswith("spm.db")) == before
