"""A measure spread over the cells of a table: value, both ends of its range, answers."""

from __future__ import annotations

from decimal import Decimal

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.measures import Exact, Measure
from spm_bot.analytics.windows import Window
from spm_bot.reports import phrases, titles
from spm_bot.reports.binding import Written, per_cent, tidy
from spm_bot.reports.wording import HIDDEN
from spm_bot.texts import Voice, half_up
from spm_bot.times import Week

Four = tuple[Written, Written, Written, Written]

HIDDEN_FOUR: Four = (HIDDEN, HIDDEN, HIDDEN, HIDDEN)
EMPTY_FOUR: Four = (None, None, None, None)


def head(voice: Voice) -> tuple[str, ...]:
    """The names of the four columns."""
    return (voice.say("Value"), voice.say("Lowest"), voice.say("Highest"), voice.say("Answers"))


def number(indicator: str, value: float) -> Decimal:
    """A bare value as the indicator is told: a share in 100, else points, with one decimal."""
    told = titles.side(indicator, value)
    return per_cent(told) if titles.unit(indicator) is Unit.SHARE else tidy(half_up(told, 1))


def step(indicator: str, change: float) -> Decimal:
    """By how much a value moves, in the same numbers."""
    told = -change if indicator in titles.TURNED else change
    return per_cent(told) if titles.unit(indicator) is Unit.SHARE else tidy(half_up(told, 1))


def spread(indicator: str, measure: Measure | None, voice: Voice) -> Four:
    """Four cells, empty where there is nothing. No value where the range is too wide for one number, only
    words where more would tell.
    """
    match measure:
        case None:
            return EMPTY_FOUR
        case Exact() as exact:
            low, high = sorted((number(indicator, exact.low), number(indicator, exact.high)))
            return (None if exact.wide else number(indicator, exact.value), low, high, exact.n)
        case rough:
            return (phrases.brief(titles.shown(indicator, rough), voice), None, None, rough.n)


def figure_cells(figure: Figure, voice: Voice) -> Four:
    """A figure of the whole, or why there is none."""
    if figure.now is None:
        return (phrases.figure_value(figure, None, voice), None, None, None)
    return spread(figure.indicator, figure.now, voice)


def row_cells(indicator: str, row: Row | None, voice: Voice, *, replaced: bool = False) -> Four:
    """A row of a one-way table: the one mark for whatever is hidden, empty for what nobody knows."""
    if replaced or (row is not None and (row.hidden or row.now is None)):
        return HIDDEN_FOUR
    return EMPTY_FOUR if row is None else spread(indicator, row.now, voice)


def weeks(window: Window | None) -> str:
    """`2026-W32 – 2026-W44`."""
    return "" if window is None else f"{window.first} – {window.last}"


def days(window: Window, voice: Voice) -> str:
    """The same as days: the Monday of the first week to the Sunday of the last."""
    first, last = Week.parse(window.first).start, Week.parse(window.last).end
    return f"{phrases.full_day(first, voice)} – {phrases.full_day(last, voice)}"
