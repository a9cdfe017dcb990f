"""Who works here and may do what: members of staff by subject id, and the roles they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from spm_bot.storage.tables import roles, staff


@dataclass(frozen=True, slots=True)
class Role:
    """What a member of staff may do, everywhere (`branch` is '') or in one branch."""

    id: int
    staff: int
    role: str
    branch: str


def add_staff(connection: Connection, *, subject: str) -> int:
    """A new member of staff, known by a random subject id; returns the row's id."""
    added = staff.insert().returning(staff.c.id)
    identity: int = connection.execute(added, {"subject": subject}).scalar_one()
    return identity


def subject_of_staff(connection: Connection, staff_id: int) -> str:
    found = select(staff.c.subject).where(staff.c.id == staff_id)
    subject: str = connection.execute(found).scalar_one()
    return subject


def grant(connection: Connection, staff_id: int, *, role: str, branch: str, at: datetime) -> None:
    """Gives a role, or gives it back after a revocation."""
    same = (roles.c.staff_id == staff_id, roles.c.role == role, roles.c.branch == branch)
    again = connection.execute(update(roles).where(*same).values(granted_at=at, revoked_at=None))
    if again.rowcount == 0:
        row = {"staff_id": staff_id, "role": role, "branch": branch, "granted_at": at}
        connection.execute(roles.insert(), row)


def revoke(connection: Connection, role_id: int, *, at: datetime) -> bool:
    """Takes a role away; False when there is no such role in force."""
    there = (roles.c.id == role_id, roles.c.revoked_at.is_(None))
    return connection.execute(update(roles).where(*there).values(revoked_at=at)).rowcount == 1


def roles_in_force(connection: Connection, staff_id: int | None = None) -> list[Role]:
    """Roles not revoked, of one member of staff or of all, oldest first."""
    query = select(roles.c.id, roles.c.staff_id, roles.c.role, roles.c.branch)
    query = query.where(roles.c.revoked_at.is_(None)).order_by(roles.c.id)
    if staff_id is not None:
        query = query.where(roles.c.staff_id == staff_id)
    return [Role(row.id, row.staff_id, row.role, row.branch) for row in connection.execute(query)]
