"""One-time links: for clients to join by, for staff to take a role by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from secrets import choice, token_urlsafe

from spm_bot.storage import audits, links, people, roles
from spm_bot.storage.people import Client
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.join import CLIENT_LINK_LASTS, STAFF_LINK_LASTS

CODE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Signs of a printed code: none that looks like another."""

CHUNK = 500
"""Links written at once: nobody's answer waits behind those of a whole branch."""

BRANCH_ROLES = frozenset({"loan_officer", "manager"})
"""Roles that may be held for one branch alone."""


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as it is handed over; only hashes of it are kept."""

    client: str
    token: str
    code: str


async def invite_clients(
    *, store: Store, branch: str | None, code: str | None, actor: str, now: datetime
) -> list[NewLink]:
    """A new link for every active client of a branch, or for one client, or for all."""
    clients = await store.read(partial(people.clients_where, branch=branch, code=code))
    if not clients:
        return []
    made = [NewLink(client.code, _token(), _code()) for client in clients]
    # Written down first: whoever is cut short half-way has made links all the same.
    line = partial(audits.write_down, at=now, actor=actor, event="clients_invited")
    await store.write(partial(line, count=len(made)))
    for first in range(0, len(made), CHUNK):
        chunk = slice(first, first + CHUNK)
        await store.write(partial(_keep_client_links, clients=clients[chunk], made=made[chunk], now=now))
    return made


async def invite_staff(*, store: Store, role: str, branch: str, actor: str, now: datetime) -> str:
    """The token of a new link that gives `role`; it is good for a day."""
    token = _token()
    await store.write(partial(_keep_staff_link, token=token, role=role, branch=branch, actor=actor, now=now))
    return token


async def revoke_role(role_id: int, *, store: Store, actor: str, now: datetime) -> bool:
    """Takes a role away; False when there is none of that number."""
    return await store.write(partial(_revoke, role_id=role_id, actor=actor, now=now))


def _keep_client_links(
    connection: Connection,
    *,
    clients: Sequence[Client],
    made: Sequence[NewLink],
    now: datetime,
) -> None:
    for client, link in zip(clients, made, strict=True):
        links.add_link(
            connection,
            token=link.token,
            code=link.code,
            client=client.id,
            at=now,
            expires_at=now + CLIENT_LINK_LASTS,
        )


def _keep_staff_link(
    connection: Connection, *, token: str, role: str, branch: str, actor: str, now: datetime
) -> None:
    links.add_link(
        connection,
        token=token,
        code=token,
        role=role,
        branch=branch,
        at=now,
        expires_at=now + STAFF_LINK_LASTS,
    )
    audits.write_down(connection, at=now, actor=actor, event="staff_invited", role=role, branch=branch)


def _revoke(connection: Connection, *, role_id: int, actor: str, now: datetime) -> bool:
    revoked = roles.revoke(connection, role_id, at=now)
    if revoked:
        audits.write_down(connection, at=now, actor=actor, event="role_revoked", role=role_id)
    return revoked


def _token() -> str:
    """128 random bits in the signs a deep link may carry."""
    return token_urlsafe(16)


def _code() -> str:
    return "".join(choice(CODE_SIGNS) for _ in range(8))
