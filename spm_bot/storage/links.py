"""One-time links for clients and staff: only hashes of their secrets are kept.

A token of 128 random bits needs no key to be hidden, so its hash outlives every key. A printed code could
be found by trying; its hash is keyed, and the code ends when that key leaves the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update

from spm_bot.storage.sealed_columns import count_behind
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import links


@dataclass(frozen=True, slots=True)
class Link:
    """A link as stored; for a client, or for a role in a branch ('' is everywhere). `staff` is the one member
    of staff it is for, if any, `misses` how many wrong numbers were shared with it, `address` the chat in
    which it waits.
    """

    id: int
    client: int | None
    role: str | None
    branch: str
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    made_by: str = ""
    staff: int | None = None
    misses: int = 0
    address: int | None = None

    def open_at(self, now: datetime) -> bool:
        return self.used_at is None and self.revoked_at is None and now < self.expires_at


def add_link(
    connection: Connection,
    *,
    token: str,
    code: str | None,
    client: int | None = None,
    role: str | None = None,
    branch: str = "",
    at: datetime,
    expires_at: datetime,
    made_by: str = "",
    staff: int | None = None,
) -> int:
    """Keeps a new link by the hashes of its token and of the code printed beside it, if there is one; returns
    its id.
    """
    row = {
        "token_hash": _hash(token),
        "code_hash": None if code is None else vault_of(connection).digest(code),
        "client_id": client,
        "role": role,
        "branch": branch,
        "made_by": made_by,
        "staff_id": staff,
        "created_at": at,
        "expires_at": expires_at,
    }
    added: int = connection.execute(links.insert().returning(links.c.id), row).scalar_one()
    return added


def find_link(connection: Connection, secret: str) -> Link | None:
    """The link whose token or printed code is `secret`."""
    digests = vault_of(connection).digests(secret)
    found = or_(links.c.token_hash == _hash(secret), links.c.code_hash.in_(digests))
    return _first(connection, found)


def wait_for_number(connection: Connection, link_id: int, address: int) -> None:
    """A staff link was opened in this chat, and waits there for a number; any other does no longer."""
    connection.execute(update(links).where(links.c.address_id == address).values(address_id=None))
    connection.execute(update(links).where(links.c.id == link_id).values(address_id=address))


def waiting_for_number(connection: Connection, address: int, *, now: datetime) -> Link | None:
    """The staff link that waits in this chat and is still good."""
    found = _first(connection, (links.c.address_id == address) & links.c.role.is_not(None))
    return found if found is not None and found.open_at(now) else None


def miss(connection: Connection, link_id: int) -> int:
    """A wrong number was shared; returns how many by now."""
    counted = update(links).where(links.c.id == link_id).values(misses=links.c.misses + 1)
    return int(connection.execute(counted.returning(links.c.misses)).scalar_one())


def open_staff_links(connection: Connection, *, now: datetime) -> list[Link]:
    """Links for roles that could still be used, oldest first."""
    wanted = (links.c.role.is_not(None), *_still_open(now))
    return [_link(row) for row in connection.execute(select(links).where(*wanted).order_by(links.c.id))]


def end_staff_link(connection: Connection, link_id: int, *, at: datetime) -> bool:
    """Nobody can use this link for a role any more; False when nobody could anyway."""
    wanted = (links.c.id == link_id, links.c.role.is_not(None), *_still_open(at))
    return connection.execute(update(links).where(*wanted).values(revoked_at=at)).rowcount == 1


def maker(connection: Connection, link_id: int) -> str:
    """Who made a link: the subject id of a member of staff, or '' for the command line."""
    made_by: str = connection.execute(select(links.c.made_by).where(links.c.id == link_id)).scalar_one()
    return made_by


def use_link(connection: Connection, link_id: int, *, at: datetime, address: int | None = None) -> bool:
    """Marks a link as used, and that somebody waits in that chat; False when someone was quicker."""
    unused = (links.c.id == link_id, links.c.used_at.is_(None), links.c.revoked_at.is_(None))
    return (
        connection.execute(update(links).where(*unused).values(used_at=at, address_id=address)).rowcount == 1
    )


def revoke_links(connection: Connection, *clients: int, at: datetime) -> int:
    """Ends the links of these clients that could still be used; returns how many there were."""
    theirs = update(links).where(links.c.client_id.in_(clients), *_still_open(at))
    return connection.execute(theirs.values(revoked_at=at)).rowcount


def revoke_link(connection: Connection, link_id: int, *, at: datetime) -> None:
    """Ends one link if it could still be used."""
    connection.execute(update(links).where(links.c.id == link_id, *_still_open(at)).values(revoked_at=at))


def count_ending_codes(connection: Connection, *, at: datetime) -> int:
    """How many cards that can still be redeemed have a printed code that ends with an older key."""
    return count_behind(connection, links.c.code_hash, *_still_open(at))


def _first(connection: Connection, wanted: ColumnElement[bool]) -> Link | None:
    """The newest link of these."""
    row = connection.execute(select(links).where(wanted).order_by(links.c.id.desc())).first()
    return None if row is None else _link(row)


def _still_open(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return links.c.used_at.is_(None), links.c.revoked_at.is_(None), links.c.expires_at > at


def _link(row: Row[*tuple[Any, ...]]) -> Link:
    return Link(
        row.id,
        row.client_id,
        row.role,
        row.branch,
        row.expires_at,
        row.used_at,
        row.revoked_at,
        row.made_by,
        row.staff_id,
        row.misses,
        row.address_id,
    )


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
