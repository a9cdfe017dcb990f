"""One-time links: for clients to join by, for staff to take a role by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from secrets import choice, token_urlsafe

from spm_bot.storage import audits, links, people
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.enrol_staff import STAFF_LINK_LASTS
from spm_bot.usecases.spell_link import CLIENT_LINK_LASTS, CODE_SIGNS

CHUNK = 500
"""Links written at once: nobody's answer waits behind those of a whole branch."""


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link as it is handed over; only hashes of it are kept. `client` is the code of the register."""

    client_id: int
    client: str
    token: str
    code: str


async def invite_clients(
    *, store: Store, branch: str | None, code: str | None, actor: str, now: datetime
) -> list[NewLink]:
    """A new link for every active client of a branch, or for one client, or for all."""
    made = await draw_links(store=store, branch=branch, code=code)
    await keep_links(made, store=store, actor=actor, now=now)
    return made


async def draw_links(*, store: Store, branch: str | None, code: str | None) -> list[NewLink]:
    """The secrets of new links for these clients, joined or not: what is printed must not tell them apart.
    None of them works before it is kept.
    """
    clients = await store.read(partial(people.clients_where, branch=branch, code=code))
    return [NewLink(client.id, client.code, _token(), _code()) for client in clients]


async def keep_links(made: Sequence[NewLink], *, store: Store, actor: str, now: datetime) -> None:
    """Makes these links good, and those that their clients were given before no longer."""
    if not made:
        return
    # Written down first: whoever is cut short half-way has made links all the same.
    line = partial(audits.write_down, at=now, actor=actor, event="clients_invited")
    await store.write(partial(line, count=len(made)))
    for first in range(0, len(made), CHUNK):
        await store.write(partial(_keep_client_links, made=made[first : first + CHUNK], now=now))


async def revoke_cards(code: str, *, store: Store, actor: str, now: datetime) -> int:
    """Ends the unused links of one client; returns how many there were. Raises LookupError."""
    return await store.write(partial(_revoke_cards, code=code, actor=actor, now=now))


async def invite_staff(
    *, store: Store, role: str, branch: str, actor: str, now: datetime, staff: int | None = None
) -> str:
    """The token of a new link that gives `role`; it is good for a day, and for `staff` alone if given."""
    token = _token()
    keep = partial(_keep_staff_link, token=token, role=role, branch=branch, staff=staff, actor=actor, now=now)
    await store.write(keep)
    return token


async def revoke_staff_link(link_id: int, *, store: Store, actor: str, now: datetime) -> bool:
    """Ends a link for a role that nobody has used; False when there is none of that number."""
    return await store.write(partial(_revoke_staff_link, link_id=link_id, actor=actor, now=now))


def _keep_client_links(connection: Connection, *, made: Sequence[NewLink], now: datetime) -> None:
    # A lost card must not stay good beside the new one.
    links.revoke_links(connection, *(link.client_id for link in made), at=now)
    for link in made:
        links.add_link(
            connection,
            token=link.token,
            code=link.code,
            client=link.client_id,
            at=now,
            expires_at=now + CLIENT_LINK_LASTS,
        )


def _keep_staff_link(
    connection: Connection,
    *,
    token: str,
    role: str,
    branch: str,
    staff: int | None,
    actor: str,
    now: datetime,
) -> None:
    links.add_link(
        connection,
        token=token,
        code=None,
        role=role,
        branch=branch,
        staff=staff,
        made_by=actor,
        at=now,
        expires_at=now + STAFF_LINK_LASTS,
    )
    audits.write_down(connection, at=now, actor=actor, event="staff_invited", role=role, branch=branch)


def _revoke_staff_link(connection: Connection, *, link_id: int, actor: str, now: datetime) -> bool:
    ended = links.end_staff_link(connection, link_id, at=now)
    if ended:
        audits.write_down(connection, at=now, actor=actor, event="staff_link_revoked", link=link_id)
    return ended


def _revoke_cards(connection: Connection, *, code: str, actor: str, now: datetime) -> int:
    client = people.client_by_code(connection, code)
    revoked = links.revoke_links(connection, client.id, at=now)
    if revoked:
        line = partial(audits.write_down, connection, at=now, actor=actor, event="cards_revoked")
        line(subject=client.subject, count=revoked)
    return revoked


def _token() -> str:
    """128 random bits in the signs a deep link may carry."""
    return token_urlsafe(16)


def _code() -> str:
    return "".join(choice(CODE_SIGNS) for _ in range(8))
