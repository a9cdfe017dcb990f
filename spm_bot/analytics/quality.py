"""How good the data are: who is reached, who answers, who breaks off, and how carefully."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import prod
from statistics import median

from spm_bot.analytics.diligence import EndingRow, MannerRow, SilenceRow
from spm_bot.analytics.dimensions import Arrears
from spm_bot.analytics.heard import ContactRow, Span, untold
from spm_bot.analytics.populations import PopulationRow
from spm_bot.analytics.suppression import hidden_cells

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
class SurveyQuality:
    """How the invitations of one survey ended over 13 weeks, and how its answers were given.

    None where fewer than the minimum cell answered. `seconds` is the median time from one answer to the
    next; `alike` the share of those who gave the same place in every row of choices (straight-lining).
    """

    survey: str
    asked: int
    delivered: int
    completed: int | None
    partial: int | None
    broke_off: int | None
    refused: int | None
    unanswered: int | None
    unreachable: int | None
    seconds: float | None
    alike: float | None


@dataclass(frozen=True, slots=True)
class Silence:
    """The share of those asked who would rather not say, for one question."""

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
    surveys = _surveys(endings, manners, minimum=minimum)
    shown = {each.survey for each in surveys if each.completed is not None}
    unsaid = [
        Silence(row.survey, row.question, row.asked, row.silent / row.asked)
        for row in silences
        if row.survey in shown and row.asked >= ASKED and row.silent
    ]
    return Quality(
        reach=(
            _everybody(endings, population, minimum=minimum),
            *_branches(endings, population, contacts, names=names, minimum=minimum),
            *_bands(endings, population, minimum=minimum),
        ),
        surveys=surveys,
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
    line = ReachRow(reach, code, name, clients, hidden=hidden, coverage=coverage)
    if hidden:
        return line
    delivered = sum(row.delivered for row in rows)
    delivery = _share(delivered, sum(row.asked for row in rows))
    completion = _share(sum(row.completed for row in rows), delivered)
    known = [each for each in (coverage, delivery, completion) if each is not None]
    cumulative = prod(known) if len(known) == 3 else None
    return replace(line, delivery=delivery, completion=completion, cumulative=cumulative)


def _surveys(
    endings: Iterable[EndingRow], manners: Sequence[MannerRow], *, minimum: int
) -> tuple[SurveyQuality, ...]:
    counted: dict[str, list[EndingRow]] = {}
    for row in endings:
        if row.span is Span.QUARTER:
            counted.setdefault(row.survey, []).append(row)
    completed = {survey: sum(row.completed for row in rows) for survey, rows in counted.items()}
    hidden = hidden_cells(completed, minimum=minimum)
    return tuple(
        _survey(survey, counted[survey], manners, hidden=survey in hidden, minimum=minimum)
        for survey in sorted(counted)
    )


def _survey(
    survey: str, rows: Sequence[EndingRow], manners: Iterable[MannerRow], *, hidden: bool, minimum: int
) -> SurveyQuality:
    asked, delivered = sum(row.asked for row in rows), sum(row.delivered for row in rows)
    if hidden:
        return SurveyQuality(survey, asked, delivered, None, None, None, None, None, None, None, None)
    given = [row for row in manners if row.survey == survey]
    paces = [row.seconds for row in given if row.seconds is not None]
    marks = [row.alike for row in given if row.alike is not None]
    return SurveyQuality(
        survey,
        asked,
        delivered,
        completed=sum(row.completed for row in rows),
        partial=sum(row.partial for row in rows),
        broke_off=sum(row.broke_off for row in rows),
        refused=sum(row.refused for row in rows),
        unanswered=sum(row.unanswered for row in rows),
        unreachable=sum(row.unreachable for row in rows),
        seconds=median(paces) if len(paces) >= minimum else None,
        alike=sum(marks) / len(marks) if len(marks) >= minimum else None,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
