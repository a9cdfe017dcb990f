"""What clients wrote in standing surveys, opened for counting themes and for the one who releases quotes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from spm_bot.storage.given import COMMENT, WRITTEN
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import comments, responses, sessions, survey_versions
from spm_bot.storage.vault import Undecipherable

STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Comment:
    """Typed words of one client. `whole` when the survey was answered to its end and raised no flag."""

    text: str
    id: int
    person: int
    survey: str
    version: str
    question: str
    language: str
    branch: str
    week: str
    whole: bool


def written(connection: Connection, *, first: str, last: str) -> Iterator[Comment]:
    """Comments of standing responses of these weeks, the oldest first; one that does not open is left out."""
    query: Select[*tuple[Any, ...]] = (
        select(
            comments.c.id,
            func.coalesce(responses.c.client_id, -responses.c.id).label("person"),
            survey_versions.c.code.label("survey"),
            survey_versions.c.hash.label("version"),
            comments.c.question,
            responses.c.language,
            responses.c.branch,
            responses.c.week,
            (~responses.c.partial & responses.c.scored.contains('"flags": []')).label("whole"),
            comments.c.body,
        )
        .join(responses, responses.c.session_id == comments.c.session_id)
        .join(sessions, sessions.c.id == comments.c.session_id)
        .join(survey_versions, survey_versions.c.id == sessions.c.survey_version_id)
        .where(responses.c.week >= first, responses.c.week <= last, responses.c.origin == STANDING)
        .where(comments.c.kind == WRITTEN)
        .order_by(comments.c.id)
    )
    for row in connection.execute(query):
        with suppress(Undecipherable):
            yield Comment(vault_of(connection).decrypt(row.body, associated=COMMENT), *row[:-1])


def respondents(connection: Connection, *, first: str, last: str) -> dict[str, int]:
    """How many people of each branch answered standing surveys in these weeks."""
    person = func.coalesce(responses.c.client_id, -responses.c.id)
    query = select(responses.c.branch, func.count(person.distinct()).label("people")).group_by(
        responses.c.branch
    )
    within = (responses.c.week >= first, responses.c.week <= last, responses.c.origin == STANDING)
    return {row.branch: row.people for row in connection.execute(query.where(*within))}
