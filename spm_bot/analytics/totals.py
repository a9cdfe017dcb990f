"""The figures of the whole institution, with what may be said of each beside its earlier windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from spm_bot.analytics.digest import LEADING, Settings
from spm_bot.analytics.estimates import Interval
from spm_bot.analytics.figures import Aim, AimKind, Figure, Point, Unscored
from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.measures import Exact, Measure
from spm_bot.analytics.objectives import standing
from spm_bot.analytics.past import Earlier, Past, figure_of, still_stands
from spm_bot.analytics.readings import Ints
from spm_bot.analytics.releases import Fresh, Rare, Release, Stands
from spm_bot.analytics.signals import WEEKLY_RATE, Comparison, Verdict, verdicts
from spm_bot.analytics.weighed import Weighed
from spm_bot.analytics.windows import window
from spm_bot.times import Week

_LINE = 26
"""How many points of a line are kept: the picture shows the last 13."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the figures of a week are made of. `earlier` are measures of windows before, to compare with;
    `early` what the charts of single weeks signal.
    """

    week: Week
    release: Release
    answers: Weighed
    earlier: Earlier
    early: Mapping[str, Verdict]
    past: Past
    settings: Settings


def figures(sources: Sources) -> tuple[Figure, ...]:
    """One figure for each indicator, first those that lead; each of the two is judged as a family."""
    order = (*LEADING, *(code for code in CATALOGUE if code not in LEADING))
    found = [_figure(code, sources) for code in order]
    fresh = [figure for figure in found if figure.window == window(sources.week)]
    leading = {figure.indicator: _comparison(figure) for figure in fresh if figure.indicator in LEADING}
    others = {figure.indicator: _comparison(figure) for figure in fresh if figure.indicator not in LEADING}
    words = {
        **verdicts(_paired(leading), rate=WEEKLY_RATE),
        **verdicts(_paired(others), rate=WEEKLY_RATE),
    }
    return tuple(_told(figure, words, sources) for figure in found)


def _figure(code: str, sources: Sources) -> Figure:
    """What is shown of an indicator this week: new, as last time, or nothing."""
    match sources.release.totals[code]:
        case Fresh(places):
            return _fresh(code, places, sources)
        case Rare():
            return Figure(code, window(sources.week), None, None, None, rare=True)
        case Stands():
            last = figure_of(sources.past.last, code)
            if last is not None and still_stands(last.window, sources.week):
                return replace(last, aims=_aims(code, last.now, sources.settings))
    return Figure(code, None, None, None, None)


def _fresh(code: str, places: Ints, sources: Sources) -> Figure:
    answers = sources.answers
    now = answers.measure(code, places)
    earlier = sources.earlier.get((None, code, ""))
    survey = CATALOGUE[code].survey
    return Figure(
        indicator=code,
        window=window(sources.week),
        now=now,
        before=None if earlier is None else earlier[1],
        earlier=None if earlier is None else earlier[0],
        verdict=None,
        aims=_aims(code, now, sources.settings),
        unscored=_unscored(code, len(places), sources),
        early=sources.early.get(code),
        weighted=survey in answers.weighted,
        uneven=survey in answers.uneven,
    )


def _unscored(code: str, scored: int, sources: Sources) -> Unscored | None:
    """How many answered too little for a score, where they are enough to be told."""
    readings = sources.answers.readings
    if code not in readings.unscored:
        return None
    places = readings.respondents(CATALOGUE[code].survey, window(sources.week))
    count = int(readings.unscored[code][places].sum())
    return None if count < sources.settings.minimum_cell else Unscored(count, count + scored)


def _aims(code: str, measure: Measure | None, settings: Settings) -> tuple[Aim, ...]:
    interval = Interval(measure.low, measure.high) if isinstance(measure, Exact) else None
    better = CATALOGUE[code].better
    return tuple(
        Aim(kind, float(aims[code]), standing(interval, aim=aims[code], better=better))
        for kind, aims in ((AimKind.LIMIT, settings.limits), (AimKind.TARGET, settings.targets))
        if code in aims
    )


def _comparison(figure: Figure) -> Comparison | None:
    if figure.now is None or figure.before is None:
        return None
    return Comparison(figure.now, figure.before, CATALOGUE[figure.indicator].better)


def _paired(family: Mapping[str, Comparison | None]) -> dict[str, Comparison]:
    return {code: pair for code, pair in family.items() if pair is not None}


def _told(figure: Figure, words: Mapping[str, Verdict], sources: Sources) -> Figure:
    """The figure with its word, last year's season beside it, and its line over the weeks."""
    word = words.get(figure.indicator, figure.verdict)
    season = figure_of(sources.past.year, figure.indicator)
    changed = word in (Verdict.BETTER, Verdict.WORSE)
    return replace(
        figure,
        verdict=word,
        last_year=None if season is None else season.now,
        echo=changed and season is not None and season.verdict is word,
        line=_line(figure, sources),
    )


def _line(figure: Figure, sources: Sources) -> tuple[Point, ...]:
    """The figures as digests showed them, so that the line tells nothing that they did not."""
    last = figure_of(sources.past.last, figure.indicator)
    points = () if last is None else last.line
    if isinstance(figure.now, Exact):
        now = figure.now
        points = (*points, Point(str(sources.week), now.value, now.low, now.high))
    return points[-_LINE:]
