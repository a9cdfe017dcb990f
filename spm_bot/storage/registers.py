"""The institution's list of clients as last imported, with the people behind it and their loans."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from spm_bot.fieldwork.changes import Change, Kind, Terms, let_go, take_in
from spm_bot.fieldwork.register import ACTIVE, RESERVED, ClientRow
from spm_bot.storage.loan_books import NO_LOANS, LoanBook, loan_books, say_again, write_loans
from spm_bot.storage.people import NAME, PHONE
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import clients, people
from spm_bot.storage.vault import Undecipherable, Vault

_KEPT_APART = frozenset({"name", "phone", "loans"})
_NAMES = tuple(each.name for each in fields(ClientRow) if each.name not in _KEPT_APART)
# Built once: an import runs these for every few hundred clients.
_HELD = (
    select(clients.c.id, *(clients.c[name] for name in _NAMES), people.c.name, people.c.phone)
    .select_from(clients.outerjoin(people, people.c.client_id == clients.c.id))
    .where(clients.c.code.in_(bindparam("codes", expanding=True)))
)
_IDS = select(clients.c.code, clients.c.id).where(clients.c.code.in_(bindparam("codes", expanding=True)))
_ADD, _NAME = insert(clients), insert(people)
_CHANGE = update(clients).where(clients.c.id == bindparam("client"))
_RENAME = update(people).where(people.c.client_id == bindparam("client"))


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of one client. `held` is None for a new one, `older` says that the register holds a loan
    of theirs as of an earlier day.
    """

    after: ClientRow
    change: Change
    client: int | None = None
    held: ClientRow | None = None
    book: LoanBook = NO_LOANS
    older: bool = False


def compare(connection: Connection, rows: Sequence[ClientRow], *, terms: Terms) -> list[Taken]:
    """What the list would change, row by row."""
    known = _held(connection, [row.code for row in rows])
    found = []
    for row in rows:
        client, held, book = known.get(row.code, (None, None, NO_LOANS))
        after, change = take_in(held, row, terms=terms)
        older = any(book.older(loan, terms.as_of) for loan in row.loans)
        found.append(Taken(after, change, client, held, book, older))
    return found


def compare_missing(connection: Connection, codes: Collection[str], *, as_of: str) -> list[Taken]:
    """The same for clients whom the list does not name."""
    found = []
    for client, held, book in _held(connection, codes).values():
        after, change = let_go(held, as_of=as_of)
        found.append(Taken(after, change, client, held, book))
    return found


def write_clients(
    connection: Connection, rows: Sequence[ClientRow], *, subjects: Sequence[str], as_of: str
) -> list[Taken]:
    """Adds or changes clients by their code with their loans, as they were on that day. `subjects` gives
    each row the random id that it gets if it is new.
    """
    return write_listed(connection, rows, subjects=subjects, terms=Terms(as_of))


def write_listed(
    connection: Connection, rows: Sequence[ClientRow], *, subjects: Sequence[str], terms: Terms
) -> list[Taken]:
    """The same on the terms of a list."""
    taken = compare(connection, rows, terms=terms)
    by_code = dict(zip((row.code for row in rows), subjects, strict=True))
    ids = _add(connection, [each for each in taken if each.held is None], by_code)
    known = [replace(each, client=ids.get(each.after.code, each.client)) for each in taken]
    write(connection, known, as_of=terms.as_of)
    named = ((each.client, each.book, row.loans) for each, row in zip(taken, rows, strict=True))
    say_again(connection, ((c, book, loans) for c, book, loans in named if c is not None), as_of=terms.as_of)
    return known


def write(connection: Connection, taken: Sequence[Taken], *, as_of: str) -> None:
    """Changes clients who are known, and the loans of all."""
    vault = vault_of(connection)
    moved = [each for each in taken if each.change.kind is not Kind.UNCHANGED]
    changed = [{**_columns(each.after), "client": each.client} for each in moved if each.held is not None]
    if changed:
        connection.execute(_CHANGE, changed)
    renamed = [
        {**_sealed(vault, each.after), "client": each.client}
        for each in moved
        if each.held is not None and (each.held.name, each.held.phone) != (each.after.name, each.after.phone)
    ]
    if renamed:
        connection.execute(_RENAME, renamed)
    books = ((each.client, each.book, each.after.loans) for each in moved)
    write_loans(connection, ((c, book, after) for c, book, after in books if c is not None), as_of=as_of)


