"""How the invitations to each survey ended, and how its answers were given: as much as tells on nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from spm_bot.analytics.diligence import EndingRow, MannerRow
from spm_bot.analytics.heard import Span
from spm_bot.analytics.suppression import RARE, hidden_cells


@dataclass(frozen=True, slots=True)
class SurveyQuality:
    """How the invitations of one survey ended over 13 weeks, and how its answers were given.

    None where fewer than the minimum cell answered. Of the ways not to complete, those of fewer than `RARE`
    people are None, with the next smallest beside a single one. `seconds` is the median time from one
    answer to the next; `alike` the share of those who gave the same place in every row of choices
    (straight-lining).
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


def surveys(
    endings: Iterable[EndingRow], manners: Sequence[MannerRow], *, minimum: int
) -> tuple[SurveyQuality, ...]:
    """Each survey of `Span.QUARTER`, by code; one that fewer than `minimum` completed is hidden, with others
    beside it (`hidden_cells`).
    """
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
    lost = _lost(rows)
    unreachable = sum(row.unreachable for row in rows)
    given = [row for row in manners if row.survey == survey]
    paces = [row.seconds for row in given if row.seconds is not None]
    marks = [row.alike for row in given if row.alike is not None]
    return SurveyQuality(
        survey,
        asked,
        delivered,
        completed=sum(row.completed for row in rows),
        partial=lost["partial"],
        broke_off=lost["broke_off"],
        refused=lost["refused"],
        unanswered=lost["unanswered"],
        unreachable=unreachable if unreachable >= RARE else None,
        seconds=median(paces) if len(paces) >= minimum else None,
        alike=sum(marks) / len(marks) if len(marks) >= minimum else None,
    )


def _lost(rows: Sequence[EndingRow]) -> dict[str, int | None]:
    """How those reached did not complete; their total is public, so a rare way is never hidden alone."""
    counts = {
        "partial": sum(row.partial for row in rows),
        "broke_off": sum(row.broke_off for row in rows),
        "refused": sum(row.refused for row in rows),
        "unanswered": sum(row.unanswered for row in rows),
    }
    hidden = hidden_cells(counts, minimum=RARE)
    return {way: None if way in hidden else count for way, count in counts.items()}
