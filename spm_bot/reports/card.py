"""The chat card: what a manager reads in ten seconds, as plain text that fits under a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import takewhile

from spm_bot.analytics.actions import ActionKind
from spm_bot.analytics.digest import LEADING, Digest, Remark
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Aim, AimKind, Figure
from spm_bot.analytics.measures import Exact, Measure
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.portfolio import Book
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.windows import Window
from spm_bot.reports import labels, phrases, titles
from spm_bot.reports.fitting import Line, fitted
from spm_bot.reports.hearing import who_heard
from spm_bot.reports.urgings import action_sentences
from spm_bot.texts import Voice, comma
from spm_bot.times import Week

_MARKS = {Verdict.BETTER: "🟢", Verdict.WORSE: "🟠", Verdict.NO_CLEAR_CHANGE: "⚪", None: "⚪"}
_BREACHED = "🔴"
_LONGEST_LINE = 120
_MOST_NAMED = 3
# From this share on, answers without a score are said on the card itself.
_NOTABLE = 0.1

_Worded = Callable[[Measure | None, Voice], str]


def card(digest: Digest, voice: Voice) -> str:
    """The digest as a caption of at most 1,024 UTF-16 units, whatever names and language it is in."""
    blocks = (
        tuple(_head(digest, voice)),
        tuple(_clients(digest, voice)),
        tuple(_portfolio(digest, voice)),
        (Line(who_heard(digest, voice)), *_decisions(digest, voice), *_remarks(digest, voice)),
    )
    return fitted([block for block in blocks if block])


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
    for place, told in enumerate(action_sentences(digest, voice)):
        yield Line(told, worth=9 if place == 0 else 7)


def _clients(digest: Digest, voice: Voice) -> Iterator[Line]:
    lines = _figures(digest, voice) if digest.scope is None else _branch(digest, voice)
    first = next(lines, None)
    if first is not None:
        yield Line(_heading(digest, voice))
        yield first
        yield from lines


def _figures(digest: Digest, voice: Voice) -> Iterator[Line]:
    figures = [figure for code in LEADING if (figure := digest.figure(code)) is not None]
    # The unit is said once, with the first figure that has one.
    unsaid = len(list(takewhile(lambda figure: not isinstance(figure.now, Exact), figures)))
    for place, figure in enumerate(figures):
        worded = phrases.value if place <= unsaid else phrases.brief
        text = _figure_line(figure, digest.week, voice, worded=worded)
        yield Line(text, worth=9 if place == 0 else 6 - place)
        if figure.indicator == LEADING[0]:
            yield from _beneath(figure, digest, voice)


def _branch(digest: Digest, voice: Voice) -> Iterator[Line]:
    """A branch's own figures come once a month; in between, the week has none of its own."""
    if digest.action.kind is ActionKind.MONTHLY:
        return
    for place, code in enumerate(LEADING):
        for row in digest.rows(Dimension.BRANCH, code):
            if row.code != digest.scope:
                continue
            worded = phrases.value if place == 0 else phrases.brief
            told = _told(code, titles.shown(code, row.now), row.verdict, voice, worded=worded)
            parts = [told, *_standing(row.window, digest.branch_window.last, voice)]
            yield Line(f"{_MARKS[row.verdict]} {' · '.join(parts)}", worth=9 if place == 0 else 6 - place)


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
    if Remark.STRESS_BRAKED in digest.remarks:
        yield Line(labels.remark(Remark.STRESS_BRAKED, voice), worth=7)
    unscored = figure.unscored
    if unscored is not None and unscored.count >= _NOTABLE * unscored.of:
        yield Line(
            voice.say(
                "Could not be scored: %(count)s of %(of)s.",
                count=phrases.whole(unscored.count, voice),
                of=phrases.whole(unscored.of, voice),
            ),
            worth=1,
        )


def _figure_line(figure: Figure, week: str, voice: Voice, *, worded: _Worded) -> str:
    measure = titles.shown(figure.indicator, figure.now)
    parts = [_told(figure.indicator, measure, figure.verdict, voice, worded=worded)]
    if figure.echo:
        parts.append(voice.say("as last year at this time"))
    parts += _standing(figure.window, week, voice)
    if measure is not None:
        parts += titles.aims(_aims(figure), voice, indicator=figure.indicator)
        if not figure.aims and figure.indicator == LEADING[0]:
            parts.append(titles.standing(Standing.NONE_SET, voice))
    return f"{_mark(figure)} {' · '.join(parts)}"


