"""Sheets of tables: branches with a column a figure, groups and the line over the weeks in long form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from spm_bot.analytics.breakdowns import Breakdown, Row
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.dimensions import PUBLISHED, Dimension
from spm_bot.reports import labels, titles
from spm_bot.reports.binding import Block, Tab, Written, per_cent, tidy
from spm_bot.reports.spread import EMPTY_FOUR, head, number, row_cells, weeks
from spm_bot.reports.summary_tab import portfolio_cells, portfolio_head, unit
from spm_bot.reports.wording import HIDDEN
from spm_bot.texts import Voice, half_up
from spm_bot.times import Week

_LOADS = 4
_BOOK = 4


def branches_tab(digest: Digest, voice: Voice) -> Tab | None:
    """One row a branch in the order of names, without a ranking; None where no branch is known."""
    names = branch_names(digest)
    tables = [table for table in digest.breakdowns if table.dimension is Dimension.BRANCH]
    rows = [[name, *_branch(code, digest, tables, voice)] for code, name in names.items()]
    columns = (
        voice.say("Branch"),
        *(name for table in tables for name in _columns(table, voice)),
        *portfolio_head(voice),
        voice.say("Growth in a year, in 100"),
        voice.say("Borrowers"),
        voice.say("Borrowers per officer"),
        voice.say("Staff trained, in 100"),
    )
    mark = voice.say("* too few answers here, or hidden so that these cannot be worked out.")
    notes = (voice.say("In order of names, no ranking."), *([mark] if _hides(rows) else []))
    if not rows:
        return None
    blocks = (Block(rows, head=columns), Block([[note] for note in notes]))
    return Tab(voice.say("Branches"), blocks, kept=1)


def branch_names(digest: Digest) -> Mapping[str, str]:
    """Every branch that some table names, in the order of names."""
    found = {row.branch: row.name for row in digest.workloads if row.branch is not None}
    for table in digest.breakdowns:
        if table.dimension is Dimension.BRANCH:
            found.update({row.code: row.name for row in table.rows})
    return dict(sorted(found.items(), key=lambda pair: (pair[1].casefold(), pair[0])))


def _columns(table: Breakdown, voice: Voice) -> Iterator[str]:
    title = f"{titles.title(table.indicator, voice)} ({table.indicator})"
    for name in (*head(voice), voice.say("Change"), voice.say("Beside the others"), voice.say("Weeks")):
        yield f"{title}: {name}"


def _branch(code: str, digest: Digest, tables: list[Breakdown], voice: Voice) -> Iterator[Written]:
    for table in tables:
        row = next((row for row in table.rows if row.code == code), None)
        yield from row_cells(table.indicator, row, voice, replaced=table.replaced)
        yield from _words(row, voice, hidden=table.replaced)
    book = next(
        (
            book
            for book in digest.books
            if book.branch == code and book.product is None and book.currency == digest.currency
        ),
        None,
    )
    yield from [None] * _BOOK if book is None else portfolio_cells(book)
    load = next((load for load in digest.workloads if load.branch == code), None)
    if load is None:
        yield from [None] * _LOADS
        return
    yield None if load.growth is None else per_cent(load.growth)
    yield load.borrowers
    each = load.borrowers_per_officer
    yield None if each is None else tidy(half_up(each, 1))
    yield None if load.trained is None else per_cent(load.trained)


def _words(row: Row | None, voice: Voice, *, hidden: bool) -> tuple[Written, ...]:
    """The change, the place beside other branches, and the weeks, which may be older ones."""
    if hidden or (row is not None and (row.hidden or row.now is None)):
        return (HIDDEN, HIDDEN, HIDDEN)
    if row is None:
        return (None, None, None)
    return (
        few_word(row, voice) if row.verdict is None else titles.verdict(row.verdict, voice),
        None if row.beyond is None else titles.beyond(row.beyond, voice),
        weeks(row.window),
    )


def few_word(row: Row, voice: Voice) -> str | None:
    """What must stand beside a row of few answers, which is never judged."""
    return voice.say("few answers") if row.now is not None and row.now.few else None


def _hides(rows: list[list[Written]]) -> bool:
    return any(HIDDEN in row for row in rows)


def segments_tab(digest: Digest, voice: Voice) -> Tab | None:
    """Every other one-way table in one long form: a row a group and indicator."""
    columns = (
        *(voice.say("By"), voice.say("Group"), voice.say("Code"), voice.say("Figure"), voice.say("Unit")),
        *(voice.say("Weeks"), *head(voice), voice.say("Please note")),
    )
    rows = [
        row
        for dimension in PUBLISHED[1:]
        for table in digest.breakdowns
        if table.dimension is dimension
        for row in _segment(table, voice)
    ]
    return Tab(voice.say("Segments"), (Block(rows, head=columns),), kept=2) if rows else None


def _segment(table: Breakdown, voice: Voice) -> Iterator[list[Written]]:
    by, code = labels.dimension(table.dimension, voice), table.indicator
    told = (code, titles.title(code, voice), unit(code, voice))
    if table.replaced:
        yield [by, voice.say("only the total can be shown"), *told, None, *EMPTY_FOUR]
    for row in table.rows:
        hidden = row.hidden or row.now is None
        window = HIDDEN if hidden else weeks(row.window)
        name = labels.row_name(table.dimension, row, voice)
        yield [
            by,
            name,
            *told,
            window,
            *row_cells(code, row, voice),
            None if hidden else few_word(row, voice),
        ]


def trend_tab(digest: Digest, voice: Voice) -> Tab | None:
    """The institution's figures as the digests of the last weeks showed them; a branch has no such line."""
    columns = (
        *(voice.say("Code"), voice.say("Figure"), voice.say("Unit")),
        *(voice.say("Week"), voice.say("13 weeks until"), *head(voice)[:3]),
    )
    rows: list[list[Written]] = []
    for figure in digest.figures if digest.scope is None else ():
        code = figure.indicator
        for point in figure.line:
            low, high = sorted((number(code, point.low), number(code, point.high)))
            named = (code, titles.title(code, voice), unit(code, voice), point.week)
            rows.append([*named, Week.parse(point.week).end, number(code, point.value), low, high])
    return Tab(voice.say("Trend"), (Block(rows, head=columns),), kept=2) if rows else None
