"""How good the data are: who is reached, who answers, who breaks off, and how carefully."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import prod

from spm_bot.analytics.diligence import EndingRow, MannerRow, SilenceRow
from spm_bot.analytics.dimensions import Arrears
from spm_bot.analytics.heard import ContactRow, Span, untold
from spm_bot.analytics.populations import PopulationRow
from spm_bot.analytics.suppression import RARE, hidden_cells
from spm_bot.analytics.surveyed import SurveyQuality, surveys

ASKED = 30
"""Fewer asked say nothing about a question."""

WORST = 10
"""Questions most often left unsaid that are named."""


class Reach(StrEnum):
    """Whose response a line tells: everybody's, a branch's, a band of arrears'."""

    ALL = "all"
    BRANCH = "branch"
    ARREARS = "arrears"


@dataclass(frozen=True, slots=True)
class ReachRow:
    """Response of one group over 13 weeks; shares of 0 to 1, None where unknown or too few to show.

    They are whole hundredths, so that what a single person changed from one week to the next is seldom seen.

    `coverage` clients in the chat ÷ active clients, `delivery` delivered ÷ due invitations, `completion`
    completed ÷ delivered, `cumulative` the three multiplied.
    """

    reach: Reach
    code: str
    name: str
    clients: int
    hidden: bool = False
    coverage: float | None = None
    delivery: float | None = None
    completion: float | None = None
    cumulative: float | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """The share of those asked who would rather not say, for one question: at least `RARE` of them, and
    at least as many would.
    """

    survey: str
    question: str
    asked: int
    silent: float


@dataclass(frozen=True, slots=True)
class Quality:
    """The data quality page. `silences` are the questions most often left unsaid, worst first."""

    reach: tuple[ReachRow, ...]
    surveys: tuple[SurveyQuality, ...]
    silences: tuple[Silence, ...]


def quality(
    endings: Sequence[EndingRow],
    *,
    population: Sequence[PopulationRow],
    contacts: Sequence[ContactRow],
    manners: Sequence[MannerRow],
    silences: Iterable[SilenceRow],
    names: Mapping[str, str],
    minimum: int,
) -> Quality:
    """The data quality page of the whole institution; `names` are branches by code.

    Everybody's line and the surveys cover `Span.QUARTER`, branches and bands of arrears `Span.BRANCH`. What
    decides is who completed: a cell under `minimum` is hidden, with others beside it (`hidden_cells`).
    """
    ended = surveys(endings, manners, minimum=minimum)
    shown = {each.survey for each in ended if each.completed is not None}
    unsaid = [
        Silence(row.survey, row.question, row.asked, row.silent / row.asked)
        for row in silences
        if row.survey in shown and row.asked >= ASKED and RARE <= row.silent <= row.asked - RARE
    ]
    return Quality(
        reach=(
            _everybody(endings, population, minimum=minimum),
            *_branches(endings, population, contacts, names=names, minimum=minimum),
            *_bands(endings, population, minimum=minimum),
        ),
        surveys=ended,
        silences=tuple(sorted(unsaid, key=lambda each: (-each.silent, each.survey, each.question))[:WORST]),
    )


def _everybody(
    endings: Sequence[EndingRow], population: Sequence[PopulationRow], *, minimum: int
) -> ReachRow:
    counted = [row for row in endings if row.span is Span.QUARTER]
    few = sum(row.completed for row in counted) < minimum
    return _line(Reach.ALL, "", "", counted, population, hidden=few)


def _branches(
    endings: Sequence[EndingRow],
    population: Sequence[PopulationRow],
    contacts: Sequence[ContactRow],
    *,
    names: Mapping[str, str],
    minimum: int,
) -> Iterator[ReachRow]:
    codes = {*names, *(row.branch for row in population), *(row.branch for row in endings)}
    already = untold(contacts, codes, minimum=minimum)
    hidden = _hidden(endings, codes, _branch, already=already, minimum=minimum)
    for code in sorted(codes, key=lambda code: (names.get(code, code), code)):
        counted = [row for row in endings if row.span is Span.BRANCH and row.branch == code]
        clients = [row for row in population if row.branch == code]
        yield _line(Reach.BRANCH, code, names.get(code, code), counted, clients, hidden=code in hidden)


def _bands(
    endings: Sequence[EndingRow], population: Sequence[PopulationRow], *, minimum: int
) -> Iterator[ReachRow]:
    hidden = _hidden(endings, list(Arrears), _band, already=frozenset(), minimum=minimum)
    for code in Arrears:
        counted = [row for row in endings if row.span is Span.BRANCH and row.arrears == code]
        clients = [row for row in population if row.arrears == code]
        yield _line(Reach.ARREARS, code, code, counted, clients, hidden=code in hidden)


def _branch(row: EndingRow) -> str:
    return row.branch


def _band(row: EndingRow) -> str:
    return row.arrears


def _hidden(
    endings: Iterable[EndingRow],
    codes: Iterable[str],
    part: Callable[[EndingRow], str],
    *,
    already: frozenset[str],
    minimum: int,
) -> frozenset[str]:
    """The cells that their 13 weeks hide, or the month by which those moved on."""
    hidden = already
    for span in (Span.BRANCH, Span.MONTH):
        counts = dict.fromkeys(codes, 0)
        for row in endings:
            if row.span is span and part(row) in counts:
                counts[part(row)] += row.completed
        hidden = hidden_cells(counts, minimum=minimum, already=hidden)
    return hidden


def _line(
    reach: Reach,
    code: str,
    name: str,
    endings: Iterable[EndingRow],
    population: Sequence[PopulationRow],
    *,
    hidden: bool,
) -> ReachRow:
    rows = list(endings)
    clients = sum(row.clients for row in population)
    coverage = _share(sum(row.joined for row in population), clients)
    line = ReachRow(reach, code, name, clients, hidden=hidden, coverage=_told(coverage))
    if hidden:
        return line
    delivered = sum(row.delivered for row in rows)
    delivery = _share(delivered, sum(row.asked for row in rows))
    completion = _share(sum(row.completed for row in rows), delivered)
    known = [each for each in (coverage, delivery, completion) if each is not None]
    cumulative = prod(known) if len(known) == 3 else None
    return replace(line, delivery=_told(delivery), completion=_told(completion), cumulative=_told(cumulative))


def _told(share: float | None) -> float | None:
    return None if share is None else round(share, 2)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
