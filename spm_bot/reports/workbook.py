"""The workbook of a week: all figures of its digest as numbers, with what they mean."""

from __future__ import annotations

from spm_bot.analytics.digest import Digest
from spm_bot.reports.binding import bound
from spm_bot.reports.method_tabs import dictionary_tab, method_tab
from spm_bot.reports.pledge_tabs import decisions_tab, objectives_tab
from spm_bot.reports.quality_tabs import comments_tab, quality_tab
from spm_bot.reports.summary_tab import summary_tab
from spm_bot.reports.table_tabs import branches_tab, segments_tab, trend_tab
from spm_bot.texts import Voice
from spm_bot.times import Week


def digest_workbook(digest: Digest, voice: Voice) -> bytes:
    """An XLSX file without formulas, hidden sheets or single answers; the same bytes for the same digest.

    Shares are numbers in 100 with one decimal. A sheet on which nothing would stand is left out.
    """
    tabs = (
        summary_tab(digest, voice),
        branches_tab(digest, voice),
        segments_tab(digest, voice),
        trend_tab(digest, voice),
        objectives_tab(digest, voice),
        decisions_tab(digest, voice),
        comments_tab(digest, voice),
        quality_tab(digest, voice),
        method_tab(digest, voice),
        dictionary_tab(voice),
    )
    return bound(
        (tab for tab in tabs if tab is not None),
        voice,
        title=f"{digest.institution} · {digest.week}",
        on=Week.parse(digest.week).end,
    )
