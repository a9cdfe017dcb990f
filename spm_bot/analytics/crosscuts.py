"""The one-way tables of a week: rows that move on with a month's first digest, and stand between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from spm_bot.analytics.breakdowns import Breakdown, Row
from spm_bot.analytics.digest import LEADING, Digest, Settings
from spm_bot.analytics.dimensions import Arrears, Dimension, Tenure
from spm_bot.analytics.funnels import beside
from spm_bot.analytics.indicators import CATALOGUE, Unit
from spm_bot.analytics.measures import Exact
from spm_bot.analytics.past import Earlier, Past, row_of, still_stands
from spm_bot.analytics.releases import Cell, Fresh, Release, Stands
from spm_bot.analytics.signals import Comparison, Verdict, verdicts
from spm_bot.analytics.weighed import Weighed
from spm_bot.analytics.windows import window
from spm_bot.times import Week

_BANDS: Mapping[str, int] = {band: place for bands in (Arrears, Tenure) for place, band in enumerate(bands)}

Place = tuple[Dimension, str, str]
"""A row of a table: dimension, indicator, code."""


@dataclass(frozen=True, slots=True)
class Month:
    """What the tables of a month are made of: `week` is its monthly week, `earlier` what rows are compared
    with.
    """

    week: Week
    release: Release
    answers: Weighed
    earlier: Earlier
    past: Past
    settings: Settings


def breakdowns(month: Month) -> tuple[Breakdown, ...]:
    """The tables of a month, with one family of words over all branches and indicators."""
    tables = {
        (dimension, indicator): _rows(dimension, indicator, cells, month)
        for (dimension, indicator), cells in month.release.cells.items()
    }
    words = _words(tables, month)
    return tuple(
        _breakdown(dimension, indicator, rows, words=words, month=month)
        for (dimension, indicator), rows in tables.items()
    )


def carried(last: Digest, settings: Settings) -> tuple[Breakdown, ...]:
    """The tables of the month's first digest again. Its words were said then."""
    return tuple(
        replace(
            table,
            rows=_in_order(
                replace(row, verdict=None, name=_name(table.dimension, row.code, settings))
                for row in table.rows
            ),
        )
        for table in last.breakdowns
    )


def _rows(dimension: Dimension, indicator: str, cells: Mapping[str, Cell], month: Month) -> tuple[Row, ...]:
    return _in_order(_row((dimension, indicator, code), cell, month) for code, cell in cells.items())


def _row(place: Place, cell: Cell, month: Month) -> Row:
    dimension, indicator, code = place
    name = _name(dimension, code, month.settings)
    match cell:
        case Fresh(places):
            before = month.earlier.get(place)
            return Row(
                code=code,
                name=name,
                hidden=False,
                window=window(month.week),
                now=month.answers.measure(indicator, places),
                before=None if before is None else before[1],
                earlier=None if before is None else before[0],
            )
        case Stands():
            last = row_of(month.past.last, *place)
            if last is not None and still_stands(last.window, month.week):
                return replace(last, name=name, verdict=None)
    return Row(code, name, hidden=True)


def _words(tables: Mapping[tuple[Dimension, str], tuple[Row, ...]], month: Month) -> dict[Place, Verdict]:
    """Branches are judged, on every indicator, as one family; other tables only show."""
    family: dict[Place, Comparison] = {
        (dimension, indicator, row.code): Comparison(
            row.now, row.before, CATALOGUE[indicator].better, leads=indicator == LEADING[0]
        )
        for (dimension, indicator), rows in tables.items()
        if dimension is Dimension.BRANCH
        for row in rows
        if row.window == window(month.week) and row.now is not None and row.before is not None
    }
    return verdicts(family)


def _breakdown(
    dimension: Dimension,
    indicator: str,
    rows: tuple[Row, ...],
    *,
    words: Mapping[Place, Verdict],
    month: Month,
) -> Breakdown:
    if (dimension, indicator) in month.release.replaced:
        return Breakdown(dimension, indicator, (), replaced=True)
    judged = tuple(replace(row, verdict=words.get((dimension, indicator, row.code))) for row in rows)
    if dimension is Dimension.BRANCH and CATALOGUE[indicator].unit is Unit.SHARE:
        judged = _beside_each_other(judged)
    return Breakdown(dimension, indicator, judged)


def _beside_each_other(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Where each lies in the funnel: only rows of one window can be compared."""
    newest = max((row.window.last for row in rows if row.window is not None), default="")
    cells = {
        row.code: row.now
        for row in rows
        if isinstance(row.now, Exact) and row.window is not None and row.window.last == newest
    }
    places = beside(cells)
    return tuple(
        replace(row, shrunk=places[row.code].shrunk, beyond=places[row.code].beyond)
        if row.code in places
        else row
        for row in rows
    )


def _name(dimension: Dimension, code: str, settings: Settings) -> str:
    """Branches and products have names of their own; other codes are worded by whoever renders."""
    match dimension:
        case Dimension.BRANCH:
            return settings.branches.get(code, code)
        case Dimension.PRODUCT:
            return settings.products.get(code, code)
        case _:
            return code


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Bands in their own order, others in that of their names: never in that of values."""
    return tuple(sorted(rows, key=lambda row: (_BANDS.get(row.code, 0), row.name.casefold(), row.code)))
