"""The institution's lists come in: first a plan that changes nothing, then, chunk by chunk, what it says.

Every step can be taken again: an import that was cut short is finished by the same command, and what is
over is closed last. Whoever asked to be forgotten is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from secrets import token_hex
from typing import TypeVar

from spm_bot.fieldwork.changes import Kind
from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.fieldwork.register import ACTIVE, ClientRow
from spm_bot.storage import audits, branch_months, past_imports, portfolio_days, registers, rounds
from spm_bot.storage.peppers import forgotten_among
from spm_bot.storage.registers import Taken
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.enlist import enlist
from spm_bot.usecases.plan_import import Incoming, Plan, Progress, plan_import

CHUNK = 500
"""Clients written in one transaction: nobody's answer waits behind a whole list."""

T = TypeVar("T")


async def carry_out_import(
    plan: Plan,
    *,
    store: Store,
    actor: str,
    now: datetime,
    progress: Progress = lambda _done: None,
) -> None:
    """Does what the plan says, and writes down that it was done."""
    register = plan.incoming.register
    # Written down first: an import that is killed half-way has changed the register all the same.
    line = partial(audits.write_down, at=now, actor=actor, event=past_imports.EVENT, as_of=register.as_of)
    await store.write(partial(line, lists=" ".join(plan.incoming.lists), **_counts(plan)))
    await enlist(plan.staff, store=store, as_of=register.as_of, now=now)
    if plan.facts:
        await store.write(partial(branch_months.write_facts, rows=register.facts))
    for chunk in _chunks(plan.rows):
        await store.write(
            partial(_write_chunk, rows=chunk, subjects=[token_hex(16) for _ in chunk], incoming=plan.incoming)
        )
        progress(len(chunk))
    for codes in _chunks(plan.missing):
        await store.write(partial(_close_chunk, codes=codes, as_of=register.as_of))
        progress(len(codes))
    if plan.incoming.tells_all_loans:
        await store.write(partial(portfolio_days.keep_day, as_of=register.as_of))


async def import_register(incoming: Incoming, *, store: Store, actor: str, now: datetime) -> Plan:
    """Plans and does it. Raises Untimely or Shrunken."""
    plan = await plan_import(incoming, store=store, now=now)
    await carry_out_import(plan, store=store, actor=actor, now=now)
    return plan


def _write_chunk(
    connection: Connection, *, rows: Sequence[ClientRow], subjects: Sequence[str], incoming: Incoming
) -> None:
    gone = forgotten_among(connection, [row.code for row in rows])
    kept = [row for row in rows if row.code not in gone]
    taken = registers.write_listed(connection, kept, subjects=subjects[: len(kept)], terms=incoming.terms)
    _take_back_invitations(connection, taken)


def _close_chunk(connection: Connection, *, codes: Sequence[str], as_of: str) -> None:
    missing = registers.compare_missing(connection, codes, as_of=as_of)
    still_here = [each for each in missing if each.held is not None and each.held.status == ACTIVE]
    registers.write(connection, still_here, as_of=as_of)
    _take_back_invitations(connection, still_here)


def _take_back_invitations(connection: Connection, taken: Sequence[Taken]) -> None:
    """Who has just left is not asked any more."""
    leaving = [each.client for each in taken if each.change.kind in (Kind.CLOSED, Kind.MISSING)]
    ids = [client for client in leaving if client is not None]
    if ids:
        rounds.close_open(connection, ids, Outcome.NOT_ELIGIBLE)


def _counts(plan: Plan) -> dict[str, int]:
    found = {"read": plan.read, "forgotten": plan.forgotten, "refused": plan.incoming.refused}
    found |= {"facts": plan.facts, "partial": int(not plan.incoming.terms.whole)}
    found |= {"active": plan.active, "allowed": int(plan.incoming.allow_closing)}
    for what, tally in (("clients", plan.clients), ("loans", plan.loans), ("staff", plan.staff.tally)):
        ways = {"added": tally[Kind.ADDED], "changed": tally[Kind.CHANGED], "closed": tally.closed}
        found |= {f"{what}_{way}": count for way, count in ways.items()}
    return found


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for first in range(0, len(items), CHUNK):
        yield items[first : first + CHUNK]
