from __future__ import annotations

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
    assert mine == Role(mine.id, staff, "manager", "BUN")
    assert [role.staff for role in await store.read(roles.roles_in_force)] == [staff, other]
    assert await store.write(lambda c: roles.revoke(c, mine.id, at=AT + HOUR)) is True
    assert await store.write(lambda c: roles.revoke(c, mine.id, at=AT + HOUR)) is False
    assert await store.read(lambda c: roles.roles_in_force(c, staff)) == []
    await store.write(lambda c: roles.grant(c, staff, role="manager", branch="BUN", at=AT + 2 * HOUR))
    assert await store.read(lambda c: roles.roles_in_force(c, staff)) == [mine]
    history = select(table.c.granted_at, table.c.revoked_at).where(table.c.staff_id == staff)
    assert await store.read(lambda c: [tuple(r) for r in c.execute(history)]) == [(AT + 2 * HOUR, None)]
    assert await store.read(lambda c: roles.subject_of_staff(c, staff)) == "staff-boss"
