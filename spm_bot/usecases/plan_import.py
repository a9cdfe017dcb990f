"""What an import of the institution's lists would do: planned without changing anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from spm_bot.fieldwork.changes import Change, Kind, Tally, Terms, numbers_of_staff, shrinks
from spm_bot.fieldwork.register import ClientRow, Register
from spm_bot.storage import branch_months, loan_books, portfolio_days, registers
from spm_bot.storage.past_imports import PastImport, past_imports
from spm_bot.storage.peppers import forgotten_among
from spm_bot.storage.registers import Taken
from spm_bot.storage.store import Connection, Store
from spm_bot.times import on_wall
from spm_bot.usecases.enlist import StaffPlan, plan_staff

CHUNK = 500
"""Clients looked at in one transaction."""
LOOKED_BACK = timedelta(days=30)
"""Clients who go little by little are counted over so long."""
_UTC = ZoneInfo("UTC")

Tell = Callable[[str, Change], None]
Progress = Callable[[int], object]


class Untimely(Exception):
    """The lists are of a day before the newest ones we hold, or of a day to come; the message says which."""


class Shrunken(Exception):
    """So many would be gone that the lists may be only a part; the message says how many."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Lists as they came in, and how to take them. `allow_closing`: it is right that many go.
    Days are those of the institution's `zone`.
    """

    register: Register
    terms: Terms
    allow_closing: bool = False
    refused: int = 0
    zone: ZoneInfo = _UTC

    @property
    def lists(self) -> tuple[str, ...]:
        """The kinds of lists that are given."""
        register = self.register
        clients = register.clients is not None
        given = {"clients": clients, "loans": clients and self.terms.names_loans}
        given |= {"staff": register.staff is not None, "facts": bool(register.facts)}
        return tuple(kind for kind, there in given.items() if there)

    @property
    def tells_all_loans(self) -> bool:
        """Whether every loan that is paid will be as of the day of these lists."""
        return "loans" in self.lists and self.terms.whole and not self.refused


@dataclass(slots=True)
class Plan:
    """What an import would do. `rows` are to be written, `missing` clients to be closed; `risen` are clients
    whom the lists have as active and we as deceased; `active` are the clients before it.
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
    active: int = 0

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
    past = await store.read(past_imports)
    await _check_day(incoming, past, store=store, now=now)
    plan = Plan(incoming, active=len(await store.read(registers.active_codes)))
    plan.staff = await plan_staff(incoming.register, store=store, terms=incoming.terms)
    for change in plan.staff.changes:
        tell("staff", change)
    _check_shrinking(plan.staff.tally, of=plan.staff.present, what="members of staff", incoming=incoming)
    plan.facts = await store.read(partial(branch_months.count_new, rows=incoming.register.facts))
    if incoming.register.clients is not None:
        await _plan_clients(plan, incoming.register.clients, store=store, tell=tell, progress=progress)
        _check_bleeding(plan, [each for each in past if now - each.at <= LOOKED_BACK])
    return plan


async def _check_day(incoming: Incoming, past: Sequence[PastImport], *, store: Store, now: datetime) -> None:
    """Each kind of list is no older than the newest that came in, and none is of a day to come."""
    as_of = incoming.register.as_of
    if as_of > on_wall(now, zone=incoming.zone).date().isoformat():
        raise Untimely(f"the lists are of {as_of}, and that day is still to come")
    for kind in incoming.lists:
        days = [each.as_of for each in past if kind in each.lists]
        if kind == "loans":
            held = (await store.read(loan_books.newest_day), await store.read(portfolio_days.newest_kept))
            days += [day for day in held if day is not None]
        newest = max(days, default="")
        if as_of < newest:
            raise Untimely(f"the lists are of {as_of}, and the register already holds {kind} of {newest}")


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
    _check_shrinking(plan.clients, of=plan.active, what="active clients", incoming=incoming)
    paid = await store.read(loan_books.count_active)
    _check_shrinking(plan.loans, of=paid, what="active loans", incoming=incoming)


def _check_shrinking(tally: Tally, *, of: int, what: str, incoming: Incoming) -> None:
    if not incoming.allow_closing and shrinks(tally.closed, of=of):
        ways = f"{tally[Kind.MISSING]} missing in the list, {tally[Kind.CLOSED]} ended by it"
        raise Shrunken(f"{tally.closed} of {of} {what} would be gone ({ways})")


def _check_bleeding(plan: Plan, past: Sequence[PastImport]) -> None:
    """Lists that shrink little by little; whoever allowed a closing has answered for all before it."""
    most = plan.active
    for each in reversed(past):
        if each.allowed:
            break
        most = max(most, each.active)
    going = plan.clients.closed
    gone = most - plan.active + going
    if going and not plan.incoming.allow_closing and shrinks(gone, of=most):
        days = LOOKED_BACK.days
        raise Shrunken(f"{gone} of {most} clients who were active in the last {days} days would be gone")


def _compare_chunk(
    connection: Connection, *, rows: Sequence[ClientRow], incoming: Incoming
) -> tuple[list[Taken], int]:
    gone = forgotten_among(connection, [row.code for row in rows])
    kept = [row for row in rows if row.code not in gone]
    return registers.compare(connection, kept, terms=incoming.terms), len(gone)
