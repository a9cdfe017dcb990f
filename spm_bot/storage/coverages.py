"""How far the chats reach into the register: borrowers by branch, and clients whose loan officer is known."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, case, func, select

from spm_bot.storage.tables import addresses, clients, consents, holders


@dataclass(frozen=True, slots=True)
class Coverage:
    """Active borrowers of one branch, and those of them whom a chat reaches and who agreed."""

    branch: str
    borrowers: int
    joined: int
    in_arrears: int
    joined_in_arrears: int


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
