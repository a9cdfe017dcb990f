"""Members of staff as the bot meets them: by the number that the staff list has, and by their chat."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import holders, roles, staff

_NAME, _PHONE = "staff.name", "staff.phone"


@dataclass(frozen=True, slots=True)
class Employee:
    """One member of staff. `code` is None for somebody whom no list names; `left` for whoever is gone."""

    id: int
    subject: str
    code: str | None
    gender: str
    left: bool


_EMPLOYEE = select(staff.c.id, staff.c.subject, staff.c.code, staff.c.gender, staff.c.left_on.is_not(None))


def listed(connection: Connection) -> bool:
    """Whether a list of staff was ever imported."""
    return (
        connection.execute(select(staff.c.id).where(staff.c.code.is_not(None)).limit(1)).first() is not None
    )


def known(connection: Connection, staff_id: int) -> bool:
    """Whether the list of staff names this person, or there is none."""
    return employee(connection, staff_id).code is not None or not listed(connection)


def with_number(connection: Connection, phone: str) -> list[Employee]:
    """Whoever works here now with exactly this number in the list."""
    theirs = staff.c.phone_hash.in_(vault_of(connection).digests(phone))
    return _found(connection, theirs, staff.c.left_on.is_(None))


def employee(connection: Connection, staff_id: int) -> Employee:
    """One member of staff. Raises LookupError."""
    found = _found(connection, staff.c.id == staff_id)
    if not found:
        raise LookupError(f"no member of staff {staff_id}")
    return found[0]


def employee_by_code(connection: Connection, code: str) -> Employee | None:
    found = _found(connection, staff.c.code == code)
    return found[0] if found else None


def name_of(connection: Connection, staff_id: int) -> str:
    """Their name as the list has it, '' if it has none."""
    sealed = connection.execute(select(staff.c.name).where(staff.c.id == staff_id)).scalar()
    return "" if sealed is None else vault_of(connection).decrypt(sealed, associated=_NAME)


def number_of(connection: Connection, staff_id: int) -> str:
    """Their phone number as the list has it, '' if it has none."""
    sealed = connection.execute(select(staff.c.phone).where(staff.c.id == staff_id)).scalar()
    return "" if sealed is None else vault_of(connection).decrypt(sealed, associated=_PHONE)


def take_chat(connection: Connection, staff_id: int) -> None:
    """No chat speaks for this person any more: a new one will."""
    connection.execute(holders.delete().where(holders.c.staff_id == staff_id))


def hand_over(connection: Connection, old: int, new: int) -> None:
    """Roles of a row made before the list was there go over to the row of the list."""
    kept = select(roles.c.role, roles.c.branch).where(roles.c.staff_id == new)
    has = {(role, branch) for role, branch in connection.execute(kept)}
    for row in connection.execute(select(roles).where(roles.c.staff_id == old)).all():
        if (row.role, row.branch) not in has:
            connection.execute(roles.update().where(roles.c.id == row.id).values(staff_id=new))
        else:
            connection.execute(roles.delete().where(roles.c.id == row.id))


def _found(connection: Connection, *wanted: ColumnElement[bool]) -> list[Employee]:
    return [Employee(*row) for row in connection.execute(_EMPLOYEE.where(*wanted).order_by(staff.c.id))]
