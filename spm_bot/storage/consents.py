"""The consent ledger: every yes and every no, never changed, the last one counting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from spm_bot.storage.tables import clients, consents


def record(
    connection: Connection,
    *,
    subject: str,
    purpose: str,
    given: bool,
    text_version: str,
    language: str,
    channel: str,
    at: datetime,
) -> None:
    """Adds one reply to one question of consent."""
    row = {
        "subject": subject,
        "purpose": purpose,
        "given": given,
        "text_version": text_version,
        "language": language,
        "channel": channel,
        "at": at,
    }
    connection.execute(consents.insert(), row)


def purposes_given(connection: Connection, subject: str) -> frozenset[str]:
    """The purposes this person agrees to now."""
    query = select(consents.c.purpose, consents.c.given).where(consents.c.subject == subject)
    latest = dict(connection.execute(query.order_by(consents.c.id)).all())
    return frozenset(purpose for purpose, given in latest.items() if given)


def clients_agreeing(connection: Connection, purpose: str, among: Iterable[int] | None = None) -> set[int]:
    """The clients whose last word on `purpose` is yes."""
    # One look into the index for each client: the ledger only grows, and is never read as a whole.
    last = (
        select(func.max(consents.c.id))
        .where(consents.c.subject == clients.c.subject, consents.c.purpose == purpose)
        .correlate(clients)
        .scalar_subquery()
    )
    query = select(clients.c.id).join(consents, consents.c.id == last).where(consents.c.given)
    if among is not None:
        query = query.where(clients.c.id.in_(list(among)))
    return set(connection.execute(query).scalars())
