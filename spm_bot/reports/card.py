"""The chat card: what a manager reads in ten seconds, as plain text that fits under a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from spm_bot.analytics.digest import LEADING, ActionKind, Digest
from spm_bot.analytics.figures import AimKind, BranchRow, Figure
from spm_bot.analytics.measures import Exact, Measure
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.portfolio import Book
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.windows import WINDOW, Window
from spm_bot.reports import phrases
from spm_bot.reports.fitting import Line, fitted
from spm_bot.reports.hearing import who_heard
from spm_bot.texts import Voice, sentence
from spm_bot.times import Week

# A chat counts the length of a caption in UTF-16 units.
_STALE = timedelta(days=31)

_MARKS = {Verdict.BETTER: "🟢", Verdict.WORSE: "🟠", Verdict.NO_CLEAR_CHANGE: "⚪", None: "⚪"}
_BREACHED = "🔴"

_Worded = Callable[[Measure | None, Voice], str]

_DO = {
    "DST5": sentence("Do: check how instalments are fitted to incomes before a loan is given."),
    "SAT3": sentence("Do: go through how visits and collections are done."),
    "SAT5": sentence("Do: show the ways to complain again, in every branch and in this chat."),
}


_ACTS = {
    ActionKind.LIMIT_BREACHED: sentence(
        "ACT: all branches. %(title)s clearly beyond your limit: %(value)s of those who answered."
    ),
    ActionKind.WORSE: sentence(
        "ACT: all branches. %(title)s clearly worse: %(value)s of those who answered."
    ),
}


def card(digest: Digest, voice: Voice) -> str:
    """The digest as a caption of at most 1,024 UTF-16 units, whatever names and language it is in."""
    blocks = (
        tuple(_head(digest, voice)),
        tuple(_clients(digest, voice)),
        tuple(_portfolio(digest, voice)),
        (Line(who_heard(digest, voice)),),
    )
    return fitted(blocks)


def _head(digest: Digest, voice: Voice) -> Iterator[Line]:
    week = Week.parse(digest.week)
    name = digest.scope_name
    yield Line(
        voice.say(
            "Client week %(week)s · %(dates)s · %(scope)s",
            week=week.number,
            dates=phrases.days(week.start, week.end, voice),
            scope=voice.say("all branches") if name is None else phrases.clipped(name),
        )
    )
    match digest.action.kind:
        case ActionKind.BRANCH_WORSE:
            yield from _branch_worse(digest, voice, since=week.minus(WINDOW - 1).start)
        case ActionKind.LIMIT_BREACHED | ActionKind.WORSE:
            yield from _institution_worse(digest, voice)
        case ActionKind.NOTHING:
            yield Line(voice.say("Nothing needs action."))
        case ActionKind.MONTHLY:
            yield Line(voice.say("Branch verdicts come with the first digest of a month."))
        case _:
            yield Line(voice.say("Too few answers to say whether anything needs action."))


def _branch_worse(digest: Digest, voice: Voice, *, since: date) -> Iterator[Line]:
    row = next(row for row in digest.branches if row.code == digest.action.branch)
    told = voice.say(
        "ACT: %(branch)s. %(title)s clearly worse: %(value)s of those who answered.",
        branch=phrases.clipped(row.name),
        title=phrases.title(digest.branch_indicator, voice),
        value=phrases.value(row.now, voice),
    )
    limit = digest.branch_limit
    if limit is not None:
        told += " " + voice.say("Your limit: %(limit)s.", limit=phrases.hundred(limit))
    yield Line(told)
    yield Line(
        voice.say(
            "Do: review loans made there since %(month)s and how instalments fit incomes.",
            month=phrases.month(since, voice),
        ),
        worth=5,
    )


def _institution_worse(digest: Digest, voice: Voice) -> Iterator[Line]:
    figure = next(figure for figure in digest.figures if figure.indicator == digest.action.indicator)
    code = figure.indicator
    measure = phrases.shown(code, figure.now)
    found = {"title": phrases.title(code, voice), "value": phrases.value(measure, voice)}
    yield Line(voice.say(_ACTS[digest.action.kind], **found))
    yield Line(voice.say(_DO[code]), worth=5)


def _clients(digest: Digest, voice: Voice) -> Iterator[Line]:
    yield Line(_heading(digest, voice))
    for row in digest.branches if digest.scope is not None else ():
        yield Line(_branch_line(row, digest, voice))
    unit = next((place for place, found in enumerate(digest.figures) if isinstance(found.now, Exact)), 0)
    for place, figure in enumerate(digest.figures):
        worded = phrases.value if place <= unit else phrases.brief
        yield Line(
            _figure_line(figure, digest.week, voice, worded=worded), worth=9 if place == 0 else 5 - place
        )
        if place == 0:
            yield from _beneath(figure, digest, voice)


def _heading(digest: Digest, voice: Voice) -> str:
    """Whom the figures speak of and in which weeks: those of a branch may have ended weeks ago."""
    if digest.scope is None:
        chat_only, everybody = (
            voice.say("Clients in the chat · last 13 weeks"),
            voice.say("Clients · last 13 weeks"),
        )
    else:
        day = phrases.last_day(digest.branch_window, voice)
        chat_only, everybody = (
            voice.say("Clients in the chat · 13 weeks until %(date)s", date=day),
            voice.say("Clients · 13 weeks until %(date)s", date=day),
        )
    return chat_only if digest.heard.chat_only else everybody


def _beneath(figure: Figure, digest: Digest, voice: Voice) -> Iterator[Line]:
    """What must be read together with the stress figure."""
    if digest.heard.arrears_answer_less:
        yield Line(voice.say("Clients in arrears answered less; true stress is probably higher."))
    if figure.unscored is not None:
        yield Line(
            voice.say(
                "Could not be scored: %(count)s of %(of)s.",
                count=phrases.whole(figure.unscored.count, voice),
                of=phrases.whole(figure.unscored.of, voice),
            ),
            worth=1,
        )


def _figure_line(figure: Figure, week: str, voice: Voice, *, worded: _Worded) -> str:
    measure = phrases.shown(figure.indicator, figure.now)
    parts = [_told(figure.indicator, measure, figure.verdict, voice, worded=worded)]
    parts += _standing(figure.window, week, voice)
    if measure is not None:
        parts += phrases.aims(figure.aims, voice, indicator=figure.indicator)
        if not figure.aims and figure.indicator == LEADING[0]:
            parts.append(voice.say("no limit set"))
    breached = any(aim.kind is AimKind.LIMIT and aim.standing is Standing.NOT_MET for aim in figure.aims)
    mark = _BREACHED if breached else _MARKS[figure.verdict]
    return f"{mark} {' · '.join(parts)}"


def _branch_line(row: BranchRow, digest: Digest, voice: Voice) -> str:
    told = _told(digest.branch_indicator, row.now, row.verdict, voice, worded=phrases.value)
    parts = [told, *_standing(row.window, digest.branch_window.last, voice)]
    return f"{_MARKS[row.verdict]} {' · '.join(parts)}"


def _standing(weeks: Window | None, last: str, voice: Voice) -> list[str]:
    """Until when an older window reached that stands because a newer one may not be shown."""
    if weeks is None or weeks.last == last:
        return []
    return [voice.say("until %(date)s", date=phrases.last_day(weeks, voice))]


def _told(
    indicator: str, measure: Measure | None, verdict: Verdict | None, voice: Voice, *, worded: _Worded
) -> str:
    name = phrases.title(indicator, voice)
    if measure is None:
        return f"{name} · {worded(measure, voice)}"
    told = f"{name} {worded(measure, voice)}"
    if verdict is not None:
        return f"{told} · {phrases.verdict(verdict, voice)}"
    return f"{told} · {voice.say('few answers')}" if measure.few else told


def _portfolio(digest: Digest, voice: Voice) -> Iterator[Line]:
    books = [book for book in digest.books if book.branch == digest.scope]
    if not books:
        yield Line(voice.say("Portfolio: no data."))
        return
    as_of = min(date.fromisoformat(book.as_of) for book in books)
    stale = Week.parse(digest.week).end - as_of > _STALE
    day = phrases.day(as_of, voice)
    old, fresh = (
        voice.say("Portfolio · %(date)s, over a month old", date=day),
        voice.say("Portfolio · %(date)s", date=day),
    )
    yield Line(old if stale else fresh)
    for place, book in enumerate(books):
        currency = f"{book.currency} · " if len(books) > 1 else ""
        yield Line(currency + _book(book, voice), worth=9 if place == 0 else 2)


def _book(book: Book, voice: Voice) -> str:
    if book.par30 is None or book.written_off is None:
        return voice.say("no loans outstanding")
    return voice.say(
        "PAR30 %(par)s · written off %(off)s",
        par=phrases.percent(book.par30, voice),
        off=phrases.percent(book.written_off, voice),
    )
