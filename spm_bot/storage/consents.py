"""The consent ledger: every yes and every no, never changed, the last one counting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from spm_bot.protection.consent import Purpose
from spm_bot.storage.tables import clients, consents


@dataclass(frozen=True, slots=True)
class Reply:
    """One line of the ledger: a yes or no to one purpose, and the text it was given to.

    `text_version` is the hash of the wording read in `language`, '' when a word like STOP said no.
    """

    given: bool
    text_version: str
    language: str
    at: datetime


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
    if purpose == Purpose.SURVEY:
        theirs = clients.c.subject == subject
        connection.execute(update(clients).where(theirs).values(agrees=given))


def purposes_given(connection: Connection, subject: str) -> frozenset[str]:
    """The purposes this person agrees to now."""
    return frozenset(purpose for purpose, reply in last_replies(connection, subject).items() if reply.given)


def last_replies(connection: Connection, subject: str) -> dict[str, Reply]:
    """The last word of a person on each purpose they were ever asked about."""
    query = select(
        consents.c.purpose, consents.c.given, consents.c.text_version, consents.c.language, consents.c.at
    ).where(consents.c.subject == subject)
    return {purpose: Reply(*reply) for purpose, *reply in connection.execute(query.order_by(consents.c.id))}


def clients_agreeing(
    connection: Connection,
    purpose: str,
    among: Iterable[int] | None = None,
    *,
    before: datetime | None = None,
) -> set[int]:
    """The clients whose last word on `purpose` is yes, or was at an earlier instant."""
    # One look into the index for each client: the ledger only grows, and is never read as a whole.
    words = select(func.max(consents.c.id)).where(
        consents.c.subject == clients.c.subject, consents.c.purpose == purpose
    )
    if before is not None:
        words = words.where(consents.c.at < before)
    last = words.correlate(clients).scalar_subquery()
    query = select(clients.c.id).join(consents, consents.c.id == last).where(consents.c.given)
    if among is not None:
        query = query.where(clients.c.id.in_(list(among)))
    return set(connection.execute(query).scalars())
