"""A survey that ended, in whatever way, becomes a response with its observations and its outcome."""

from __future__ import annotations

from datetime import datetime

from spm_bot.analytics.dimensions import Segments, segments_of
from spm_bot.analytics.indicators import observe
from spm_bot.fieldwork import outcomes
from spm_bot.storage import loan_books, observations, people, responses, rounds
from spm_bot.storage.responses import Response
from spm_bot.storage.sessions import Opened
from spm_bot.storage.store import Connection
from spm_bot.surveys.model import Kind, Survey
from spm_bot.surveys.plan import relevant_questions
from spm_bot.surveys.scoring import report, score
from spm_bot.surveys.session import Session, State
from spm_bot.times import Week, on_wall
from spm_bot.usecases.visit import Desk

PRACTICE = "practice"
"""The origin of answers nobody was invited to give; they enter no indicator."""


def respond(connection: Connection, desk: Desk, opened: Opened, survey: Survey, *, now: datetime) -> None:
    """Stores what came of a survey session, in place of what came of it before."""
    if opened.client is None:
        return
    session = opened.session
    given = {name: answer for name, answer in session.answers.items() if not answer.skipped}
    origin = PRACTICE
    if opened.invitation is not None:
        origin = _settle_invitation(
            connection, opened.invitation, survey, session, answered=len(given), now=now
        )
    if not session.answers:
        return
    _record(connection, desk, opened, survey, origin=origin, now=now)


def _settle_invitation(
    connection: Connection,
    invitation: int,
    survey: Survey,
    session: Session,
    *,
    answered: int,
    now: datetime,
) -> str:
    asked = [q for q in relevant_questions(survey, session) if q.kind not in {Kind.NOTE, Kind.SUPPLIED}]
    outcome = outcomes.of_session(
        finished=session.state is State.FINISHED, answered=answered, relevant=len(asked)
    )
    rounds.set_outcome(connection, invitation, outcome, ended_at=now)
    known = rounds.invitation(connection, invitation)
    return known.origin if known is not None else PRACTICE


def _record(
    connection: Connection, desk: Desk, opened: Opened, survey: Survey, *, origin: str, now: datetime
) -> None:
    session = opened.session
    scored = score(survey, session.answers, values=session.values)
    response = Response(
        session=opened.id,
        client=opened.client or 0,
        survey=survey.code,
        origin=origin,
        partial=session.state is not State.FINISHED,
        late=session.late,
        started_at=opened.started_at,
        ended_at=now,
        week=str(Week.of(now, desk.institution.time_zone)),
        scored=report(scored),
        segments=_segments(connection, desk, opened, now=now),
    )
    identity = responses.record(connection, response)
    found = observe(
        survey.code,
        {name: answer.codes for name, answer in session.answers.items()},
        numbers={name: a.number for name, a in session.answers.items() if a.number is not None},
        bands=scored.bands,
        scores=scored.scores,
    )
    observations.add(connection, identity, found, week=response.week, origin=origin)


def _segments(connection: Connection, desk: Desk, opened: Opened, *, now: datetime) -> Segments:
    client = people.client(connection, opened.client or 0)
    return segments_of(
        branch=client.branch,
        product=client.product,
        loan_method=client.loan_method,
        gender=client.gender,
        joined_on=client.joined_on,
        cycle=loan_books.cycle_of(connection, client.id),
        days_in_arrears=client.days_in_arrears,
        language=opened.session.language,
        channel=people.chat(connection, opened.address).channel,
        area=client.area,
        on=on_wall(now, zone=desk.institution.time_zone).date(),
    )