def _aims(figure: Figure) -> tuple[Aim, ...]:
    """What is said of limits and targets: beneath the leading figure only those not met, and of a limit
    that is not met, not also the target beyond it.
    """
    limits = tuple(aim for aim in figure.aims if aim.kind is AimKind.LIMIT)
    apart = len({aim.value for aim in figure.aims}) > 1
    told = limits if figure.breached and apart else figure.aims
    leads = figure.indicator == LEADING[0]
    return tuple(aim for aim in told if leads or aim.standing is not Standing.MET)


def _mark(figure: Figure) -> str:
    """The colour beside a figure; never a good one while an aim is too close to call."""
    if figure.breached:
        return _BREACHED
    close = any(aim.standing is Standing.TOO_CLOSE for aim in figure.aims)
    return _MARKS[None if close and figure.verdict is Verdict.BETTER else figure.verdict]


def _standing(weeks: Window | None, last: str, voice: Voice) -> list[str]:
    """Until when an older window reached that stands because a newer one may not be shown."""
    if weeks is None or weeks.last == last:
        return []
    return [voice.say("until %(date)s", date=phrases.last_day(weeks, voice))]


def _told(
    indicator: str, measure: Measure | None, verdict: Verdict | None, voice: Voice, *, worded: _Worded
) -> str:
    name = titles.title(indicator, voice)
    if measure is None:
        return f"{name} · {worded(measure, voice)}"
    told = f"{name} {worded(measure, voice)}"
    if verdict is not None:
        return f"{told} · {titles.verdict(verdict, voice)}"
    return f"{told} · {voice.say('few answers')}" if measure.few else told


def _portfolio(digest: Digest, voice: Voice) -> Iterator[Line]:
    books = [book for book in digest.books if book.branch == digest.scope and book.product is None]
    if not books:
        yield Line(voice.say("Portfolio: no data."))
        return
    as_of = min(date.fromisoformat(book.as_of) for book in books)
    day = (
        phrases.full_day(as_of, voice)
        if as_of.year != Week.parse(digest.week).year
        else phrases.day(as_of, voice)
    )
    old, fresh = (
        voice.say("Portfolio · %(date)s, over a month old", date=day),
        voice.say("Portfolio · %(date)s", date=day),
    )
    yield Line(old if Remark.STALE_PORTFOLIO in digest.remarks else fresh)
    for place, book in enumerate(books):
        currency = f"{phrases.clipped(book.currency)} · " if len(books) > 1 else ""
        yield Line(currency + _book(book, voice), worth=9 if place == 0 else 2)


def _book(book: Book, voice: Voice) -> str:
    if book.par30 is None or book.written_off is None or book.restructured is None:
        return voice.say("no loans outstanding")
    return voice.say(
        "PAR30 %(par)s · written off + rescheduled %(off)s",
        par=phrases.percent(book.par30, voice),
        off=phrases.percent(book.written_off + book.restructured, voice),
    )


def _decisions(digest: Digest, voice: Voice) -> Iterator[Line]:
    log = digest.commitments
    if log.late:
        yield Line(
            voice.say("Open decisions: %(open)s, late: %(late)s.", open=log.open, late=log.late), worth=8
        )
    elif log.open:
        yield Line(voice.say("Open decisions: %(open)s.", open=log.open), worth=8)
    elif log.owed or digest.action.kind is not ActionKind.NOTHING:
        yield Line(voice.say("No open decisions."), worth=3)
    if log.owed:
        names = [titles.title(code, voice) for code in log.owed[:_MOST_NAMED]]
        more = ["…"] if len(log.owed) > _MOST_NAMED else []
        owed = comma(voice.language).join([*names, *more])
        yield Line(voice.say("Over your limit and not yet decided: %(owed)s.", owed=owed), worth=8)
    for said in log.said[:_MOST_NAMED] if digest.scope is not None else ():
        words = phrases.clipped(said, most=_LONGEST_LINE)
        yield Line(voice.say("Clients are told: %(words)s", words=words), worth=4)


def _remarks(digest: Digest, voice: Voice) -> Iterator[Line]:
    if Remark.SMALL_INSTITUTION in digest.remarks:
        yield Line(labels.remark(Remark.SMALL_INSTITUTION, voice), worth=3)
