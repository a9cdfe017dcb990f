"""What may be shown of a week: the releases of its totals and tables, with earlier figures to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from spm_bot.analytics.control_charts import early
from spm_bot.analytics.digest import LEADING, Settings
from spm_bot.analytics.dimensions import PUBLISHED, Dimension
from spm_bot.analytics.indicators import CATALOGUE, Unit
from spm_bot.analytics.nesting import Table
from spm_bot.analytics.past import Earlier, Key, Past, measures_compared, measures_shown, windows
from spm_bot.analytics.populations import PopulationRow
from spm_bot.analytics.readings import Readings, ordinal
from spm_bot.analytics.releases import Fresh, Last, Release, release
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.weighed import weighed
from spm_bot.analytics.windows import WINDOW, Window, monthly_week, window
from spm_bot.times import Week

TABLED = (
    *LEADING,
    *("SAT1", "SAT2", "SAT8", "SAT9", "DST2", "DST3", "DST4", "DST7", "DST8", "CAS0"),
)
"""Indicators that have tables, beside those with a limit or a target."""


def tables_of(settings: Settings) -> tuple[Table, ...]:
    """The fixed list of one-way tables. Branches have no NPS: theirs would swing by tens of points."""
    wanted = {*TABLED, *settings.limits, *settings.targets}
    return tuple(
        (dimension, code)
        for dimension in PUBLISHED
        for code, indicator in CATALOGUE.items()
        if code in wanted and (dimension is not Dimension.BRANCH or indicator.unit is not Unit.NPS)
    )


def opened(
    readings: Readings, week: Week, settings: Settings, *, last: Last, tables: Sequence[Table] = ()
) -> Release:
    """What a digest may show anew of the 13 weeks up to `week`."""
    codes = {
        Dimension.BRANCH: tuple(sorted(settings.branches)),
        Dimension.PRODUCT: tuple(sorted(settings.products)),
    }
    return release(
        readings,
        week,
        minimum=settings.minimum_cell,
        totals=tuple(CATALOGUE),
        tables=tables,
        codes=codes,
        last=last,
    )


def earlier_totals(
    readings: Readings, week: Week, settings: Settings, *, past: Past, population: Sequence[PopulationRow]
) -> Earlier:
    """What the totals of `week` are compared with: as the digest of 13 weeks before did."""
    if past.quarter is not None:
        return measures_shown(past.quarter)
    return _never_shown(readings, week.minus(WINDOW), settings, past=past, population=population, tables=())


def earlier_rows(
    readings: Readings, month: Week, settings: Settings, *, past: Past, population: Sequence[PopulationRow]
) -> Earlier:
    """What the tables of a month are compared with: as the digest before the month's own weeks did."""
    if past.month is not None:
        return measures_shown(past.month)
    before = monthly_week(month.minus(WINDOW))
    tables = tables_of(settings)
    return _never_shown(readings, before, settings, past=past, population=population, tables=tables)


def signalled(readings: Readings, week: Week, *, minimum: int) -> dict[str, Verdict]:
    """What the charts of single weeks signal of the leading indicators. Only the word ever leaves them.

    A person counts once among the 13 weeks watched and once in the baseline before them: if only the last
    answer of both counted, the baseline would lack all who answered again.
    """
    first = int(readings.weeks.min()) if len(readings) else ordinal(str(week))
    baseline = Window(str(week.minus(ordinal(str(week)) - first)), str(week.minus(WINDOW)))
    found = {}
    for code in LEADING:
        places = np.concatenate([readings.answered(code, weeks) for weeks in (baseline, window(week))])
        weeks = readings.weeks[places]
        values = readings.values[code][places] if len(places) else readings.people[:0].astype(float)
        each = [values[weeks == number] for number in range(first, ordinal(str(week)) + 1)]
        word = early(each, better=CATALOGUE[code].better, minimum=minimum)
        if word is not None:
            found[code] = word
    return found


def _never_shown(
    readings: Readings,
    week: Week,
    settings: Settings,
    *,
    past: Past,
    population: Sequence[PopulationRow],
    tables: Sequence[Table],
) -> Earlier:
    """Figures of weeks of which no digest was ever made, moved on by the same rule as any other."""
    known = measures_compared(past.last)
    found = opened(readings, week, settings, last=windows(known), tables=tables)
    answers = weighed(readings, window(week), population)
    fresh: Mapping[Key, Fresh] = {
        **{(None, code, ""): each for code, each in found.totals.items() if isinstance(each, Fresh)},
        **{
            (*table, code): cell
            for table, cells in found.cells.items()
            for code, cell in cells.items()
            if isinstance(cell, Fresh)
        },
    }
    stand = {key: old for key, old in known.items() if key not in fresh}
    return stand | {key: (window(week), answers.measure(key[1], cell.places)) for key, cell in fresh.items()}
