"""Whom standing rounds asked, reached and heard, counted for the digest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from spm_bot.storage.tables import invitations, rounds


@dataclass(frozen=True, slots=True)
class Contact:
    """Clients of one branch and arrears state asked within some weeks, each counted once."""

    branch: str
    in_arrears: bool
    asked: int
    delivered: int
    answered: int


def count_contacts(
    connection: Connection, first: str, last: str, *, answered: Collection[str]
) -> list[Contact]:
    """Whom the standing rounds asked in the weeks `first` to `last`, and whom they reached and heard.

    `answered` are the outcomes that count as a response.
    """
    kept = invitations.c
    heard = case((kept.outcome.in_(list(answered)), 1), else_=0)
    arrears = case((kept.in_arrears, 1), else_=0)
    clients = (
        select(
            func.max(kept.branch).label("branch"),
            func.max(arrears).label("in_arrears"),
            func.max(case((kept.delivered_at.is_not(None), 1), else_=0)).label("delivered"),
            func.max(heard).label("answered"),
        )
        .join(rounds, rounds.c.id == kept.round_id)
        .where(kept.week >= first, kept.week <= last, rounds.c.origin == "standing")
        .group_by(kept.client_id)
        .subquery()
    )
    query = select(
        clients.c.branch,
        clients.c.in_arrears,
        func.count(),
        func.sum(clients.c.delivered),
        func.sum(clients.c.answered),
    ).group_by(clients.c.branch, clients.c.in_arrears)
    found = [Contact(row[0], bool(row[1]), *row[2:]) for row in connection.execute(query)]
    return sorted(found, key=lambda row: (row.branch, row.in_arrears))
