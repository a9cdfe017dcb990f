"""The institution's own lists as last imported: clients, the people behind them, loans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select, update

from spm_bot.fieldwork.register import RegisterRow
from spm_bot.storage.people import NAME, PHONE
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import addresses, clients, consents, holders, loans, people

_CHANGE = update(clients).where(clients.c.id == bindparam("client"))


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """Loans of one branch and currency on one day, in units of the currency."""

    branch: str
    currency: str
    outstanding: float
    overdue30: float
    written_off: float
    as_of: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Active borrowers of one branch, and those of them whom a chat reaches and who agreed."""

    branch: str
    borrowers: int
    joined: int
    in_arrears: int
    joined_in_arrears: int


def write_clients(
    connection: Connection,
    rows: Sequence[RegisterRow],
    *,
    subjects: Sequence[str],
    currency: str,
    as_of: str,
) -> tuple[int, int]:
    """Adds or changes clients by their code with their loans; returns (added, changed).

    `subjects` gives each row the random id it gets if it is new.
    """
    codes = [row.code for row in rows]
    known = dict(
        connection.execute(select(clients.c.code, clients.c.id).where(clients.c.code.in_(codes))).all()
    )
    added = [
        {**_client(row), "subject": subject}
        for row, subject in zip(rows, subjects, strict=True)
        if row.code not in known
    ]
    if added:
        connection.execute(insert(clients), added)
        fresh = select(clients.c.code, clients.c.id).where(clients.c.code.in_(codes))
        ids = dict(connection.execute(fresh).all())
    else:
        ids = known
    changed = [{**_client(row), "client": known[row.code]} for row in rows if row.code in known]
    if changed:
        connection.execute(_CHANGE, changed)
    _write_people(connection, rows, ids)
    _write_loans(connection, rows, ids, currency=currency, as_of=as_of)
    return len(added), len(rows) - len(added)


def portfolio(connection: Connection) -> list[PortfolioRow]:
    """Active loans by branch and currency; `as_of` is the oldest day among them."""
    active = loans.c.status == "active"
    late = active & (loans.c.days_in_arrears > 30)
    query = (
        select(
            loans.c.branch,
            loans.c.currency,
            func.sum(case((active, loans.c.outstanding), else_=0.0)),
            func.sum(case((late, loans.c.outstanding), else_=0.0)),
            func.sum(loans.c.written_off),
            func.min(loans.c.as_of),
        )
        .group_by(loans.c.branch, loans.c.currency)
        .order_by(loans.c.branch, loans.c.currency)
    )
    return [PortfolioRow(*row) for row in connection.execute(query)]


def coverage(connection: Connection, *, purpose: str) -> list[Coverage]:
    """Active borrowers by branch, and how many of them can be asked (agreed to `purpose`)."""
    last = select(func.max(consents.c.id)).where(consents.c.purpose == purpose).group_by(consents.c.subject)
    agreeing = select(consents.c.subject).where(consents.c.id.in_(last), consents.c.given)
    reached = (
        select(holders.c.client_id)
        .join(addresses, addresses.c.id == holders.c.address_id)
        .where(addresses.c.reachable, holders.c.client_id.is_not(None))
    )
    joined = case((clients.c.id.in_(reached) & clients.c.subject.in_(agreeing), 1), else_=0)
    late = case((clients.c.days_in_arrears > 0, 1), else_=0)
    query = (
        select(clients.c.branch, func.count(), func.sum(joined), func.sum(late), func.sum(joined * late))
        .where(clients.c.status == "active", clients.c.has_loan)
        .group_by(clients.c.branch)
        .order_by(clients.c.branch)
    )
    return [Coverage(*row) for row in connection.execute(query)]


def count_with_officer(connection: Connection) -> tuple[int, int]:
    """How many active clients there are, and of how many the register names the loan officer."""
    named = func.coalesce(func.sum(case((clients.c.officer != "", 1), else_=0)), 0)
    row = connection.execute(select(func.count(), named).where(clients.c.status == "active")).one()
    return row[0], row[1]


def _client(row: RegisterRow) -> dict[str, object]:
    return {
        "code": row.code,
        "branch": row.branch,
        "product": row.product,
        "loan_method": row.loan_method,
        "gender": row.gender,
        "birth_year": row.birth_year,
        "joined_on": row.joined_on,
        "has_loan": bool(row.loan),
        "has_savings": row.has_savings,
        "days_in_arrears": row.days_in_arrears,
        "status": row.status,
        "officer": row.officer,
    }


def _write_people(connection: Connection, rows: Sequence[RegisterRow], ids: dict[str, int]) -> None:
    vault = vault_of(connection)
    connection.execute(delete(people).where(people.c.client_id.in_([ids[row.code] for row in rows])))
    sealed = [
        {
            "client_id": ids[row.code],
            "name": vault.encrypt(row.name, associated=NAME),
            "phone": vault.encrypt(row.phone, associated=PHONE) if row.phone else None,
            "phone_hash": vault.digest(row.phone) if row.phone else None,
        }
        for row in rows
    ]
    connection.execute(insert(people), sealed)


def _write_loans(
    connection: Connection,
    rows: Sequence[RegisterRow],
    ids: dict[str, int],
    *,
    currency: str,
    as_of: str,
) -> None:
    connection.execute(delete(loans).where(loans.c.client_id.in_([ids[row.code] for row in rows])))
    held = [
        {
            "client_id": ids[row.code],
            "code": row.loan,
            "branch": row.branch,
            "product": row.product,
            "currency": currency,
            "outstanding": row.outstanding,
            "days_in_arrears": row.days_in_arrears,
            "status": "active",
            "written_off": row.written_off,
            "as_of": as_of,
        }
        for row in rows
        if row.loan
    ]
    if held:
        connection.execute(insert(loans), held)
