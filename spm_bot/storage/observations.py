"""One row an indicator item of a response, with the segments of that day; the digest reads only these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from spm_bot.storage.tables import observations, responses


@dataclass(frozen=True, slots=True)
class Segments:
    """Where the person stood when the response ended; a later move does not rewrite it."""

    branch: str
    product: str
    loan_method: str
    gender: str
    in_arrears: bool
    language: str
    channel: str


@dataclass(frozen=True, slots=True)
class Observation:
    """One item of one response; `value` is None where an answer was given but cannot be scored.

    `respondent` tells people apart, so that each counts once.
    """

    week: str
    survey: str
    indicator: str
    value: float | None
    branch: str
    respondent: int


def add(
    connection: Connection,
    response: int,
    values: Sequence[tuple[str, float | None]],
    *,
    week: str,
    survey: str,
    origin: str,
    partial: bool,
    segments: Segments,
) -> None:
    """Stores (indicator, value) pairs of one response."""
    common = {
        "response_id": response,
        "week": week,
        "survey": survey,
        "origin": origin,
        "partial": partial,
        "branch": segments.branch,
        "product": segments.product,
        "loan_method": segments.loan_method,
        "gender": segments.gender,
        "in_arrears": segments.in_arrears,
        "language": segments.language,
        "channel": segments.channel,
    }
    rows = [{**common, "indicator": indicator, "value": value} for indicator, value in values]
    if rows:
        connection.execute(insert(observations), rows)


def between(connection: Connection, first: str, last: str) -> list[Observation]:
    """Observations of standing rounds in the weeks `first` to `last`, both included."""
    kept = observations.c
    # Once the link to a client is cut, the response stands for its person.
    person = func.coalesce(responses.c.client_id, -kept.response_id)
    query = (
        select(kept.week, kept.survey, kept.indicator, kept.value, kept.branch, person)
        .join(responses, responses.c.id == kept.response_id)
        .where(kept.week >= first, kept.week <= last, kept.origin == "standing")
    )
    return [Observation(*row) for row in connection.execute(query.order_by(kept.id))]
