"""The leading figure by group, and what comments are about, as a page draws them."""

from __future__ import annotations

from spm_bot.analytics.breakdowns import Breakdown, Row
from spm_bot.analytics.digest import LEADING, Digest
from spm_bot.analytics.dimensions import PUBLISHED
from spm_bot.analytics.measures import Exact
from spm_bot.reports import labels, phrases, titles
from spm_bot.reports.press import Printed
from spm_bot.reports.wording import HIDDEN, NONE, rest
from spm_bot.texts import Voice

_QUOTE = 180


def cell_text(row: Row | None, indicator: str, voice: Voice) -> str:
    """A cell of a one-way table: the value, the mark of a hidden one, or that nothing is known."""
    if row is None:
        return NONE
    if row.hidden or row.now is None:
        return HIDDEN
    value = phrases.brief(titles.shown(indicator, row.now), voice)
    return voice.say("%(value)s, few answers", value=value) if row.now.few else value


def groups(digest: Digest, voice: Voice) -> dict[str, Printed] | None:
    """The leading indicator by every group but branches."""
    tables = [
        table
        for dimension in PUBLISHED[1:]
        for table in digest.breakdowns
        if (table.dimension, table.indicator) == (dimension, LEADING[0])
    ]
    ends = [row.now.high for table in tables for row in table.rows if isinstance(row.now, Exact)]
    scale = max(ends, default=1.0)
    told = [_group(table, voice, scale=scale) for table in tables if table.rows or table.replaced]
    if not told:
        return None
    return {
        "heading": voice.say("%(title)s by group, in 100", title=titles.title(LEADING[0], voice)),
        "tables": list[Printed](told),
        "more": rest(sum(len(table.rows) for table in tables), voice),
    }


def _group(table: Breakdown, voice: Voice, *, scale: float) -> dict[str, Printed]:
    return {
        "title": labels.dimension(table.dimension, voice),
        "rows": [_bar(row, table, voice, scale=scale) for row in table.rows],
        "replaced": voice.say("only the total can be shown") if table.replaced else "",
    }


def _bar(row: Row, table: Breakdown, voice: Voice, *, scale: float) -> Printed:
    found = titles.shown(table.indicator, row.now)
    bar: Printed = None
    if isinstance(found, Exact) and not row.hidden:
        bar = [round(end / scale, 4) for end in (found.low, found.value, found.high)]
    name = phrases.clipped(labels.row_name(table.dimension, row, voice))
    return {"name": name, "value": cell_text(row, table.indicator, voice), "bar": bar}


def themes(digest: Digest, voice: Voice) -> dict[str, Printed] | None:
    found = digest.themes
    if found.comments is None and not (found.rows or found.quotes):
        return None
    most = max((row.comments for row in found.rows), default=1)
    unmatched = found.unmatched
    return {
        "heading": voice.say("What comments are about"),
        "note": (
            ""
            if found.comments is None
            else voice.count("%(n)s comment in 13 weeks", "%(n)s comments in 13 weeks", found.comments)
        )
        + (
            ""
            if unmatched is None
            else " · " + voice.say("no theme found in %(share)s", share=phrases.per_hundred(unmatched, voice))
        ),
        "rows": [
            {
                "name": phrases.clipped(labels.theme(row.theme, voice), most=36),
                "count": row.comments,
                "part": row.comments / most,
            }
            for row in found.rows
        ],
        "quotes": [f"“{phrases.clipped(quote.text, most=_QUOTE)}”" for quote in found.quotes],
        "more": rest(max(len(found.rows), len(found.quotes)), voice),
    }
