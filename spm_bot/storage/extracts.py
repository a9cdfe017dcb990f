"""Responses as they leave the house in an export: with what was answered, without who answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from spm_bot.analytics.dimensions import UNKNOWN, Arrears
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import answers, responses, sessions, survey_versions

PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Head:
    """One response without its answers. `person` tells people apart within one export only; `session` is
    None once answers were cut from whoever gave them.
    """

    response: int
    session: int | None
    person: int
    version: str
    origin: str
    partial: bool
    late: bool
    language: str
    channel: str
    week: str
    branch: str
    product: str
    loan_method: str
    gender: str
    in_arrears: int | None
    scored: str


def surveys(connection: Connection, *, first: str | None, last: str | None) -> list[str]:
    """The surveys that have responses in these weeks."""
    query = select(responses.c.survey).where(*_within(first, last)).distinct()
    return list(connection.execute(query.order_by(responses.c.survey)).scalars())


def heads(connection: Connection, survey: str, *, first: str | None, last: str | None) -> list[Head]:
    """The responses to a survey in these weeks that still have their answers, oldest first."""
    wanted = (responses.c.survey == survey, *_within(first, last))
    return [Head(*row) for row in connection.execute(_HEADS.where(*wanted).order_by(responses.c.id))]


def answered(
    connection: Connection, session_ids: Sequence[int]
) -> dict[int, dict[str, list[tuple[str, float | None]]]]:
    """What was picked and counted in these sessions: session → question → (code, number). No free text."""
    query = select(answers.c.session_id, answers.c.question, answers.c.choice, answers.c.number)
    query = query.where(answers.c.session_id.in_(list(session_ids))).order_by(answers.c.id)
    found: dict[int, dict[str, list[tuple[str, float | None]]]] = {}
    for session, question, choice, number in connection.execute(query):
        found.setdefault(session, {}).setdefault(question, []).append((choice, number))
    return found


def pseudonym(connection: Connection, scope: str, identity: int) -> str:
    """A name for a row that leads nowhere without our key, and from one `scope` to no other."""
    return vault_of(connection).digest(f"{scope}:{identity}", associated="export")[4:12].hex()


def _within(first: str | None, last: str | None) -> list[ColumnElement[bool]]:
    asked = responses.c.origin != PRACTICE
    return [
        asked,
        responses.c.session_id.is_not(None),
        *([responses.c.week >= first] if first else []),
        *([responses.c.week <= last] if last else []),
    ]


_HEADS: Select[*tuple[Any, ...]] = (
    select(
        responses.c.id,
        responses.c.session_id,
        func.coalesce(responses.c.client_id, -responses.c.id),
        survey_versions.c.hash,
        responses.c.origin,
        responses.c.partial,
        responses.c.late,
        responses.c.language,
        responses.c.channel,
        responses.c.week,
        responses.c.branch,
        responses.c.product,
        responses.c.loan_method,
        responses.c.gender,
        case((responses.c.arrears == Arrears.NONE, 0), (responses.c.arrears != UNKNOWN, 1)),
        responses.c.scored,
    )
    .join(sessions, sessions.c.id == responses.c.session_id)
    .join(survey_versions, survey_versions.c.id == sessions.c.survey_version_id)
)