def client_row(connection: Connection, code: str) -> tuple[ClientRow, LoanBook]:
    """Everything the lists say of a client. Raises KeyError."""
    _, row, book = _held(connection, [code])[code]
    return row, book


def active_codes(connection: Connection) -> list[str]:
    """The codes of all active clients, but for the bot's own."""
    query = select(clients.c.code).where(clients.c.status == ACTIVE).order_by(clients.c.id)
    return [code for code in connection.execute(query).scalars() if not code.startswith(RESERVED)]


def active_by_branch(connection: Connection) -> dict[str, int]:
    """How many active clients each branch has, but for the bot's own."""
    theirs = (clients.c.status == ACTIVE, ~clients.c.code.startswith(RESERVED))
    query = select(clients.c.branch, func.count()).where(*theirs).group_by(clients.c.branch)
    return dict(connection.execute(query.order_by(clients.c.branch)).all())


def mark_staff(connection: Connection, numbers: Iterable[str]) -> int:
    """Clients whose number is one of these work here, from now on; says how many are new."""
    vault = vault_of(connection)
    hashed = [digest for number in numbers for digest in vault.digests(number)]
    theirs = select(people.c.client_id).where(people.c.phone_hash.in_(hashed))
    mine = update(clients).where(clients.c.id.in_(theirs), clients.c.works_here.is_(False))
    return connection.execute(mine.values(works_here=True)).rowcount


def _held(connection: Connection, codes: Collection[str]) -> dict[str, tuple[int, ClientRow, LoanBook]]:
    vault = vault_of(connection)
    rows = connection.execute(_HELD, {"codes": list(codes)}).all()
    books = loan_books(connection, [row.id for row in rows]) if rows else {}
    return {row.code: (row.id, *_opened(vault, row, books.get(row.id, NO_LOANS))) for row in rows}


def _opened(vault: Vault, row: Row[*tuple[Any, ...]], book: LoanBook) -> tuple[ClientRow, LoanBook]:
    values = row[1:-2]
    facts: dict[str, Any] = dict(zip(_NAMES, values, strict=True))
    name, phone = readable(vault, row.name, NAME), readable(vault, row.phone, PHONE)
    return ClientRow(**facts, name=name, phone=phone, loans=book.loans), book


def readable(vault: Vault, sealed: bytes | None, column: str) -> str:
    """What no key opens is like nothing on a list, so that the list mends it."""
    if sealed is None:
        return ""
    try:
        return vault.decrypt(sealed, associated=column)
    except Undecipherable:
        return "?"


def _add(connection: Connection, fresh: Sequence[Taken], subjects: Mapping[str, str]) -> dict[str, int]:
    """The ids of new clients by code."""
    if not fresh:
        return {}
    codes = [each.after.code for each in fresh]
    connection.execute(
        _ADD, [{**_columns(each.after), "subject": subjects[each.after.code]} for each in fresh]
    )
    ids = dict(connection.execute(_IDS, {"codes": codes}).all())
    vault = vault_of(connection)
    connection.execute(
        _NAME, [{**_sealed(vault, each.after), "client_id": ids[each.after.code]} for each in fresh]
    )
    return ids


def _columns(row: ClientRow) -> dict[str, object]:
    """With what the rules ask often, worked out of the loans they pay now."""
    own = {name: getattr(row, name) for name in _NAMES}
    return {**own, "has_loan": bool(row.active_loans), "days_in_arrears": row.days_in_arrears}


def _sealed(vault: Vault, row: ClientRow) -> dict[str, bytes | None]:
    return {
        "name": vault.encrypt(row.name, associated=NAME),
        "phone": vault.encrypt(row.phone, associated=PHONE) if row.phone else None,
        "phone_hash": vault.digest(row.phone) if row.phone else None,
    }
