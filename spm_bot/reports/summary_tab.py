"""The first sheet of a workbook: what to do, the figures of the whole, who was heard, the portfolio."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from spm_bot.analytics.digest import Digest
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import AimKind, Figure
from spm_bot.analytics.portfolio import Book
from spm_bot.reports import labels, phrases, titles
from spm_bot.reports.binding import Block, Tab, Written, per_cent, tidy
from spm_bot.reports.hearing import who_heard
from spm_bot.reports.spread import figure_cells, head, number, row_cells, spread, weeks
from spm_bot.reports.urgings import action_sentences
from spm_bot.reports.wording import HIDDEN
from spm_bot.texts import Voice, half_up
from spm_bot.times import Week

_NO_AIMS: tuple[Written, ...] = (None, None, None, None)


def summary_tab(digest: Digest, voice: Voice) -> Tab:
    """Blocks below each other, only those in which something stands."""
    blocks = (
        Block([[digest.institution], [period(digest, voice)]]),
        Block([[words] for words in action_sentences(digest, voice)], heading=voice.say("What to do")),
        _figures(digest, voice),
        Block(list(_heard(digest, voice)), heading=voice.say("Who was heard")),
        Block(
            [[labels.remark(remark, voice)] for remark in digest.remarks], heading=voice.say("Please note")
        ),
        _portfolio(digest, voice),
    )
    return Tab(voice.say("Summary"), tuple(block for block in blocks if block.rows), kept=1)


def period(digest: Digest, voice: Voice) -> str:
    """The week, its days, and of which branches."""
    week = Week.parse(digest.week)
    return voice.say(
        "Client week %(week)s · %(dates)s · %(scope)s",
        week=week.number,
        dates=phrases.days(week.start, week.end, voice),
        scope=scope(digest, voice),
    )


def scope(digest: Digest, voice: Voice) -> str:
    name = digest.scope_name
    return voice.say("all branches") if name is None else phrases.clipped(name)


def _figures(digest: Digest, voice: Voice) -> Block:
    """The institution's figures; of one branch its own rows."""
    values = head(voice)
    before = voice.say("13 weeks before")
    columns = (
        *(voice.say("Figure"), voice.say("Code"), *values, voice.say("Unit"), voice.say("Weeks")),
        *(f"{before}: {name}" for name in values),
        *(voice.say("Weeks before"), voice.say("Change")),
        *(voice.say("Limit"), voice.say("Against the limit")),
        *(voice.say("Target"), voice.say("Against the target")),
        voice.say("Please note"),
    )
    rows = _own(digest, voice) if digest.scope is not None else _whole(digest, voice)
    return Block(list(rows), head=columns, heading=voice.say("Figures"))


def _whole(digest: Digest, voice: Voice) -> Iterator[list[Written]]:
    for figure in digest.figures:
        code = figure.indicator
        yield [
            *(titles.title(code, voice), code, *figure_cells(figure, voice)),
            *(unit(code, voice), weeks(figure.window)),
            *(*spread(code, figure.before, voice), weeks(figure.earlier)),
            None if figure.verdict is None else titles.verdict(figure.verdict, voice),
            *_aims(figure, voice),
            " · ".join(notes(figure, voice)),
        ]


def _own(digest: Digest, voice: Voice) -> Iterator[list[Written]]:
    for table in digest.breakdowns:
        for row in table.rows:
            if (table.dimension, row.code) == (Dimension.BRANCH, digest.scope):
                code = table.indicator
                few = row.now is not None and row.now.few
                yield [
                    *(titles.title(code, voice), code, *row_cells(code, row, voice)),
                    *(unit(code, voice), weeks(row.window)),
                    *(*spread(code, row.before, voice), weeks(row.earlier)),
                    None if row.verdict is None else titles.verdict(row.verdict, voice),
                    *_NO_AIMS,
                    voice.say("few answers") if few else None,
                ]


