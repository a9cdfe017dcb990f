"""Who works here and may do what: members of staff by subject id, and the roles they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from spm_bot.storage.tables import roles, staff


@dataclass(frozen=True, slots=True)
class Role:
    """What a member of staff may do, everywhere (`branch` is '') or in one branch. It is in force from the
    moment it is `confirmed_at`.
    """

    id: int
    staff: int
    role: str
    branch: str
    granted_at: datetime
    invited_by: str
    confirmed_at: datetime | None


_ROLE = select(*(roles.c[name] for name in ("id", "staff_id", "role", "branch", "granted_at"))).add_columns(
    roles.c.invited_by, roles.c.confirmed_at
)


def add_staff(connection: Connection, *, subject: str) -> int:
    """A new member of staff, known by a random subject id; returns the row's id."""
    added = staff.insert().returning(staff.c.id)
    identity: int = connection.execute(added, {"subject": subject}).scalar_one()
    return identity


def subject_of_staff(connection: Connection, staff_id: int) -> str:
    found = select(staff.c.subject).where(staff.c.id == staff_id)
    subject: str = connection.execute(found).scalar_one()
    return subject


def staff_of_subject(connection: Connection, subject: str) -> int | None:
    """The row's id of a member of staff, None if nobody has this subject id."""
    return connection.execute(select(staff.c.id).where(staff.c.subject == subject)).scalar()


def grant(
    connection: Connection,
    staff_id: int,
    *,
    role: str,
    branch: str,
    at: datetime,
    invited_by: str = "",
    in_force: bool = True,
) -> int:
    """Gives a role, or gives it back after a revocation; one that is not `in_force` waits for a second
    person. Returns its id.
    """
    values = {
        "granted_at": at,
        "revoked_at": None,
        "invited_by": invited_by,
        "confirmed_at": at if in_force else None,
        "confirmed_by": "",
    }
    same = (roles.c.staff_id == staff_id, roles.c.role == role, roles.c.branch == branch)
    again = connection.execute(update(roles).where(*same).values(values).returning(roles.c.id)).scalar()
    if again is not None:
        return int(again)
    row = {"staff_id": staff_id, "role": role, "branch": branch, **values}
    fresh: int = connection.execute(roles.insert().returning(roles.c.id), row).scalar_one()
    return fresh


def confirm(connection: Connection, role_id: int, *, by: str, at: datetime) -> bool:
    """Puts a waiting role in force; False when none of that number waits."""
    waits = (roles.c.id == role_id, roles.c.confirmed_at.is_(None), roles.c.revoked_at.is_(None))
    done = connection.execute(update(roles).where(*waits).values(confirmed_at=at, confirmed_by=by))
    return done.rowcount == 1


def revoke(connection: Connection, role_id: int, *, at: datetime) -> bool:
    """Takes a role away; False when there is no such role in force or waiting."""
    there = (roles.c.id == role_id, roles.c.revoked_at.is_(None))
    return connection.execute(update(roles).where(*there).values(revoked_at=at)).rowcount == 1


def role(connection: Connection, role_id: int) -> Role | None:
    """A role that is not revoked, in force or waiting."""
    found = _held(connection, roles.c.id == role_id)
    return found[0] if found else None


def roles_in_force(connection: Connection, staff_id: int | None = None) -> list[Role]:
    """Roles confirmed and not revoked, of one member of staff or of all, oldest first."""
    mine = () if staff_id is None else (roles.c.staff_id == staff_id,)
    return _held(connection, roles.c.confirmed_at.is_not(None), *mine)


def roles_held(connection: Connection, staff_id: int | None = None) -> list[Role]:
    """Roles not revoked, those that wait for a second person too."""
    return _held(connection, *(() if staff_id is None else (roles.c.staff_id == staff_id,)))


def _held(connection: Connection, *wanted: ColumnElement[bool]) -> list[Role]:
    query = _ROLE.where(roles.c.revoked_at.is_(None), *wanted).order_by(roles.c.id)
    return [Role(*row) for row in connection.execute(query)]
