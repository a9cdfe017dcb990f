from __future__ import annotations

from dataclasses import replace
from functools import partial

from sqlalchemy import select

from spm_bot.messages import Address
from spm_bot.storage import roles
from spm_bot.storage.roles import Role
from spm_bot.storage.store import Store
from spm_bot.storage.tables import roles as table
from tests.seed import AT, HOUR, hire

HANDLE = "254700111222"
PHONE = Address("test", HANDLE)


async def test_role_holds_until_revoked_and_can_be_given_back(store: Store) -> None:
    staff = await store.write(lambda c: hire(c, "boss", role="manager", branch="BUN"))
    other = await store.write(lambda c: hire(c, "other", role="spm_manager"))
    [mine] = await store.read(lambda c: roles.roles_in_force(c, staff))
    assert mine == Role(mine.id, staff, "manager", "BUN", AT, "", AT)
    assert [role.staff for role in await store.read(roles.roles_in_force)] == [staff, other]
    assert await store.write(lambda c: roles.revoke(c, mine.id, at=AT + HOUR)) is True
    assert await store.write(lambda c: roles.revoke(c, mine.id, at=AT + HOUR)) is False
    assert await store.read(lambda c: roles.roles_in_force(c, staff)) == []
    await store.write(lambda c: roles.grant(c, staff, role="manager", branch="BUN", at=AT + 2 * HOUR))
    again = replace(mine, granted_at=AT + 2 * HOUR, confirmed_at=AT + 2 * HOUR)
    assert await store.read(lambda c: roles.roles_in_force(c, staff)) == [again]
    history = select(table.c.granted_at, table.c.revoked_at).where(table.c.staff_id == staff)
    assert await store.read(lambda c: [tuple(r) for r in c.execute(history)]) == [(AT + 2 * HOUR, None)]
    assert await store.read(lambda c: roles.subject_of_staff(c, staff)) == "staff-boss"


async def test_role_that_waits_is_not_in_force_until_confirmed_once(store: Store) -> None:
    staff = await store.write(lambda c: roles.add_staff(c, subject="s"))
    give = partial(roles.grant, staff_id=staff, role="spm_manager", branch="", at=AT, in_force=False)
    identity = await store.write(give)
    assert await store.read(roles.roles_in_force) == []
    assert [role.id for role in await store.read(roles.roles_held)] == [identity]
    confirm = partial(roles.confirm, role_id=identity, by="cli:root for B", at=AT + HOUR)
    assert [await store.write(confirm) for _ in range(2)] == [True, False]
    [role] = await store.read(roles.roles_in_force)
    assert role.confirmed_at == AT + HOUR
    assert await store.write(give) == identity
    assert await store.read(roles.roles_in_force) == []
