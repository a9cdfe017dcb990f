"""What an import of the institution's lists would do: planned without changing anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from spm_bot.fieldwork.changes import Change, Kind, Tally, Terms, numbers_of_staff, shrinks
from spm_bot.fieldwork.register import ClientRow, Register
from spm_bot.storage import branch_months, loan_books, portfolio_days, registers
from spm_bot.storage.peppers import forgotten_among
from spm_bot.storage.registers import Taken
from spm_bot.storage.store import Connection, Store
from spm_bot.times import DAY
from spm_bot.usecases.enlist import StaffPlan, plan_staff

CHUNK = 500
"""Clients looked at in one transaction."""

Tell = Callable[[str, Change], None]
Progress = Callable[[int], object]


class Untimely(Exception):
    """The lists are of a day before the newest ones we hold, or of a day to come; the message says which."""


class Shrunken(Exception):
    """So many are missing that the lists may be only a part; the message says how many."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Lists as they came in, and how to take them. `allow_closing`: it is right that many are missing."""

    register: Register
    terms: Terms
    allow_closing: bool = False
    refused: int = 0


@dataclass(slots=True)
class Plan:
    """What an import would do. `rows` are to be written, `missing` clients to be closed; `risen` are clients
    whom the lists have as active and we as deceased.
    """

    incoming: Incoming
    clients: Tally = field(default_factory=Tally)
    loans: Tally = field(default_factory=Tally)
    staff: StaffPlan = field(default_factory=StaffPlan)
    rows: list[ClientRow] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    risen: list[str] = field(default_factory=list)
    forgotten: int = 0
    facts: int = 0

    @property
    def read(self) -> int:
        return len(self.incoming.register.clients or ())

    def note(self, change: Change) -> None:
        self.clients.add(change.kind)
        for loan in change.loans:
            self.loans.add(loan.kind)
        if change.risen:
            self.risen.append(change.code)


async def plan_import(
    incoming: Incoming,
    *,
    store: Store,
    now: datetime,
    tell: Tell = lambda _what, _change: None,
    progress: Progress = lambda _done: None,
) -> Plan:
    """What the lists would change; `tell` hears of everything that does. Raises Untimely or Shrunken."""
    await _check_day(incoming.register.as_of, store=store, now=now)
    plan = Plan(incoming)
    plan.staff = await plan_staff(incoming.register, store=store, terms=incoming.terms)
    for change in plan.staff.changes:
        tell("staff", change)
    _check_shrinking(plan.staff.missing, of=plan.staff.present, what="members of staff", incoming=incoming)
    plan.facts = await store.read(partial(branch_months.count_new, rows=incoming.register.facts))
    if incoming.register.clients is not None:
        await _plan_clients(plan, incoming.register.clients, store=store, tell=tell, progress=progress)
    return plan


async def _check_day(as_of: str, *, store: Store, now: datetime) -> None:
    if as_of > (now + DAY).date().isoformat():
        raise Untimely(f"the lists are of {as_of}, and that day is still to come")
    days = (await store.read(loan_books.newest_day), await store.read(portfolio_days.newest_kept))
    newest = max((day for day in days if day is not None), default="")
    if as_of < newest:
        raise Untimely(f"the lists are of {as_of}, and the register already holds those of {newest}")


async def _plan_clients(
    plan: Plan, rows: Sequence[ClientRow], *, store: Store, tell: Tell, progress: Progress
) -> None:
    incoming = plan.incoming
    numbers = numbers_of_staff(plan.staff.after.values(), as_of=incoming.register.as_of)
    marked = [replace(row, works_here=True) if row.phone in numbers else row for row in rows]
    for first in range(0, len(marked), CHUNK):
        chunk = marked[first : first + CHUNK]
        taken, forgotten = await store.read(partial(_compare_chunk, rows=chunk, incoming=incoming))
        by_code = {row.code: row for row in chunk}
        for each in taken:
            plan.note(each.change)
            if each.change.kind is not Kind.UNCHANGED:
                tell("client", each.change)
            if each.change.kind is not Kind.UNCHANGED or each.older:
                plan.rows.append(by_code[each.after.code])
        plan.forgotten += forgotten
        progress(len(chunk))
    active = await store.read(registers.active_codes)
    if incoming.terms.whole:
        listed = {row.code for row in rows} | incoming.terms.spared
        plan.missing = [code for code in active if code not in listed]
    for first in range(0, len(plan.missing), CHUNK):
        codes = plan.missing[first : first + CHUNK]
        compare = partial(registers.compare_missing, codes=codes, as_of=incoming.register.as_of)
        for each in await store.read(compare):
            plan.note(each.change)
            tell("client", each.change)
    _check_shrinking(len(plan.missing), of=len(active), what="active clients", incoming=incoming)
    paid = await store.read(loan_books.count_active)
    _check_shrinking(plan.loans[Kind.MISSING], of=paid, what="active loans", incoming=incoming)


def _check_shrinking(missing: int, *, of: int, what: str, incoming: Incoming) -> None:
    if not incoming.allow_closing and shrinks(missing, of=of):
        raise Shrunken(f"{missing} of {of} {what} are missing in the list")


def _compare_chunk(
    connection: Connection, *, rows: Sequence[ClientRow], incoming: Incoming
) -> tuple[list[Taken], int]:
    gone = forgotten_among(connection, [row.code for row in rows])
    kept = [row for row in rows if row.code not in gone]
    return registers.compare(connection, kept, terms=incoming.terms), len(gone)
