"""Responses leave as tables for the institution's own analysis: without names, and never so that one person
can be picked out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from spm_bot.analytics.generalisation import WITHHELD, generalised
from spm_bot.reports.codebook import codebook, notes
from spm_bot.reports.extract import Cell, Column, Item, Sheet, cells_of, columns_of, items_of
from spm_bot.storage import extracts, survey_versions
from spm_bot.storage.extracts import Head
from spm_bot.storage.store import Connection, Store
from spm_bot.surveys.model import Survey
from spm_bot.times import DAY, Week
from spm_bot.usecases.visit import Desk

CHUNK = 500
"""Responses read at once, so that nobody's answer waits behind an export."""

PRIVATE_FROM = 30
"""People who must have answered in a quarter before its private answers leave, in a table of their own."""

Progress = Callable[[int], object]

_ABOUT = (
    Column("response", "export", "this response; leads nowhere without the institution's key"),
    Column("person", "export", "who gave it: one person has one name in this table, and another elsewhere"),
    Column("version", "export", "the version of the survey that asked"),
    Column("origin", "export", "standing (enters indicators) or adhoc (never does)"),
    Column("partial", "export", "1 if it ended before its last question"),
    Column("late", "export", "1 if it was answered after its time"),
)
_SEGMENTS = (
    Column("quarter", "segment", "in which it ended"),
    Column("branch", "segment", "the branch on that day"),
    Column("gender", "segment", "as the register has it"),
    Column("product", "segment", "the largest loan on that day"),
    Column("loan_method", "segment", "group or individual"),
    Column("in_arrears", "segment", "1 if a payment was late on that day"),
    Column("language", "segment", "in which the survey was answered"),
    Column("week", "segment", "the ISO week in which it ended"),
    Column("week_begins", "segment", "the Monday of that week; blank where the week is withheld"),
)


class NothingToExport(Exception):
    """There is no export of this; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which responses: of which survey (None: all), in which weeks (None: all), labels in which language."""

    survey: str | None
    first: str | None
    last: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Export:
    """The tables of one or several surveys, with what explains them."""

    sheets: tuple[Sheet, ...]
    codebook: Sheet
    notes: Sheet
    responses: int


async def gather(wanted: Wanted, *, today: Week, store: Store, desk: Desk, progress: Progress) -> Export:
    """Everything that may leave in this week. Raises NothingToExport."""
    first, last = wanted.first, wanted.last
    known = await store.read(partial(extracts.surveys, first=first, last=last))
    codes = known if wanted.survey is None else [code for code in known if code == wanted.survey]
    smallest = desk.institution.minimum_cell
    tables: list[Sheet] = []
    said: list[str] = []
    count = 0
    for code in codes:
        heads = await store.read(partial(extracts.heads, survey=code, first=first, last=last))
        people = len({head.person for head in heads})
        if people < smallest:
            said.append(f"{code}: left out, fewer than {smallest} people answered.")
            continue
        ripe = _ripe(heads, wanted, today=today)
        tables += await _tables(
            code, heads, wanted, ripe=ripe, store=store, smallest=smallest, progress=progress
        )
        said += _left_out(code, ripe)
        count += len(heads)
    if not tables:
        raise NothingToExport(
            f"fewer than {smallest} people answered: nothing leaves (take more weeks, or all surveys)"
        )
    return Export(tuple(tables), codebook(tables), notes([*_notes(smallest), *said]), count)


def quarter_of(week: Week) -> str:
    """The quarter in which the Thursday of a week lies, as 2026-Q4."""
    thursday = week.start + 3 * DAY
    return f"{thursday.year}-Q{(thursday.month + 2) // 3}"


def _ripe(heads: Sequence[Head], wanted: Wanted, *, today: Week) -> frozenset[str]:
    """Quarters whose private answers may leave: over, wholly asked for, and with enough people. Two exports
    then never differ by a few people's private answers.
    """
    people: dict[str, set[int]] = {}
    for head in heads:
        people.setdefault(quarter_of(Week.parse(head.week)), set()).add(head.person)
    cut = [Week.parse(wanted.first).previous()] if wanted.first else []
    cut += [Week.parse(wanted.last).next()] if wanted.last else []
    # A quarter that goes on beyond the weeks asked for, or is not over, is not whole.
    broken = {quarter_of(week) for week in (*cut, today)}
    return frozenset(
        quarter for quarter, who in people.items() if len(who) >= PRIVATE_FROM and quarter not in broken
    )


