"""What happened to clients as borrowers: the day they got a loan, the day they were done with the last."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from spm_bot.fieldwork.register import ACTIVE
from spm_bot.storage.retries import NEVER_ARRIVED
from spm_bot.storage.tables import invitations, loans

_GOT = func.max(loans.c.disbursed_on)
# A loan written off ends on that day, whatever is still paid on it later.
_ENDED = func.max(func.coalesce(loans.c.written_off_on, loans.c.closed_on))
_STILL_OWED = func.sum(case((loans.c.status == ACTIVE, 1), else_=0))


def disbursements(connection: Connection, *, first: date, last: date) -> list[tuple[int, date]]:
    """Clients who got a loan on one of these days, with the latest of them, by day and client."""
    within = loans.c.disbursed_on.between(first.isoformat(), last.isoformat())
    return _found(connection, select(loans.c.client_id, _GOT).where(within).group_by(loans.c.client_id))


def closings(connection: Connection, *, first: date, last: date) -> list[tuple[int, date]]:
    """Clients whose last loan was closed or written off on one of these days, and who owe nothing now."""
    over = select(loans.c.client_id, _ENDED).group_by(loans.c.client_id)
    within = _ENDED.between(first.isoformat(), last.isoformat())
    return _found(connection, over.having(_STILL_OWED == 0, within))


def asked_since(connection: Connection, round_id: int, *, since: datetime) -> frozenset[int]:
    """Clients whom the round invited from `since` on, except where nothing arrived."""
    theirs = (invitations.c.round_id == round_id, invitations.c.invited_at >= since, ~NEVER_ARRIVED)
    query = select(invitations.c.client_id).where(*theirs, invitations.c.client_id.is_not(None))
    return frozenset(connection.execute(query).scalars())


def _found(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[tuple[int, date]]:
    rows = [(client, date.fromisoformat(day)) for client, day in connection.execute(query)]
    return sorted(rows, key=lambda row: (row[1], row[0]))
