from __future__ import annotations

from datetime import date

from spm_bot.reports.binding import Block, Tab, bound
from spm_bot.texts import voice
from tests.reports.books import opened


def test_names_that_spreadsheets_refuse_are_made_fit() -> None:
    """A translation may give two sheets one name, or signs that a name may not have."""
    names = ("a/b [c]", "A b C", "'x'", "?", "n" * 40)
    tabs = [Tab(name, (Block([["text"]]),)) for name in names]
    book = opened(bound(tabs, voice("en"), title="t", on=date(2026, 11, 1)))
    assert book.sheetnames == ["a b c", "2", "x", "4", "n" * 30 + "…"]
