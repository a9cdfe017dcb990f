"""Whom standing rounds asked, reached and heard, counted for the digest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, case, exists, func, select

from spm_bot.storage.tables import invitations, responses, rounds, sessions


@dataclass(frozen=True, slots=True)
class Contact:
    """Clients of one branch, with or without arrears and a loan, asked within some weeks, each once."""

    branch: str
    in_arrears: bool
    has_loan: bool
    asked: int
    delivered: int
    answered: int


def count_contacts(
    connection: Connection, first: str, last: str, *, answered: Collection[str]
) -> list[Contact]:
    """Whom the standing rounds asked in the weeks `first` to `last`, and whom they reached and heard.

    `answered` are the outcomes that count as a response; who responded after those weeks is not yet
    heard, so that the count for weeks gone by stays what it was. Who was in arrears or had a loan at
    one of several invitations counts as such.
    """
    kept = invitations.c
    later = exists().where(
        sessions.c.invitation_id == kept.id, responses.c.session_id == sessions.c.id, responses.c.week > last
    )
    heard = case((kept.outcome.in_(list(answered)) & ~later, 1), else_=0)
    arrears = case((kept.in_arrears, 1), else_=0)
    loan = case((kept.has_loan, 1), else_=0)
    clients = (
        select(
            func.max(kept.branch).label("branch"),
            func.max(arrears).label("in_arrears"),
            func.max(loan).label("has_loan"),
            func.max(case((kept.delivered_at.is_not(None), 1), else_=0)).label("delivered"),
            func.max(heard).label("answered"),
        )
        .join(rounds, rounds.c.id == kept.round_id)
        .where(kept.week >= first, kept.week <= last, rounds.c.origin == "standing")
        # Once the link to a client is cut, the invitation stands for its person.
        .group_by(func.coalesce(kept.client_id, -kept.id))
        .subquery()
    )
    segments = (clients.c.branch, clients.c.in_arrears, clients.c.has_loan)
    query = (
        select(*segments, func.count(), func.sum(clients.c.delivered), func.sum(clients.c.answered))
        .group_by(*segments)
        .order_by(*segments)
    )
    return [Contact(row[0], bool(row[1]), bool(row[2]), *row[3:]) for row in connection.execute(query)]
