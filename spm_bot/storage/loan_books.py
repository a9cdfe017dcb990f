"""Loans of clients as the lists give them, with those that are over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields

from sqlalchemy import Connection, bindparam, func, insert, select, update

from spm_bot.fieldwork.register import ACTIVE, LoanRow
from spm_bot.storage.tables import loans

_NAMES = tuple(each.name for each in fields(LoanRow))
# Built once: an import runs these for every few hundred clients.
_HELD = (
    select(loans.c.client_id, loans.c.as_of, *(loans.c[name] for name in _NAMES))
    .where(loans.c.client_id.in_(bindparam("clients", expanding=True)))
    .order_by(loans.c.client_id, loans.c.code)
)
_OF_ONE = (loans.c.client_id == bindparam("of_client"), loans.c.code == bindparam("of_code"))
_ADD = insert(loans)
_CHANGE = update(loans).where(*_OF_ONE)
_LARGEST_FIRST = (
    select(loans.c.cycle)
    .where(loans.c.client_id == bindparam("of_client"), loans.c.status == ACTIVE)
    .order_by(loans.c.outstanding.desc(), loans.c.code)
    .limit(1)
)
_SAY_AGAIN = update(loans).where(*_OF_ONE).values(as_of=bindparam("day"))


@dataclass(frozen=True, slots=True)
class LoanBook:
    """The loans of one client in the order of their codes, and the day of the last list that named each."""

    loans: tuple[LoanRow, ...] = ()
    days: Mapping[str, str] = field(default_factory=dict)

    def older(self, loan: LoanRow, day: str) -> bool:
        """Whether we hold this loan as of an earlier day."""
        return self.days.get(loan.code, day) < day


NO_LOANS = LoanBook()


def loan_books(connection: Connection, clients: Collection[int]) -> dict[int, LoanBook]:
    """The loans of each of these clients who has any."""
    found: dict[int, dict[str, tuple[LoanRow, str]]] = {}
    for client, as_of, *values in connection.execute(_HELD, {"clients": list(clients)}):
        loan = LoanRow(*values)
        found.setdefault(client, {})[loan.code] = (loan, as_of)
    return {
        client: LoanBook(
            tuple(loan for loan, _ in rows.values()), {code: day for code, (_, day) in rows.items()}
        )
        for client, rows in found.items()
    }


def cycle_of(connection: Connection, client: int) -> int | None:
    """Which loan in a row the largest is that a client pays now; None without one, or if no list says so."""
    found: int | None = connection.execute(_LARGEST_FIRST, {"of_client": client}).scalar()
    return found


def write_loans(
    connection: Connection,
    written: Iterable[tuple[int, LoanBook, Iterable[LoanRow]]],
    *,
    as_of: str,
) -> None:
    """Adds and changes loans: of each client what we held before, and what we hold from now on."""
    added, changed = [], []
    for client, held, after in written:
        before = {loan.code: loan for loan in held.loans}
        for loan in after:
            if loan == before.get(loan.code):
                continue
            values = {name: getattr(loan, name) for name in _NAMES}
            if loan.code in before:
                changed.append({"of_client": client, "of_code": loan.code, **values})
            else:
                added.append({"client_id": client, "as_of": as_of, **values})
    if added:
        connection.execute(_ADD, added)
    if changed:
        connection.execute(_CHANGE, changed)


def say_again(
    connection: Connection, named: Iterable[tuple[int, LoanBook, Iterable[LoanRow]]], *, as_of: str
) -> None:
    """Loans that a list names are as of its day, changed or not."""
    older = [
        {"of_client": client, "of_code": loan.code, "day": as_of}
        for client, held, listed in named
        for loan in listed
        if held.older(loan, as_of)
    ]
    if older:
        connection.execute(_SAY_AGAIN, older)


def count_active(connection: Connection) -> int:
    """How many loans are paid now."""
    return connection.execute(select(func.count()).where(loans.c.status == ACTIVE)).scalar_one()


def count_older(connection: Connection, *, day: str) -> int:
    """How many loans that are paid now no list since that day has named."""
    older = (loans.c.status == ACTIVE, loans.c.as_of < day)
    return connection.execute(select(func.count()).where(*older)).scalar_one()


def newest_day(connection: Connection) -> str | None:
    """The day of the newest list whose loans we hold."""
    return connection.execute(select(func.max(loans.c.as_of))).scalar()
