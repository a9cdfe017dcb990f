"""How answers were given lately: at what pace, whether with thought, and what was left unsaid."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Select, case, func, select

from spm_bot.analytics.diligence import MannerRow, SilenceRow, alike, pace
from spm_bot.analytics.windows import window
from spm_bot.storage import survey_versions
from spm_bot.storage.tables import answers, responses, sessions
from spm_bot.storage.tables import survey_versions as versions
from spm_bot.surveys.model import RATHER_NOT_SAY, Kind
from spm_bot.times import Week

NEWEST = 1000
"""Whole responses to a survey that are looked at, of those of 13 weeks: a median needs no more."""


def manners(connection: Connection, week: Week) -> tuple[MannerRow, ...]:
    """One row for each of the newest whole responses to every survey of standing rounds, up to `week`."""
    return tuple(
        MannerRow(survey, seconds, alike(picks.get(session, ())))
        for survey in _surveys(connection, week)
        for picks in (_picks(connection, _newest(survey, week)),)
        for session, seconds in _paces(connection, _newest(survey, week))
    )


def silences(connection: Connection, week: Week) -> tuple[SilenceRow, ...]:
    """What the same people were asked and would rather not say."""
    silent = case((answers.c.choice == RATHER_NOT_SAY, 1), else_=0)
    return tuple(
        SilenceRow(survey, *row)
        for survey in _surveys(connection, week)
        for row in connection.execute(
            select(answers.c.question, func.count(answers.c.session_id.distinct()), func.sum(silent))
            .where(answers.c.session_id.in_(_newest(survey, week)))
            .group_by(answers.c.question)
            .order_by(answers.c.question)
        )
    )


def _surveys(connection: Connection, week: Week) -> list[str]:
    weeks, kept = window(week), responses.c
    query = select(kept.survey).where(kept.week >= weeks.first, kept.week <= weeks.last).distinct()
    return list(connection.execute(query.order_by(kept.survey)).scalars())


def _newest(survey: str, week: Week) -> Select[tuple[int]]:
    """Their sessions."""
    weeks, kept = window(week), responses.c
    return (
        select(kept.session_id)
        .where(kept.week >= weeks.first, kept.week <= weeks.last, kept.survey == survey)
        .where(kept.origin == "standing", ~kept.partial, kept.session_id.is_not(None))
        .order_by(kept.week.desc(), kept.id.desc())
        .limit(NEWEST)
    )


def _paces(connection: Connection, newest: Select[tuple[int]]) -> Iterator[tuple[int, float | None]]:
    query = (
        select(
            answers.c.session_id,
            func.min(answers.c.at),
            func.max(answers.c.at),
            func.count(answers.c.question.distinct()),
        )
        .where(answers.c.session_id.in_(newest))
        .group_by(answers.c.session_id)
        .order_by(answers.c.session_id)
    )
    for session, first, last, questions in connection.execute(query):
        yield session, pace((last - first).total_seconds(), questions)


def _picks(connection: Connection, newest: Select[tuple[int]]) -> dict[int, list[tuple[int, int]]]:
    """By session the (number of choices, place picked) of every single choice that was answered."""
    query = (
        select(answers.c.session_id, versions.c.code, versions.c.hash, answers.c.question, answers.c.choice)
        .join(sessions, sessions.c.id == answers.c.session_id)
        .join(versions, versions.c.id == sessions.c.survey_version_id)
        .where(answers.c.session_id.in_(newest), answers.c.choice != "")
    )
    found: dict[int, list[tuple[int, int]]] = {}
    places: dict[tuple[str, str], dict[tuple[str, str], tuple[int, int]]] = {}
    for session, code, version, question, choice in connection.execute(query):
        if (code, version) not in places:
            places[code, version] = _places(connection, code, version)
        place = places[code, version].get((question, choice))
        if place is not None:
            found.setdefault(session, []).append(place)
    return found


def _places(connection: Connection, code: str, version: str) -> dict[tuple[str, str], tuple[int, int]]:
    """By question and choice of a survey's single choices: how many there are, and which one it is."""
    return {
        (question.name, choice.code): (len(question.choices), place)
        for question in survey_versions.get(connection, code, version).questions
        if question.kind is Kind.SELECT_ONE
        for place, choice in enumerate(question.choices)
    }
