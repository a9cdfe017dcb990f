"""The board's pages and the report on standards, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Give


def test_board_pages_of_a_quarter_are_two_files(give: Give, home: Path) -> None:
    result = give("digest", "--quarter", "2026-Q3", "--out", "board")
    assert (result.status, result.out, result.err) == (
        0,
        "",
        "written: board-2026-Q3.pdf and .json in board\n",
    )
    files = {file.name: file.read_bytes() for file in (home / "board").iterdir()}
    assert sorted(files) == ["board-2026-Q3.json", "board-2026-Q3.pdf"]
    assert files["board-2026-Q3.pdf"].startswith(b"%PDF")


def test_board_of_a_quarter_as_data(give: Give) -> None:
    data = give("digest", "--quarter", "2026-Q3", "--json").data
    assert (data["quarter"], data["first"], data["last"]) == ("2026-Q3", "2026-07-01", "2026-09-30")
    assert data["digest"]["week"] == "2026-W39"


def test_standards_of_a_quarter_are_a_workbook(give: Give, home: Path) -> None:
    result = give("report", "standards", "--quarter", "2026-Q3", "--out", "standards.xlsx")
    assert (result.status, result.out, result.err) == (0, "", "written: standards.xlsx\n")
    assert (home / "standards.xlsx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize("command", [("digest", "--json"), ("report", "standards", "--out", "file.xlsx")])
@pytest.mark.parametrize(
    ("quarter", "complaint"),
    [
        ("2026-Q5", "'2026-Q5' is not a quarter: write it as 2026-Q3"),
        ("third", "'third' is not a quarter: write it as 2026-Q3"),
        ("2999-Q4", "2999-Q4 is not over: it ends on 2999-12-31"),
    ],
)
def test_quarter_there_is_not_yet_or_never(
    give: Give, command: tuple[str, ...], quarter: str, complaint: str
) -> None:
    result = give(*command, "--quarter", quarter)
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ((), "the board's pages are a file: say where with --out DIR, or take --json"),
        (
            ("--branch", "BUN"),
            "the board's pages are for the whole institution and are not sent: leave out that option",
        ),
        (
            ("--hand-out",),
            "the board's pages are for the whole institution and are not sent: leave out that option",
        ),
    ],
)
def test_board_pages_want_a_place_and_no_branch(give: Give, options: tuple[str, ...], complaint: str) -> None:
    result = give("digest", "--quarter", "2026-Q3", *options)
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")


def test_standards_report_is_a_workbook_and_is_called_so(give: Give) -> None:
    result = give("report", "standards", "--quarter", "2026-Q3", "--out", "report.txt")
    complaint = "report.txt: the report is a workbook: give it a name that ends in .xlsx"
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")
