"""Which totals and which cells of which tables a digest may show anew, and which stand as they were shown.

Two digests tell their difference: the answers that came and those that left. So a figure moves on only
when enough answers are new, and a cell that does not is an unknown of the new table, like a small one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from spm_bot.analytics.candidates import hits, since
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.indicators import CATALOGUE, SENSITIVE
from spm_bot.analytics.nesting import Move, Table, move, settled
from spm_bot.analytics.readings import Ints, Readings
from spm_bot.analytics.suppression import RARE
from spm_bot.analytics.windows import Window, first_of_month, window
from spm_bot.times import Week

WHOLE = ""
"""The code of a total in `Last`."""

Last = Mapping[tuple[Dimension | None, str, str], Window]
"""In which window each total (None, indicator, WHOLE) and row (dimension, indicator, code) was last shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Fresh:
    """May be shown for the window that ends now, from the answers at these places."""

    places: Ints


@dataclass(frozen=True, slots=True)
class Rare:
    """Moves on, but all that may be said is that fewer than five gave, or did not give, the answer."""


@dataclass(frozen=True, slots=True)
class Stands:
    """Is shown as the digest before showed it, for the window it had there."""

    window: Window


@dataclass(frozen=True, slots=True)
class Hidden:
    """Is not shown, for one of several reasons that must not be told apart."""


Total = Fresh | Rare | Stands | Hidden
Cell = Fresh | Stands | Hidden


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """What a digest may show; `window` is that of all that is fresh.

    Of the tables in `replaced` no cell is shown, so that only their total is left.
    """

    window: Window
    totals: Mapping[str, Total]
    cells: Mapping[Table, Mapping[str, Cell]]
    replaced: frozenset[Table]


def release(
    readings: Readings,
    week: Week,
    *,
    minimum: int,
    totals: Sequence[str],
    tables: Sequence[Table],
    codes: Mapping[Dimension, tuple[str, ...]],
    last: Last,
) -> Release:
    """What the digest of `week` may show of `readings`, given what was shown `last`.

    `totals` are indicators, those of `tables` included; `codes` are the cells that a table has whether
    anybody is in them or not. Totals move on weekly; tables with their total in the first digest of a
    month, or when nothing was ever shown.
    """
    weeks = window(week)
    heard = {
        survey: readings.respondents(survey, weeks)
        for survey in {CATALOGUE[indicator].survey for indicator in totals}
    }
    whole = {
        indicator: _total(
            readings,
            indicator,
            heard[CATALOGUE[indicator].survey],
            shown=last.get((None, indicator, WHOLE)),
            minimum=minimum,
        )
        for indicator in totals
    }
    month = first_of_month(week) or not last
    moving = frozenset(code for code, found in whole.items() if month and isinstance(found, Fresh))
    cells = _tables(readings, heard, _rows(last, tables), codes=codes, minimum=minimum, moving=moving)
    return Release(weeks, whole, cells, frozenset(table for table in cells if _all_hidden(cells[table])))


def _tables(
    readings: Readings,
    heard: Mapping[str, Ints],
    rows: Mapping[Table, Mapping[str, Window]],
    *,
    codes: Mapping[Dimension, tuple[str, ...]],
    minimum: int,
    moving: frozenset[str],
) -> dict[Table, Mapping[str, Cell]]:
    """All tables, of which `rows` were shown before; `heard` are the respondents by survey."""
    parts = {
        (dimension, survey): _parts(readings, places, dimension, codes.get(dimension, ()))
        for dimension in {dimension for dimension, _ in rows}
        for survey, places in heard.items()
    }
    moves = {
        (dimension, indicator): move(
            readings,
            indicator,
            parts[dimension, CATALOGUE[indicator].survey],
            shown=shown,
            minimum=minimum,
        )
        for (dimension, indicator), shown in rows.items()
        if indicator in moving
    }
    moves = settled(readings, heard, moves)
    return {
        (dimension, indicator): _standing(shown, parts[dimension, CATALOGUE[indicator].survey])
        | {code: Fresh(places) for code, places in _anew(moves.get((dimension, indicator)))}
        for (dimension, indicator), shown in rows.items()
    }


def _anew(moved: Move | None) -> Iterable[tuple[str, Ints]]:
    return () if moved is None else ((code, moved.candidate.answers[code]) for code in moved.fresh)


def _rows(last: Last, tables: Sequence[Table]) -> dict[Table, dict[str, Window]]:
    """The windows of `last` by code, table by table."""
    found: dict[Table, dict[str, Window]] = {table: {} for table in tables}
    for (dimension, indicator, code), shown in last.items():
        if dimension is not None and (dimension, indicator) in found:
            found[dimension, indicator][code] = shown
    return found


def _all_hidden(cells: Mapping[str, Cell]) -> bool:
    return all(isinstance(cell, Hidden) for cell in cells.values())


def _parts(
    readings: Readings, respondents: Ints, dimension: Dimension, codes: tuple[str, ...]
) -> dict[str, Ints]:
    """Respondents by code; every code the readings know has a part, so that being there tells nothing."""
    nobody = respondents[:0]
    return dict.fromkeys(codes, nobody) | readings.segments[dimension].split(respondents)


def _total(
    readings: Readings, indicator: str, respondents: Ints, *, shown: Window | None, minimum: int
) -> Total:
    places = readings.answering(indicator, respondents)
    newer = since(readings, places, shown)
    if len(newer) < minimum or (shown is not None and _rare(readings, indicator, newer)):
        return Hidden() if shown is None else Stands(shown)
    return Rare() if _rare(readings, indicator, places) else Fresh(places)


def _rare(readings: Readings, indicator: str, places: Ints) -> bool:
    """Whether a sensitive answer was given, or was not given, by too few to tell."""
    given = hits(readings, indicator, places)
    return indicator in SENSITIVE and min(given, len(places) - given) < RARE


def _standing(shown: Mapping[str, Window], codes: Iterable[str]) -> dict[str, Cell]:
    """A table that does not move on; a row shown before stands even if its code is known no more."""
    found: dict[str, Cell] = dict.fromkeys(codes, Hidden())
    return found | {code: Stands(weeks) for code, weeks in shown.items()}
