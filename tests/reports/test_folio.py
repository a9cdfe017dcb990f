"""What is drawn from a digest, and the files it is written to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from spm_bot.analytics.digest import Digest, from_json
from spm_bot.reports.folio import Folio, folio, named, write_folio
from spm_bot.texts import voice
from tests.reports.samples import figures, full_digest

DRAWN = Folio(card="Card", picture=b"branches", line=b"weeks", pages=b"pages", workbook=b"book")


def with_points(count: int) -> Digest:
    """The full digest with so many weeks in the line of its leading figure, and none in the others."""
    first, *others = (replace(figure, line=figure.line[:count]) for figure in figures()[:3])
    return full_digest(figures=(first, *(replace(figure, line=()) for figure in others)))


@pytest.mark.parametrize(("count", "drawn"), [(2, False), (3, True)])
def test_line_is_drawn_from_three_weeks(count: int, drawn: bool) -> None:
    found = folio(with_points(count), voice("en"))
    assert (found.line is not None) is drawn
    assert found.picture.startswith(b"\x89PNG")
    assert found.pages.startswith(b"%PDF")
    assert found.workbook.startswith(b"PK")
    assert found.card


@pytest.mark.parametrize("line", [b"weeks", None])
@pytest.mark.parametrize("scope", [None, "BUN"])
def test_exactly_the_files_named_are_written(tmp_path: Path, scope: str | None, line: bytes | None) -> None:
    digest = full_digest(scope=scope)
    folder = tmp_path / "new" / "folder"
    write_folio(folder, digest, replace(DRAWN, line=line))
    name = f"digest-{digest.week}" if scope is None else f"digest-{digest.week}-BUN"
    assert named(digest) == name
    wanted = {
        f"{name}.txt": b"Card\n",
        f"{name}-branches.png": b"branches",
        f"{name}.pdf": b"pages",
        f"{name}.xlsx": b"book",
    }
    if line is not None:
        wanted[f"{name}-weeks.png"] = line
    found = {file.name: file.read_bytes() for file in folder.iterdir()}
    body = found.pop(f"{name}.json").decode()
    assert found == wanted
    assert from_json(body) == digest
