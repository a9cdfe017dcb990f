"""The codebook of an export: what each column is, what each code means, and what was left out and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spm_bot.reports.extract import Cell, Column, Sheet

_COLUMNS = (
    Column("table", "text", "the table in which the column stands"),
    Column("column", "text", "its name"),
    Column("kind", "text", "of the question; label, tick and segment are made from it; export is ours"),
    Column("meaning", "text", "the question as it was asked, or what the column says"),
    Column("code", "text", "a value that may stand in it"),
    Column("label", "text", "what that value means"),
    Column("versions", "text", "the versions of the survey that asked it"),
)
_NOTES = (Column("note", "text", "how to read this export"),)


def codebook(sheets: Sequence[Sheet]) -> Sheet:
    """A line a column, and one more a code."""
    return Sheet("codebook", _COLUMNS, [line for sheet in sheets for line in _lines(sheet)])


def notes(lines: Sequence[str]) -> Sheet:
    """What whoever opens the export reads first."""
    return Sheet("read me", _NOTES, [(line,) for line in lines])


def _lines(sheet: Sheet) -> Iterator[tuple[Cell, ...]]:
    for column in sheet.columns:
        about = (sheet.name, column.name, column.kind, column.meaning)
        versions = " ".join(version[:8] for version in column.versions)
        yield (*about, None, None, versions)
        for code, label in column.codes:
            yield (*about[:2], None, None, code, label, None)
