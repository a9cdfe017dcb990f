"""The loan portfolio as it stood on the day of each list."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, select

from spm_bot.analytics.portfolio import PortfolioRow
from spm_bot.fieldwork.register import ACTIVE
from spm_bot.storage.tables import loans, portfolios

LATE = 30
"""Days in arrears beyond which the whole outstanding of a loan is at risk."""


@dataclass(frozen=True, slots=True)
class PortfolioDay:
    """What the list of one day says of a branch, product, officer and currency: how many loans are paid,
    what is outstanding on them, on those more than 30 days late, on those restructured, and what the list
    has as written off. `oldest` is the day of the oldest list that one of these loans comes from.
    """

    branch: str
    product: str
    officer: str
    currency: str
    loans: int
    outstanding: float
    overdue30: float
    restructured: float
    written_off: float
    oldest: str | None = None


_ACTIVE = loans.c.status == ACTIVE
_NAMES = tuple(each.name for each in fields(PortfolioDay))
_SEGMENTS = (loans.c.branch, loans.c.product, loans.c.officer, loans.c.currency)


def portfolio_on(connection: Connection, day: date) -> tuple[PortfolioRow, ...]:
    """The portfolio by branch, product and currency as it was kept of the newest day up to `day`.

    A row's date is that of the oldest list its loans come from: a list of some branches makes the others
    no younger.
    """
    newest = select(func.max(portfolios.c.as_of)).where(portfolios.c.as_of <= day.isoformat())
    segments = (portfolios.c.branch, portfolios.c.product, portfolios.c.currency)
    sums = (
        func.sum(portfolios.c[name]).label(name)
        for name in ("outstanding", "overdue30", "restructured", "written_off")
    )
    query = (
        select(
            *segments, *sums, func.min(func.coalesce(portfolios.c.oldest, portfolios.c.as_of)).label("as_of")
        )
        .where(portfolios.c.as_of == newest.scalar_subquery())
        .group_by(*segments)
        .order_by(*segments)
    )
    return tuple(
        PortfolioRow(**{**row, "as_of": date.fromisoformat(row["as_of"])})
        for row in connection.execute(query).mappings()
    )


def keep_day(connection: Connection, as_of: str) -> bool:
    """Keeps the portfolio as it is held now under that day; False when it stands there like this already."""
    query = (
        select(
            *_SEGMENTS,
            func.sum(case((_ACTIVE, 1), else_=0)),
            _sum_where(_ACTIVE),
            _sum_where(_ACTIVE & (loans.c.days_in_arrears > LATE)),
            _sum_where(_ACTIVE & loans.c.restructured),
            func.sum(loans.c.written_off),
            func.min(loans.c.as_of),
        )
        .where(_still_named())
        .group_by(*_SEGMENTS)
        .having((func.sum(case((_ACTIVE, 1), else_=0)) > 0) | (func.sum(loans.c.written_off) > 0))
        .order_by(*_SEGMENTS)
    )
    held = [PortfolioDay(*row) for row in connection.execute(query)]
    if held == day(connection, as_of):
        return False
    connection.execute(delete(portfolios).where(portfolios.c.as_of == as_of))
    rows = [{"as_of": as_of, **{name: getattr(each, name) for name in _NAMES}} for each in held]
    if rows:
        connection.execute(insert(portfolios), rows)
    return True


def day(connection: Connection, as_of: str) -> list[PortfolioDay]:
    """The portfolio that was kept of this day."""
    segments = [portfolios.c[column.name] for column in _SEGMENTS]
    query = select(*(portfolios.c[name] for name in _NAMES)).where(portfolios.c.as_of == as_of)
    return [PortfolioDay(*row) for row in connection.execute(query.order_by(*segments))]


def newest_kept(connection: Connection) -> str | None:
    """The newest day of which a portfolio was kept."""
    return connection.execute(select(func.max(portfolios.c.as_of))).scalar()


def _sum_where(condition: ColumnElement[bool]) -> ColumnElement[float]:
    return func.sum(case((condition, loans.c.outstanding), else_=0.0))


def _still_named() -> ColumnElement[bool]:
    """Active loans, and of those that are over the ones that the last whole list still names: it named all
    that are active.
    """
    paid = loans.alias()
    whole = select(func.coalesce(func.min(paid.c.as_of), "")).where(paid.c.status == ACTIVE)
    return _ACTIVE | (loans.c.as_of >= whole.scalar_subquery())