async def _tables(
    code: str,
    heads: Sequence[Head],
    wanted: Wanted,
    *,
    ripe: frozenset[str],
    store: Store,
    smallest: int,
    progress: Progress,
) -> list[Sheet]:
    versions = await store.read(partial(_versions, code=code, hashes=[head.version for head in heads]))
    open_ = items_of(versions, private=False, language=wanted.language)
    hidden = items_of(versions, private=True, language=wanted.language)
    shown = generalised([(head.person, _segments(head)) for head in heads], k=smallest)
    rows: list[tuple[Cell, ...]] = []
    apart: list[tuple[str, tuple[Cell, ...]]] = []
    reading = partial(
        _read, scope=f"{code}:{wanted.first}:{wanted.last}", open_=open_, hidden=hidden, ripe=ripe
    )
    for first in range(0, len(heads), CHUNK):
        part = heads[first : first + CHUNK]
        public, secret = await store.read(partial(reading, heads=part, segments=shown[first : first + CHUNK]))
        rows += public
        apart += secret
        progress(len(part))
    made = [Sheet(code, (*_ABOUT, *_SEGMENTS, *columns_of(open_, language=wanted.language)), rows)]
    if hidden and apart:
        # In an order that has nothing to do with that of the other table.
        lines = [cells for _, cells in sorted(apart, key=lambda each: each[0])]
        columns = (*_PRIVATE, *columns_of(hidden, language=wanted.language))
        made.append(Sheet(f"{code} private", columns, lines))
    return made


_PRIVATE = (
    Column("quarter", "export", "in which it was answered"),
    Column("origin", "export", "standing or adhoc"),
    Column("score", "export", "the composite score, if the survey has one; not validated by others"),
    Column("band", "export", "its band"),
)


def _read(
    connection: Connection,
    *,
    heads: Sequence[Head],
    segments: Sequence[tuple[str, ...]],
    scope: str,
    open_: Sequence[Item],
    hidden: Sequence[Item],
    ripe: frozenset[str],
) -> tuple[list[tuple[Cell, ...]], list[tuple[str, tuple[Cell, ...]]]]:
    given = extracts.answered(connection, [head.session or 0 for head in heads])
    public, secret = [], []
    for head, shown in zip(heads, segments, strict=True):
        said = given.get(head.session or 0, {})
        response = extracts.pseudonym(connection, f"response:{scope}", head.response)
        known = head.person > 0
        person = extracts.pseudonym(connection, f"person:{scope}", head.person) if known else None
        about = (response, person, head.version[:8], head.origin, int(head.partial), int(head.late))
        begins = None if shown[-1] == WITHHELD else Week.parse(head.week).start
        public.append((*about, *shown, begins, *cells_of(open_, said)))
        quarter = quarter_of(Week.parse(head.week))
        if quarter in ripe:
            place = extracts.pseudonym(connection, f"private:{scope}", head.response)
            secret.append((place, (quarter, head.origin, *_score(head), *cells_of(hidden, said))))
    return public, secret


def _versions(connection: Connection, *, code: str, hashes: Sequence[str]) -> list[Survey]:
    """The versions of a survey that asked, newest first."""
    newest_first = dict.fromkeys(reversed(hashes))
    return [survey_versions.get(connection, code, each) for each in newest_first]


def _segments(head: Head) -> tuple[str, ...]:
    late = "" if head.in_arrears is None else str(head.in_arrears)
    quarter = quarter_of(Week.parse(head.week))
    return (quarter, head.branch, head.gender, head.product, head.loan_method, late, head.language, head.week)


def _score(head: Head) -> tuple[Cell, Cell]:
    scored = json.loads(head.scored)
    scores, bands = scored.get("scores", {}), scored.get("bands", {})
    return (
        next((value for value in scores.values() if value is not None), None),
        next((band for band in bands.values() if band), None),
    )


def _left_out(code: str, ripe: frozenset[str]) -> list[str]:
    if ripe:
        return [f"{code}: private answers of {', '.join(sorted(ripe))}, each a quarter that is over."]
    return [f"{code}: no private answers: no whole quarter that is over, with {PRIVATE_FROM} people."]


def _notes(smallest: int) -> list[str]:
    return _READ_ME.format(smallest=smallest).strip().split("\n\n")


_READ_ME = """
One row a response. Blank means not asked, or not answered; 0 is always a real 0; pns: would rather not say.

Names, phones, client numbers and free text never leave. Responses and persons are named anew in every table.

Every combination of segments stands for {smallest} people or more; where it would not, they read withheld.

Private questions stand in a table of their own, for quarters that are over, without segments, week or person.

Other exports can be compared with this one: keep them where answers are kept, and delete them after use.
"""
