"""What stands on the first page of a week: the action, tiles, the line over the weeks, aims, decisions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.digest import LEADING, Digest
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Aim, Figure, Point
from spm_bot.analytics.measures import Exact, Measure
from spm_bot.analytics.objectives import Standing
from spm_bot.reports import labels, ledger, phrases, titles
from spm_bot.reports.hearing import who_heard
from spm_bot.reports.press import Printed
from spm_bot.reports.urgings import action_sentences
from spm_bot.reports.wording import NONE, breached, change_word, missing_word, rest
from spm_bot.texts import Voice, sentence
from spm_bot.times import Week

_LEAST_POINTS = 2
_TOPS = (8, 12, 16, 20, 24, 32, 40, 60, 80, 100)


def front(digest: Digest, voice: Voice) -> dict[str, Printed]:
    """The words and numbers of the first page, a section None or empty where nothing is known."""
    asked = action_sentences(digest, voice)
    return {
        "kicker": voice.say("What clients told us"),
        "week": _week(digest, voice),
        "heard": who_heard(digest, voice),
        "remarks": [labels.remark(remark, voice) for remark in digest.remarks],
        "action": asked[0],
        "acting": list(asked[1:]),
        "urgent": digest.action.indicator is not None,
        "tiles": _tiles(digest, voice),
        "chart": _chart(digest, voice),
        "figures": _others(digest, voice),
        "objectives": ledger.objectives(digest.objectives, voice),
        "decisions": ledger.decisions(digest, voice),
    }


def _week(digest: Digest, voice: Voice) -> str:
    week = Week.parse(digest.week)
    name = digest.scope_name
    return voice.say(
        "Client week %(week)s · %(dates)s · %(scope)s",
        week=week.number,
        dates=phrases.days(week.start, week.end, voice),
        scope=voice.say("all branches") if name is None else phrases.clipped(name),
    )


def _tiles(digest: Digest, voice: Voice) -> list[Printed]:
    tiles = [tile for code in LEADING if (tile := _tile(digest, code, voice)) is not None]
    return [*tiles, *_portfolio_tile(digest, voice)]


def _tile(digest: Digest, code: str, voice: Voice) -> dict[str, Printed] | None:
    figure = digest.figure(code) if digest.scope is None else None
    row = _own_row(digest, code)
    found = figure or row
    if found is None:
        return None
    aims = figure.aims if figure is not None else ()
    early = figure.early if figure is not None else None
    now = titles.shown(code, found.now)
    return {
        "title": titles.title(code, voice),
        "value": phrases.point(now, voice) if now is not None else missing_word(figure, voice),
        "shown": now is not None,
        "range": _range(now, voice),
        "before": _before(titles.shown(code, found.before), voice),
        "change": change_word(found.verdict, voice),
        "early": titles.early(early, voice) if early not in (None, found.verdict) else "",
        "notes": _notes(figure, voice),
        "aims": _aims(aims, code, voice),
    }


def _notes(figure: Figure | None, voice: Voice) -> list[Printed]:
    """What must stand beside a figure: the season of last year, and who could not be scored."""
    if figure is None:
        return []
    told: list[Printed] = []
    if figure.last_year is not None:
        before = phrases.brief(titles.shown(figure.indicator, figure.last_year), voice)
        told.append(voice.say("a year before: %(value)s", value=before))
    if figure.echo:
        told.append(voice.say("as last year at this time"))
    if figure.unscored is not None and figure.unscored.count:
        count, of = (phrases.whole(n, voice) for n in (figure.unscored.count, figure.unscored.of))
        told.append(voice.say("Could not be scored: %(count)s of %(of)s.", count=count, of=of))
    return told


def _own_row(digest: Digest, code: str) -> Row | None:
    """The row of the branch that this digest is of."""
    rows = digest.rows(Dimension.BRANCH, code)
    return next((row for row in rows if row.code == digest.scope), None)


def _range(measure: Measure | None, voice: Voice) -> str:
    match measure:
        case Exact(wide=False) as exact:
            low, high = (phrases.number(end, exact.unit, voice) for end in (exact.low, exact.high))
            told = voice.say("between %(low)s and %(high)s", low=low, high=high)
        case _:
            told = ""
    few = measure is not None and measure.few
    return " · ".join(part for part in (told, voice.say("few answers") if few else "") if part)


def _before(measure: Measure | None, voice: Voice) -> str:
    if measure is None:
        return ""
    return voice.say("13 weeks before: %(value)s", value=phrases.brief(measure, voice))


def _aims(aims: tuple[Aim, ...], code: str, voice: Voice) -> list[Printed]:
    """Limit and target in words; a breached limit is marked, and may be one line with its target."""
    words = titles.aims(aims, voice, indicator=code)
    judged = [aim for aim in aims if aim.standing is not Standing.NONE_SET]
    return [
        {"tone": "worse" if breached(aim) else "same", "word": word}
        for aim, word in zip(judged, words, strict=False)
    ]


def _portfolio_tile(digest: Digest, voice: Voice) -> Iterator[Printed]:
    book = next(
        (
            book
            for book in digest.books
            if book.branch == digest.scope and book.product is None and book.currency == digest.currency
        ),
        None,
    )
    if book is None or book.par30 is None:
        return
    parts = [
        voice.say(words, share=phrases.percent(share, voice))
        for words, share in (
            (sentence("restructured %(share)s"), book.restructured),
            (sentence("written off %(share)s"), book.written_off),
        )
        if share is not None
    ]
    yield {
        "title": voice.say("PAR30, loans over 30 days late"),
        "value": phrases.percent(book.par30, voice),
        "shown": True,
        "range": voice.say(
            "loan list of %(date)s", date=phrases.full_day(date.fromisoformat(book.as_of), voice)
        ),
        "before": " · ".join(parts),
        "change": None,
        "early": "",
        "notes": [],
        "aims": [],
    }


def _chart(digest: Digest, voice: Voice) -> dict[str, Printed] | None:
    """The leading figure over the weeks, from the side it is told, in hundredths."""
    figure = digest.figure(LEADING[0]) if digest.scope is None else None
    if figure is None or len(figure.line) < _LEAST_POINTS:
        return None
    code, weeks = figure.indicator, figure.line
    title = titles.title(code, voice)
    highest = [_hundredths(code, value) for point in weeks for value in (point.low, point.high)]
    top = _top([*highest, *(_hundredths(code, aim.value) for aim in figure.aims)])
    return {
        "title": voice.say("%(title)s, week by week, in 100 of those who answered", title=title),
        "note": voice.say("Each point is the 13 weeks that end there; the band is its range."),
        "alt": voice.say(
            "%(title)s went from %(first)s to %(last)s in 100 over these weeks.",
            title=title,
            first=titles.number(code, weeks[0].value, voice),
            last=titles.number(code, weeks[-1].value, voice),
        ),
        "points": [_point(point, figure) for point in weeks],
        "aims": [
            {"value": _hundredths(code, aim.value), "word": titles.aim_mark(aim, voice, indicator=code)}
            for aim in sorted(figure.aims, key=lambda aim: -titles.side(code, aim.value))
        ],
        "top": top,
        "ticks": [step * top // 4 for step in range(5)],
        "labels": [
            {"x": _along(weeks[place], figure), "word": phrases.day(Week.parse(weeks[place].week).end, voice)}
            for place in sorted({0, len(weeks) // 2, len(weeks) - 1})
        ],
    }


def _point(point: Point, figure: Figure) -> Printed:
    low, value, high = (_hundredths(figure.indicator, end) for end in (point.low, point.value, point.high))
    return {"x": _along(point, figure), "value": value, "low": min(low, high), "high": max(low, high)}


def _along(point: Point, figure: Figure) -> float:
    """Where a week lies between the first and the last: weeks that nobody drew leave a gap."""
    first, last, here = (Week.parse(each.week).start for each in (figure.line[0], figure.line[-1], point))
    return round((here - first) / (last - first), 4)


def _hundredths(code: str, value: float) -> float:
    return round(titles.side(code, value) * 100, 2)


def _top(values: list[float]) -> int:
    """The end of the axis, so that its quarters are whole numbers."""
    return next((top for top in _TOPS if top > max(values)), _TOPS[-1])


def _others(digest: Digest, voice: Voice) -> dict[str, Printed] | None:
    """The institution's figures beside the leading ones."""
    rows = [
        _other(figure, voice)
        for figure in digest.figures
        if figure.indicator not in LEADING and (figure.now is not None or figure.rare)
    ]
    if not rows or digest.scope is not None:
        return None
    return {
        "heading": voice.say("More figures"),
        "head": [
            voice.say("Of those who answered"),
            voice.say("Now"),
            voice.say("13 weeks before"),
            voice.say("Change"),
        ],
        "rows": list[Printed](rows),
        "more": rest(len(rows), voice),
    }


def _other(figure: Figure, voice: Voice) -> list[Printed]:
    code = figure.indicator
    now, before = (titles.shown(code, measure) for measure in (figure.now, figure.before))
    return [
        titles.title(code, voice),
        phrases.figure_value(figure, now, voice),
        NONE if before is None else phrases.brief(before, voice),
        change_word(figure.verdict, voice) or NONE,
    ]
