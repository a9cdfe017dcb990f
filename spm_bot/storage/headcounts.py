"""Active clients counted by what the list says of them: what answers are weighed to, and whom we reach."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Connection, case, func, select

from spm_bot.analytics.board import OutreachCount
from spm_bot.analytics.populations import PopulationRow
from spm_bot.fieldwork.register import ACTIVE
from spm_bot.storage.bands import arrears_of, tenure_of, years_before
from spm_bot.storage.tables import addresses, clients, holders, loans

YOUNG = 30


def population(connection: Connection, *, on: date) -> tuple[PopulationRow, ...]:
    """Active clients as the list has them now, by everything answers are weighed to; `on` tells their tenure.

    Joined is who agreed to surveys and has a chat that can be reached.
    """
    reached = (
        select(holders.c.client_id)
        .join(addresses, addresses.c.id == holders.c.address_id)
        .where(addresses.c.reachable, holders.c.client_id.is_not(None))
    )
    segments = (
        clients.c.branch.label("branch"),
        clients.c.product.label("product"),
        clients.c.loan_method.label("loan_method"),
        clients.c.gender.label("gender"),
        tenure_of(clients.c.joined_on, on=on).label("tenure"),
        arrears_of(clients.c.days_in_arrears).label("arrears"),
        clients.c.area.label("area"),
        clients.c.has_loan.label("borrower"),
    )
    each = (
        select(*segments, case((clients.c.agrees & clients.c.id.in_(reached), 1), else_=0).label("joined"))
        .where(clients.c.status == ACTIVE)
        .subquery()
    )
    alike = [each.c[column.name] for column in segments]
    counts = (func.count().label("clients"), func.sum(each.c.joined).label("joined"))
    query = select(*alike, *counts).group_by(*alike).order_by(*alike)
    return tuple(PopulationRow(**row) for row in connection.execute(query).mappings())


def outreach_count(connection: Connection, *, on: date, currency: str) -> OutreachCount:
    """Active clients by what tells whom the institution reaches; balances are those in `currency`.

    Of somebody whose list has only the year of birth, the year decides: in the year of their thirtieth
    birthday they count as thirty.
    """
    born_on, year = clients.c.born_on, clients.c.birth_year
    young = case(
        (born_on.is_not(None), case((born_on > years_before(on, YOUNG), 1), else_=0)),
        (year > on.year - YOUNG, 1),
        else_=0,
    )
    query = select(
        func.count().label("clients"),
        _number(clients.c.gender != "").label("gender_known"),
        _number(clients.c.gender == "female").label("women"),
        _number(clients.c.area != "").label("area_known"),
        _number(clients.c.area == "rural").label("rural"),
        _number(born_on.is_not(None) | year.is_not(None)).label("age_known"),
        func.coalesce(func.sum(young), 0).label("under_30"),
    ).where(clients.c.status == ACTIVE)
    (cycle_known, first_time), (borrowers, outstanding) = _cycles(connection), _balances(connection, currency)
    return OutreachCount(
        **connection.execute(query).mappings().one(),
        poverty=_poverty(connection),
        cycle_known=cycle_known,
        first_time=first_time,
        borrowers=borrowers,
        outstanding=outstanding,
    )


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _poverty(connection: Connection) -> dict[str, int]:
    bands = clients.c.poverty_band
    query = select(bands, func.count()).where(clients.c.status == ACTIVE, bands != "").group_by(bands)
    return {row[0]: row[1] for row in connection.execute(query.order_by(bands))}


def _cycles(connection: Connection) -> tuple[int, int]:
    """Clients who pay a loan whose place in the row of their loans is known, and those whose first it is."""
    latest = (
        select(func.max(loans.c.cycle).label("cycle"))
        .join(clients, clients.c.id == loans.c.client_id)
        .where(clients.c.status == ACTIVE, loans.c.status == ACTIVE, loans.c.cycle >= 1)
        .group_by(loans.c.client_id)
        .subquery()
    )
    found = connection.execute(select(func.count(), _number(latest.c.cycle == 1)).select_from(latest)).one()
    return found[0], found[1]


def _balances(connection: Connection, currency: str) -> tuple[int, float]:
    """Clients with a loan in that currency, and what is outstanding on all of these."""
    query = (
        select(func.count(loans.c.client_id.distinct()), func.coalesce(func.sum(loans.c.outstanding), 0.0))
        .join(clients, clients.c.id == loans.c.client_id)
        .where(clients.c.status == ACTIVE, loans.c.status == ACTIVE, loans.c.currency == currency)
    )
    found = connection.execute(query).one()
    return found[0], found[1]
