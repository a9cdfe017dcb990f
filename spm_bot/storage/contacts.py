"""Whom standing rounds asked, reached and heard, counted for the digest."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, Exists, case, exists, func, select

from spm_bot.analytics.diligence import EndingRow
from spm_bot.analytics.heard import ContactRow, Span, spans
from spm_bot.analytics.windows import Window
from spm_bot.fieldwork.outcomes import ANSWERED, Outcome
from spm_bot.storage.bands import arrears_of
from spm_bot.storage.tables import clients, invitations, responses, rounds, sessions
from spm_bot.times import Week


def contact_rows(connection: Connection, week: Week) -> tuple[ContactRow, ...]:
    """Whom standing rounds asked, reached and heard over each of the spans that the digest of `week` counts.

    Who responded after a span is not yet heard in it, so that the count for weeks gone by stays what it
    was. Who was in arrears or had a loan at one of several invitations counts as such.
    """
    return tuple(row for span, weeks in spans(week).items() for row in _contacts(connection, span, weeks))


def ending_rows(connection: Connection, week: Week) -> tuple[EndingRow, ...]:
    """How the invitations of standing rounds ended, by survey, branch and band of arrears.

    Over the 13 weeks of everybody, over those of branches and over the month by which these moved on. An
    answer that came after a span is none yet.
    """
    counted = {span: weeks for span, weeks in spans(week).items() if span is not Span.WEEK}
    return tuple(row for span, weeks in counted.items() for row in _endings(connection, span, weeks))


def _endings(connection: Connection, span: Span, weeks: Window) -> Iterator[EndingRow]:
    kept, later = invitations.c, _responded_after(weeks.last)
    due = kept.outcome.is_(None) | (kept.outcome != Outcome.NOT_ELIGIBLE)
    segments = (kept.survey, kept.branch, arrears_of(clients.c.days_in_arrears))
    query = (
        select(
            *segments,
            _number(due),
            _number(due & kept.delivered_at.is_not(None)),
            _number((kept.outcome == Outcome.COMPLETED) & ~later),
            _number((kept.outcome == Outcome.PARTIAL) & ~later),
            _number((kept.outcome == Outcome.BREAK_OFF) & ~later),
            _number(kept.outcome == Outcome.REFUSED),
            _number((kept.outcome == Outcome.NO_ANSWER) | later),
            _number(kept.outcome == Outcome.UNREACHABLE),
        )
        .select_from(invitations.outerjoin(clients, clients.c.id == kept.client_id))
        .join(rounds, rounds.c.id == kept.round_id)
        .where(kept.week >= weeks.first, kept.week <= weeks.last, rounds.c.origin == "standing")
        .group_by(*segments)
        .order_by(*segments)
    )
    for row in connection.execute(query):
        yield EndingRow(span, *row)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _responded_after(last: str) -> Exists:
    """Whether the response to an invitation came in a later week than `last`."""
    return exists().where(
        sessions.c.invitation_id == invitations.c.id,
        responses.c.session_id == sessions.c.id,
        responses.c.week > last,
    )


def _contacts(connection: Connection, span: Span, weeks: Window) -> Iterator[ContactRow]:
    kept = invitations.c
    heard = case((kept.outcome.in_(sorted(ANSWERED)) & ~_responded_after(weeks.last), 1), else_=0)
    arrears = case((kept.in_arrears, 1), else_=0)
    loan = case((kept.has_loan, 1), else_=0)
    each = (
        select(
            func.max(kept.branch).label("branch"),
            func.max(arrears).label("in_arrears"),
            func.max(loan).label("has_loan"),
            func.max(case((kept.delivered_at.is_not(None), 1), else_=0)).label("delivered"),
            func.max(heard).label("answered"),
        )
        .join(rounds, rounds.c.id == kept.round_id)
        .where(kept.week >= weeks.first, kept.week <= weeks.last, rounds.c.origin == "standing")
        # Once the link to a client is cut, the invitation stands for its person.
        .group_by(func.coalesce(kept.client_id, -kept.id))
        .subquery()
    )
    segments = (each.c.branch, each.c.in_arrears, each.c.has_loan)
    query = (
        select(*segments, func.count(), func.sum(each.c.delivered), func.sum(each.c.answered))
        .group_by(*segments)
        .order_by(*segments)
    )
    for branch, late, borrower, *counts in connection.execute(query):
        yield ContactRow(span, branch, bool(late), bool(borrower), *counts)
