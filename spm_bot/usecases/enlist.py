"""The list of staff comes in: who works here, with which number; who left loses every role in the chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from secrets import token_hex

from spm_bot.fieldwork.changes import Change, Kind, Tally, Terms, compare_staff, numbers_of_staff, staff_after
from spm_bot.fieldwork.register import Register, StaffRow
from spm_bot.storage import colleagues, registers
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.settle_role import revoke_role

CHUNK = 500
ACTOR = "register"
"""Who takes a role away in the audit log when the list says that somebody left."""


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """Everybody on the staff list once it is in, what changes, and how many of those here now are missing."""

    after: Mapping[str, StaffRow] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    tally: Tally = field(default_factory=Tally)
    present: int = 0


async def plan_staff(register: Register, *, store: Store, terms: Terms) -> StaffPlan:
    """What the list of staff would change."""
    held = await store.read(colleagues.staff_list)
    if register.staff is None:
        return StaffPlan(held)
    named = {row.code for row in register.staff}
    after = staff_after(held, register.staff, terms=terms)
    tally = Tally()
    changes = [compare_staff(held.get(code), row, named=named) for code, row in after.items()]
    for change in changes:
        tally.add(change.kind)
    present = sum(row.left_on is None for row in held.values())
    moving = tuple(change for change in changes if change.kind is not Kind.UNCHANGED)
    return StaffPlan(after, moving, tally, present)


async def enlist(plan: StaffPlan, *, store: Store, as_of: str, now: datetime) -> None:
    """Does what the plan says. Clients with the number of somebody who works here are never asked."""
    rows = [(change.kind, plan.after[change.code]) for change in plan.changes]
    added = [row for kind, row in rows if kind is Kind.ADDED]
    changed = [row for kind, row in rows if kind is not Kind.ADDED]
    for chunk in _chunks(added):
        fresh = {token_hex(16): row for row in chunk}
        await store.write(partial(colleagues.add_colleagues, rows=fresh))
    for chunk in _chunks(changed):
        await store.write(partial(_change, rows=chunk))
    for role in await store.read(partial(colleagues.roles_of_leavers, as_of=as_of)):
        await store.write(partial(revoke_role, role_id=role, actor=ACTOR, now=now))
    if plan.changes:
        numbers = sorted(numbers_of_staff(plan.after.values(), as_of=as_of))
        for first in range(0, len(numbers), CHUNK):
            await store.write(partial(registers.mark_staff, numbers=numbers[first : first + CHUNK]))


def _change(connection: Connection, *, rows: Sequence[StaffRow]) -> None:
    for row in rows:
        colleagues.change_colleague(connection, row)


def _chunks(rows: Sequence[StaffRow]) -> Iterator[Sequence[StaffRow]]:
    for first in range(0, len(rows), CHUNK):
        yield rows[first : first + CHUNK]
