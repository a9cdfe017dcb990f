"""How much work each branch has by the lists: borrowers by officer, staff and training, loans in a year."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, case, func, select

from spm_bot.analytics.portfolio import STALE_DAYS
from spm_bot.analytics.workloads import CrewRow, GrowthRow, LoadRow
from spm_bot.fieldwork.register import ACTIVE
from spm_bot.storage.bands import years_before
from spm_bot.storage.tables import clients, portfolios, staff


def loads(connection: Connection, *, on: date) -> tuple[LoadRow, ...]:
    """Active borrowers by branch and officer, '' where the staff list has nobody like that working `on`."""
    working = staff.c.code.is_not(None) & (staff.c.left_on.is_(None) | (staff.c.left_on > on.isoformat()))
    officer = func.coalesce(staff.c.code, "")
    query = (
        select(clients.c.branch, officer, func.count())
        .select_from(clients.outerjoin(staff, (staff.c.code == clients.c.officer) & working))
        .where(clients.c.status == ACTIVE, clients.c.has_loan)
        .group_by(clients.c.branch, officer)
        .order_by(clients.c.branch, officer)
    )
    return tuple(LoadRow(*row) for row in connection.execute(query))


def crews(connection: Connection, *, on: date) -> tuple[CrewRow, ...]:
    """Those whom the staff list names, by branch, as they stood `on` that day."""
    day, left, trained = on.isoformat(), staff.c.left_on, staff.c.trained_on
    here = left.is_(None) | (left > day)
    query = (
        select(
            staff.c.branch,
            _number(here),
            _number(here & (trained <= day)),
            _number(here & (trained <= day) & (trained > years_before(on, 2))),
            _number(left <= day),
            _number((left <= day) & (left > years_before(on, 1))),
        )
        .where(staff.c.code.is_not(None), staff.c.started_on.is_(None) | (staff.c.started_on <= day))
        .group_by(staff.c.branch)
        .order_by(staff.c.branch)
    )
    return tuple(CrewRow(*row) for row in connection.execute(query))


def growth(connection: Connection, *, on: date) -> tuple[GrowthRow, ...]:
    """Loans by branch on the newest day kept up to `on`, and a year before: nothing unless both are fresh."""
    now, before = _loans(connection, on), _loans(connection, on - timedelta(days=365))
    if not now or not before:
        return ()
    return tuple(
        GrowthRow(branch, now.get(branch, 0), before.get(branch)) for branch in sorted({*now, *before})
    )


def _loans(connection: Connection, day: date) -> dict[str, int]:
    first = (day - timedelta(days=STALE_DAYS)).isoformat()
    newest = (
        select(func.max(portfolios.c.as_of))
        .where(portfolios.c.as_of <= day.isoformat(), portfolios.c.as_of >= first)
        .scalar_subquery()
    )
    query = (
        select(portfolios.c.branch, func.sum(portfolios.c.loans))
        .where(portfolios.c.as_of == newest)
        .group_by(portfolios.c.branch)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