def unit(code: str, voice: Voice) -> str:
    """In what the value is counted, shortly."""
    return voice.say("in 100") if titles.unit(code).value == "share" else voice.say("points")


def _aims(figure: Figure, voice: Voice) -> Iterator[Written]:
    for kind in (AimKind.LIMIT, AimKind.TARGET):
        aim = next((aim for aim in figure.aims if aim.kind is kind), None)
        yield None if aim is None else number(figure.indicator, aim.value)
        yield None if aim is None else titles.standing(aim.standing, voice)


def notes(figure: Figure, voice: Voice) -> Iterator[str]:
    """What must stand beside a figure of the whole."""
    code = figure.indicator
    if figure.now is not None and figure.now.few:
        yield voice.say("few answers")
    if figure.early not in (None, figure.verdict):
        yield titles.early(figure.early, voice)
    if figure.last_year is not None:
        told = phrases.brief(titles.shown(code, figure.last_year), voice)
        yield voice.say("a year before: %(value)s", value=told)
    if figure.echo:
        yield voice.say("as last year at this time")
    if figure.unscored is not None and figure.unscored.count:
        count, of = (phrases.whole(n, voice) for n in (figure.unscored.count, figure.unscored.of))
        yield voice.say("Could not be scored: %(count)s of %(of)s.", count=count, of=of)
    if figure.weighted:
        yield voice.say("weighed to the client list")
    if figure.uneven:
        yield voice.say("answered too unevenly to be weighed")


def _heard(digest: Digest, voice: Voice) -> Iterator[tuple[Written, ...]]:
    heard = digest.heard
    yield (who_heard(digest, voice),)
    counts = (
        (voice.say("Asked"), heard.asked),
        (voice.say("Reached a phone"), heard.delivered),
        (voice.say("Answered"), HIDDEN if heard.answered is None and heard.asked else heard.answered),
        (voice.say("Answered this week"), heard.answered_this_week),
    )
    shares = (
        (voice.say("Answered, of all borrowers, in 100"), heard.of_borrowers),
        (voice.say("Answered, of borrowers in arrears, in 100"), heard.arrears_of_borrowers),
        (voice.say("In the chat, of all borrowers, in 100"), heard.coverage),
    )
    yield from ((name, count) for name, count in counts if count is not None)
    yield from ((name, per_cent(share)) for name, share in shares if share is not None)
    if heard.arrears_answer_less:
        yield (voice.say("Clients in arrears answered less; true stress is probably higher."),)
    if heard.chat_only:
        yield (voice.say("All figures are of clients in the chat."),)


def _portfolio(digest: Digest, voice: Voice) -> Block:
    """The book of this scope, then those of products; branches stand on a sheet of their own."""
    columns = (
        voice.say("Loans"),
        voice.say("Currency"),
        voice.say("Outstanding"),
        *portfolio_head(voice),
    )
    products = [
        row for table in digest.breakdowns if table.dimension is Dimension.PRODUCT for row in table.rows
    ]
    names = {row.code: labels.row_name(Dimension.PRODUCT, row, voice) for row in products}
    rows = [
        [
            scope(digest, voice) if book.product is None else names.get(book.product, book.product),
            book.currency,
            tidy(half_up(book.outstanding)),
            *portfolio_cells(book),
        ]
        for book in digest.books
        if book.branch == digest.scope
    ]
    return Block(rows, head=columns, heading=voice.say("Portfolio"))


def portfolio_head(voice: Voice) -> tuple[str, ...]:
    return (
        voice.say("PAR30, in 100"),
        voice.say("Written off, in 100"),
        voice.say("Restructured, in 100"),
        voice.say("Loan list of"),
    )


def portfolio_cells(book: Book) -> Iterator[Written]:
    """What stands in those columns: shares of what is outstanding, and the day of the list."""
    for share in (book.par30, book.written_off, book.restructured):
        yield None if share is None else per_cent(share)
    yield date.fromisoformat(book.as_of)
