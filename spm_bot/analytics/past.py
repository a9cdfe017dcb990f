"""What earlier digests have shown: nothing is shown anew that could be told from it by subtraction.

Figures of earlier windows are taken from here as they were published, never counted again: an answer that
has gone since would otherwise be the difference of two digests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.measures import Measure
from spm_bot.analytics.windows import WINDOW, Window, monthly_week
from spm_bot.times import Week

Key = tuple[Dimension | None, str, str]
"""A total (None, indicator, '') or a row (dimension, indicator, code)."""

Earlier = Mapping[Key, tuple[Window, Measure]]
"""Measures of earlier windows, each with its own."""

_STANDS = 26
"""Weeks after which a figure that could not be renewed is no longer shown."""

_LOOSE = 5
"""Weeks that an earlier window may end before the one that would fit exactly."""

YEAR = 52


@dataclass(frozen=True, slots=True)
class Past:
    """Stored digests of the institution, None where there is none: the `last` one before this week's; the
    newest whose windows ended before those of this week's totals (`quarter`) and of its tables (`month`)
    began; and the one of the same season a year ago.
    """

    last: Digest | None = None
    quarter: Digest | None = None
    month: Digest | None = None
    year: Digest | None = None


def spans(week: Week) -> Mapping[str, Window]:
    """In which weeks the digests of a `Past` are looked for, newest first, by the field's name."""
    month = monthly_week(week)
    return {
        "last": _weeks(week, _STANDS, 1),
        "quarter": _weeks(week, WINDOW + _LOOSE, WINDOW),
        "month": _weeks(month, WINDOW + _LOOSE, WINDOW),
        "year": _weeks(week, YEAR + 2, YEAR),
    }


def measures_shown(digest: Digest | None) -> Earlier:
    """Each total and row with the window in which a digest showed it."""
    if digest is None:
        return {}
    return _measures(
        digest,
        of_figure=lambda figure: (figure.window, figure.now),
        of_row=lambda row: (row.window, row.now),
    )


def measures_compared(digest: Digest | None) -> Earlier:
    """Each total and row as a digest compared it, with the earlier window."""
    if digest is None:
        return {}
    return _measures(
        digest,
        of_figure=lambda figure: (figure.earlier, figure.before),
        of_row=lambda row: (row.earlier, row.before),
    )


def windows(measures: Earlier) -> dict[Key, Window]:
    return {key: weeks for key, (weeks, _) in measures.items()}


def _measures(
    digest: Digest,
    *,
    of_figure: Callable[[Figure], tuple[Window | None, Measure | None]],
    of_row: Callable[[Row], tuple[Window | None, Measure | None]],
) -> Earlier:
    found: dict[Key, tuple[Window | None, Measure | None]] = {
        (None, figure.indicator, ""): of_figure(figure) for figure in digest.figures
    }
    for table in digest.breakdowns:
        found |= {(table.dimension, table.indicator, row.code): of_row(row) for row in table.rows}
    return {
        key: (weeks, measure)
        for key, (weeks, measure) in found.items()
        if weeks is not None and measure is not None
    }


def figure_of(digest: Digest | None, indicator: str) -> Figure | None:
    return None if digest is None else digest.figure(indicator)


def row_of(digest: Digest | None, dimension: Dimension, indicator: str, code: str) -> Row | None:
    """A row that shows something."""
    rows = () if digest is None else digest.rows(dimension, indicator)
    return next((row for row in rows if row.code == code and not row.hidden), None)


def still_stands(window: Window | None, week: Week) -> bool:
    """Whether a figure of that window may be shown again in the digest of `week`."""
    return window is not None and window.last >= str(week.minus(_STANDS))


def _weeks(week: Week, furthest: int, nearest: int) -> Window:
    return Window(str(week.minus(furthest)), str(week.minus(nearest)))
