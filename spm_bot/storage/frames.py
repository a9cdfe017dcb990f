"""The frame of a sample: clients of an audience who can be drawn, read in pages of the register's order."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, cast, exists, func, select

from spm_bot.fieldwork.audience import NEEDS, Audience, Needs
from spm_bot.fieldwork.quotas import Stratum, stratum_of
from spm_bot.fieldwork.register import ACTIVE, WRITTEN_OFF
from spm_bot.storage.audiences import within
from spm_bot.storage.rounds import Round
from spm_bot.storage.tables import addresses, clients, draws, holders

PAGE = 20_000
"""Numbers of clients that a page spans."""


@dataclass(frozen=True, slots=True)
class Page:
    """Clients by stratum, in the order of the register; `last` is where the next page begins, None after
    the end.
    """

    people: dict[Stratum, array[int]]
    last: int | None


def read_page(connection: Connection, round_: Round, *, after: int = 0, span: int = PAGE) -> Page:
    """The next clients of the round's audience who joined, agreed, and were not drawn for it yet.

    What changes from day to day, such as cool-downs, is looked at when they are invited.
    """
    end = connection.execute(select(func.max(clients.c.id))).scalar() or 0
    last = after + span
    people = {}
    # One row a stratum: a row for each of a million clients costs more than all the looking up.
    for *codes, ids in connection.execute(_page(round_, after=after, last=last)):
        people[stratum_of(codes)] = array("q", sorted(map(int, ids.split(","))))
    return Page(people, last if last < end else None)


def _page(round_: Round, *, after: int, last: int) -> Select[*tuple[Any, ...]]:
    codes = [clients.c[name] for name in round_.strata]
    # Both sides are told where the page lies, so that each is read in one go.
    page = (
        clients.c.id > after,
        clients.c.id <= last,
        holders.c.client_id > after,
        holders.c.client_id <= last,
    )
    query = (
        select(*codes, func.aggregate_strings(cast(clients.c.id, String), ","))
        .join(holders, holders.c.client_id == clients.c.id)
        .join(addresses, addresses.c.id == holders.c.address_id)
        .where(*page, clients.c.agrees, ~clients.c.works_here, addresses.c.reachable)
        .where(within(Audience.from_json(round_.audience)), *_able(NEEDS.get(round_.survey, Needs())))
    )
    if round_.waves:
        drawn = exists().where(draws.c.round_id == round_.id, draws.c.client_id == clients.c.id)
        query = query.where(~drawn)
    # Without strata one group is all, and there is none of nobody.
    return query.group_by(*codes).having(func.count() > 0)


def _able(needs: Needs) -> Iterator[ColumnElement[bool]]:
    """What the survey asks for and the register alone can say."""
    yield clients.c.status.in_([ACTIVE, WRITTEN_OFF]) if needs.no_loan else clients.c.status == ACTIVE
    if needs.loan:
        yield clients.c.has_loan
    if needs.no_loan:
        yield ~clients.c.has_loan
