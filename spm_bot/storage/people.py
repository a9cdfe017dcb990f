"""Chats, the clients and staff behind them, and who may do what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from spm_bot.messages import Address
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import addresses, clients, holders, people
from spm_bot.storage.vault import Undecipherable

HANDLE = "addresses.handle"
NAME = "people.name"
PHONE = "people.phone"


@dataclass(frozen=True, slots=True)
class Chat:
    """One address as it is stored, with the people who hold it."""

    id: int
    channel: str
    language: str
    reachable: bool
    clients: tuple[int, ...] = ()
    staff: int | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """A client as the register gives them; no name, no phone."""

    id: int
    code: str
    subject: str
    branch: str
    product: str
    loan_method: str
    gender: str
    birth_year: int | None
    joined_on: str | None
    has_loan: bool
    has_savings: bool
    days_in_arrears: int
    status: str
    hour: int | None
    officer: str
    born_on: str | None
    works_here: bool
    area: str = ""


_SEEN = select(
    addresses.c.id,
    addresses.c.channel,
    addresses.c.language,
    addresses.c.reachable,
    holders.c.client_id,
    holders.c.staff_id,
).order_by(holders.c.id)
_CHAT = _SEEN.select_from(addresses.outerjoin(holders, holders.c.address_id == addresses.c.id))
_HELD = _SEEN.select_from(holders.join(addresses, holders.c.address_id == addresses.c.id))
_CLIENT = select(*(clients.c[name] for name in Client.__dataclass_fields__))
# Built once: every event asks for these, and building a statement costs more than SQLite needs to run it.
_CHAT_AT = _CHAT.where(
    addresses.c.channel == bindparam("of_channel"),
    addresses.c.handle_hash.in_(bindparam("digests", expanding=True)),
)
_CHAT_OF = _CHAT.where(addresses.c.id == bindparam("address"))
_ADDRESSES = select(addresses).where(addresses.c.id.in_(bindparam("ids", expanding=True)))
_CLIENT_OF = _CLIENT.where(clients.c.id == bindparam("client"))


def find_chat(connection: Connection, address: Address) -> Chat | None:
    """The stored chat at `address`, if we have met it."""
    wanted = {"of_channel": address.channel, "digests": vault_of(connection).digests(address.handle)}
    return _chat(connection.execute(_CHAT_AT, wanted).all())


def chat(connection: Connection, address_id: int) -> Chat:
    """The stored chat with this id. Raises LookupError."""
    found = _chat(connection.execute(_CHAT_OF, {"address": address_id}).all())
    if found is None:
        raise LookupError(f"no address {address_id}")
    return found


def meet(connection: Connection, address: Address, *, language: str) -> Chat:
    """The chat at `address`, made on first sight with the language its phone speaks."""
    known = find_chat(connection, address)
    if known is not None:
        return known
    vault = vault_of(connection)
    row = {
        "channel": address.channel,
        "handle": vault.encrypt(address.handle, associated=HANDLE),
        "handle_hash": vault.digest(address.handle),
        "language": language,
        "reachable": True,
    }
    identity = connection.execute(addresses.insert().returning(addresses.c.id), row).scalar_one()
    return Chat(identity, address.channel, language, reachable=True)


def handles(connection: Connection, address_ids: Iterable[int]) -> dict[int, Address]:
    """The channel and handle behind each address id, without those that no listed key opens."""
    vault = vault_of(connection)
    found = {}
    for row in connection.execute(_ADDRESSES, {"ids": list(address_ids)}):
        with suppress(Undecipherable):
            found[row.id] = Address(row.channel, vault.decrypt(row.handle, associated=HANDLE))
    return found


def set_language(connection: Connection, address_id: int, language: str) -> None:
    connection.execute(update(addresses).where(addresses.c.id == address_id).values(language=language))


def set_hour(connection: Connection, client_id: int, hour: int | None) -> None:
    connection.execute(update(clients).where(clients.c.id == client_id).values(hour=hour))


def set_reachable(connection: Connection, address_id: int, *, reachable: bool) -> None:
    connection.execute(update(addresses).where(addresses.c.id == address_id).values(reachable=reachable))


def hold(
    connection: Connection,
    address_id: int,
    *,
    client: int | None = None,
    staff_member: int | None = None,
    at: datetime,
) -> None:
    """Ties a chat to one person. Raises Conflict when it is tied to that person already."""
    row = {"address_id": address_id, "client_id": client, "staff_id": staff_member, "since": at}
    connection.execute(holders.insert(), row)


def move_client(connection: Connection, client: int, address_id: int, *, at: datetime) -> None:
    """A client's chat is this one from now on; an earlier one no longer speaks for them."""
    connection.execute(holders.delete().where(holders.c.client_id == client))
    hold(connection, address_id, client=client, at=at)


