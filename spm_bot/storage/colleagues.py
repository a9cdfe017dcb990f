"""The institution's list of staff as last imported: whoever has a code of that list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from spm_bot.fieldwork.register import StaffRow
from spm_bot.storage.registers import readable
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import roles, staff
from spm_bot.storage.vault import Vault

NAME = "staff.name"
PHONE = "staff.phone"

_SEALED = frozenset({"name", "phone"})
_NAMES = tuple(each.name for each in fields(StaffRow) if each.name not in _SEALED)
_CHANGE = update(staff).where(staff.c.code == bindparam("of_code"))


def staff_list(connection: Connection) -> dict[str, StaffRow]:
    """Everybody who is or was on a staff list, by code."""
    columns = (*(staff.c[name] for name in _NAMES), staff.c.name, staff.c.phone)
    query = select(*columns).where(staff.c.code.is_not(None)).order_by(staff.c.id)
    vault = vault_of(connection)
    return {row.code: _opened(vault, row) for row in connection.execute(query)}


def add_colleagues(connection: Connection, rows: Mapping[str, StaffRow]) -> None:
    """New members of staff, each under the random subject id that they get."""
    vault = vault_of(connection)
    if rows:
        values = [{**_columns(vault, row), "subject": subject} for subject, row in rows.items()]
        connection.execute(insert(staff), values)


def change_colleague(connection: Connection, row: StaffRow) -> None:
    """Writes down what the list says now of the one with this code."""
    connection.execute(_CHANGE, {**_columns(vault_of(connection), row), "of_code": row.code})


def roles_of_leavers(connection: Connection, *, as_of: str) -> list[int]:
    """The ids of roles, not revoked yet, of those whom the staff list has as gone on that day."""
    query = (
        select(roles.c.id)
        .join(staff, staff.c.id == roles.c.staff_id)
        .where(roles.c.revoked_at.is_(None), staff.c.left_on <= as_of)
        .order_by(roles.c.id)
    )
    return list(connection.execute(query).scalars())


def roles_of_unlisted(connection: Connection) -> list[tuple[int, str]]:
    """Ids and names of roles in force of those whom no staff list has, once there is one."""
    there = select(staff.c.id).where(staff.c.code.is_not(None)).exists()
    in_force = (roles.c.revoked_at.is_(None), roles.c.confirmed_at.is_not(None))
    query = (
        select(roles.c.id, roles.c.role)
        .where(roles.c.staff_id.in_(select(staff.c.id).where(staff.c.code.is_(None))), there, *in_force)
        .order_by(roles.c.id)
    )
    return [(role, name) for role, name in connection.execute(query)]


def _opened(vault: Vault, row: Row[*tuple[Any, ...]]) -> StaffRow:
    *values, name, phone = row
    facts = dict(zip(_NAMES, values, strict=True))
    return StaffRow(**facts, name=readable(vault, name, NAME), phone=readable(vault, phone, PHONE))


def _columns(vault: Vault, row: StaffRow) -> dict[str, object]:
    return {
        **{name: getattr(row, name) for name in _NAMES},
        "name": vault.encrypt(row.name, associated=NAME),
        "phone": vault.encrypt(row.phone, associated=PHONE) if row.phone else None,
        "phone_hash": vault.digest(row.phone) if row.phone else None,
    }
