"""Audiences on today's register: how many people they hold, how far two differ, a look at some of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select, true

from spm_bot.fieldwork.audience import Audience
from spm_bot.fieldwork.register import ACTIVE
from spm_bot.storage.people import Client
from spm_bot.storage.tables import clients


@dataclass(frozen=True, slots=True)
class Look:
    """Some clients of an audience, evenly spread over the register, and how many they were taken from."""

    clients: tuple[Client, ...]
    of: int


def size(connection: Connection, audience: Audience) -> int:
    """How many active clients an audience holds."""
    return _count(connection, within(audience), [ACTIVE])


def difference(connection: Connection, one: Audience, other: Audience) -> int:
    """How many active clients are in one of two audiences and not in the other."""
    in_one, in_other = within(one), within(other)
    apart = or_(and_(in_one, not_(in_other)), and_(in_other, not_(in_one)))
    return _count(connection, apart, [ACTIVE])


def look_at(connection: Connection, audience: Audience, *, statuses: Collection[str], most: int) -> Look:
    """All clients of these statuses, or every so manieth by id if there are more than `most`."""
    count = _count(connection, within(audience), statuses)
    query = select(*(clients.c[name] for name in Client.__dataclass_fields__))
    query = query.where(within(audience), clients.c.status.in_(sorted(statuses))).order_by(clients.c.id)
    if count > most:
        query = query.where(clients.c.id % -(-count // most) == 0)
    return Look(tuple(Client(**row._mapping) for row in connection.execute(query)), count)


def _count(connection: Connection, condition: ColumnElement[bool], statuses: Collection[str]) -> int:
    query = select(func.count()).select_from(clients)
    found: int = connection.execute(
        query.where(condition, clients.c.status.in_(sorted(statuses)))
    ).scalar_one()
    return found


def within(audience: Audience) -> ColumnElement[bool]:
    """That a row of `clients` is one of the audience."""
    wanted = (
        (clients.c.branch, audience.branches),
        (clients.c.product, audience.products),
        (clients.c.gender, audience.genders),
    )
    return and_(true(), *(column.in_(sorted(codes)) for column, codes in wanted if codes))