def client(connection: Connection, client_id: int) -> Client:
    """The register row of a client. Raises LookupError."""
    row = connection.execute(_CLIENT_OF, {"client": client_id}).first()
    if row is None:
        raise LookupError(f"no client {client_id}")
    return Client(**row._mapping)


def client_by_code(connection: Connection, code: str) -> Client:
    """The client with this code of the register. Raises LookupError."""
    row = connection.execute(_CLIENT.where(clients.c.code == code)).first()
    if row is None:
        raise LookupError(f"no client {code}")
    return Client(**row._mapping)


def clients_where(
    connection: Connection, *, branch: str | None = None, code: str | None = None
) -> list[Client]:
    """Active clients of a branch, or the one with a code, or all; in the order of the register."""
    query = _CLIENT.where(clients.c.status == "active").order_by(clients.c.id)
    if branch is not None:
        query = query.where(clients.c.branch == branch)
    if code is not None:
        query = query.where(clients.c.code == code)
    return [Client(**row._mapping) for row in connection.execute(query)]


def clients_by_id(connection: Connection, ids: Iterable[int]) -> list[Client]:
    """These clients, in the order of the register."""
    query = _CLIENT.where(clients.c.id.in_(list(ids))).order_by(clients.c.id)
    return [Client(**row._mapping) for row in connection.execute(query)]


def chats_of_clients(connection: Connection, ids: Iterable[int]) -> dict[int, Chat]:
    """The chat of each client who has one, by client id."""
    rows = connection.execute(_HELD.where(holders.c.client_id.in_(list(ids)))).all()
    found = ((row.client_id, _chat([row])) for row in rows)
    return {client_id: known for client_id, known in found if known is not None}


def shares_chat(connection: Connection, client_id: int) -> bool:
    """Whether another client uses the same chat."""
    own = select(holders.c.address_id).where(holders.c.client_id == client_id)
    both = select(holders.c.id).where(holders.c.address_id.in_(own)).limit(2)
    return len(connection.execute(both).all()) > 1


def first_name(connection: Connection, client_id: int) -> str:
    """The client's first name, '' if the register has none."""
    name = connection.execute(select(people.c.name).where(people.c.client_id == client_id)).scalar()
    words = vault_of(connection).decrypt(name, associated=NAME).split() if name is not None else []
    return words[0] if words else ""


def phone_number(connection: Connection, client_id: int) -> str:
    """The client's phone number as the register gives it, '' if it has none."""
    sealed = connection.execute(select(people.c.phone).where(people.c.client_id == client_id)).scalar()
    return "" if sealed is None else vault_of(connection).decrypt(sealed, associated=PHONE)


def clients_with_phone(connection: Connection, phone: str) -> list[Client]:
    """Active clients with exactly this number."""
    mine = people.c.phone_hash.in_(vault_of(connection).digests(phone))
    theirs = _CLIENT.join(people, people.c.client_id == clients.c.id)
    found = theirs.where(mine, clients.c.status == "active").order_by(clients.c.id)
    return [Client(**row._mapping) for row in connection.execute(found)]


def chats_of_staff(connection: Connection, staff_ids: Iterable[int]) -> dict[int, Chat]:
    """The chat of each member of staff who has one, by staff id."""
    query = _HELD.where(holders.c.staff_id.in_(list(staff_ids)))
    found = ((row.staff_id, _chat([row])) for row in connection.execute(query))
    return {staff_id: known for staff_id, known in found if known is not None}


def _chat(rows: Sequence[Row[*tuple[Any, ...]]]) -> Chat | None:
    if not rows:
        return None
    first = rows[0]
    return Chat(
        first.id,
        first.channel,
        first.language,
        first.reachable,
        tuple(row.client_id for row in rows if row.client_id is not None),
        next((row.staff_id for row in rows if row.staff_id is not None), None),
    )
