"""One-time links for clients and staff: only the hash of a token is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import links


@dataclass(frozen=True, slots=True)
class Link:
    """A link as stored; for a client, or for a role in a branch ('' is everywhere)."""

    id: int
    client: int | None
    role: str | None
    branch: str
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def open_at(self, now: datetime) -> bool:
        return self.used_at is None and self.revoked_at is None and now < self.expires_at


def add_link(
    connection: Connection,
    *,
    token: str,
    code: str,
    client: int | None = None,
    role: str | None = None,
    branch: str = "",
    at: datetime,
    expires_at: datetime,
) -> None:
    """Keeps a new link by the hashes of its token and of the code printed beside it."""
    vault = vault_of(connection)
    row = {
        "token_hash": vault.digest(token),
        "code_hash": vault.digest(code),
        "client_id": client,
        "role": role,
        "branch": branch,
        "created_at": at,
        "expires_at": expires_at,
    }
    connection.execute(links.insert(), row)


def find_link(connection: Connection, secret: str) -> Link | None:
    """The link whose token or printed code is `secret`."""
    digests = vault_of(connection).digests(secret)
    found = or_(links.c.token_hash.in_(digests), links.c.code_hash.in_(digests))
    row = connection.execute(select(links).where(found).order_by(links.c.id.desc())).first()
    if row is None:
        return None
    return Link(row.id, row.client_id, row.role, row.branch, row.expires_at, row.used_at, row.revoked_at)


def use_link(connection: Connection, link_id: int, *, at: datetime) -> bool:
    """Marks a link as used; False when someone was quicker."""
    unused = (links.c.id == link_id, links.c.used_at.is_(None))
    return connection.execute(update(links).where(*unused).values(used_at=at)).rowcount == 1
