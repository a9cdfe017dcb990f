"""What `doctor` says of roles: who is missing, and who holds what they should not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from spm_bot.protection.duties import Role, conflict
from spm_bot.storage import colleagues, employees, roles
from spm_bot.storage.roles import Role as Held
from spm_bot.storage.store import Connection

PROTECTION_OFFICERS = 2
WAITS_AT_MOST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    ok: bool
    says: str


def staffing(connection: Connection, *, small_institution: bool, now: datetime) -> list[Finding]:
    """Everything about roles, what is well first."""
    held = roles.roles_held(connection)
    in_force = [role for role in held if role.confirmed_at is not None]
    found = [_officers(connection, in_force), *_pairs(in_force, small_institution=small_institution)]
    if not any(role.role == Role.SPM_MANAGER for role in in_force):
        says = "no SPM manager: nobody can approve a survey that waits (spm-bot staff invite)"
        found.append(Finding("SPM manager", ok=False, says=says))
    found += _leavers(connection, today=now.date().isoformat())
    found += _unlisted(connection, held)
    found += [Finding("roles", ok=False, says=says) for says in on_no_list(connection)]
    late = [role for role in held if role.confirmed_at is None and now - role.granted_at > WAITS_AT_MOST]
    for role in late:
        says = f"role {role.id} ({role.role}) waits for a second person for over a week (spm-bot staff list)"
        found.append(Finding("roles", ok=False, says=says))
    if not employees.listed(connection):
        says = "no list of staff is imported: links are not checked against phone numbers (register import)"
        found.append(Finding("staff list", ok=True, says=says))
    return found


def on_no_list(connection: Connection) -> list[str]:
    """A sentence about each role of somebody whom the list of staff does not have."""
    return [
        f"role {role} ({name}): on no list of staff: revoke it, or have them open a new link"
        for role, name in colleagues.roles_of_unlisted(connection)
    ]


def _officers(connection: Connection, in_force: Sequence[Held]) -> Finding:
    """Two client protection officers at least, and not all of one sex."""
    staff = {role.staff for role in in_force if role.role == Role.PROTECTION_OFFICER}
    says = f"{len(staff)} client protection officers"
    if len(staff) < PROTECTION_OFFICERS:
        return Finding("protection officers", ok=False, says=f"{says}, two are needed")
    sexes = {employees.employee(connection, each).gender for each in staff}
    if "" in sexes:
        says = f"{says}, of unknown sex: not all may be of one (give gender in the list of staff)"
        return Finding("protection officers", ok=False, says=says)
    if len(sexes) == 1:
        return Finding(
            "protection officers", ok=False, says=f"{says}, all of one sex: some clients cannot talk to them"
        )
    return Finding("protection officers", ok=True, says=says)


def _leavers(connection: Connection, *, today: str) -> Iterator[Finding]:
    """Roles of people whose last day has come since the list was imported."""
    for role in colleagues.roles_of_leavers(connection, as_of=today):
        says = f"role {role} is held by one who has left: revoke it (spm-bot staff revoke {role})"
        yield Finding("roles", ok=False, says=says)


def _unlisted(connection: Connection, held: Sequence[Held]) -> Iterator[Finding]:
    """Roles of people whom the list does not name: the same person may be in it under their own number."""
    for role in held:
        if not employees.known(connection, role.staff):
            says = (
                f"role {role.id} ({role.role}) is held by one whom the list of staff does not name, and who"
                f" confirms nothing: invite them anew, or spm-bot staff revoke {role.id}"
            )
            yield Finding("roles", ok=False, says=says)


def _pairs(in_force: Sequence[Held], *, small_institution: bool) -> Iterator[Finding]:
    """People who hold two roles that must not meet."""
    for role in in_force:
        earlier = [(r.role, r.branch) for r in in_force if r.staff == role.staff and r.id < role.id]
        other = conflict(earlier, (role.role, role.branch), small_institution=small_institution)
        if other is not None:
            says = f"role {role.id} ({role.role}) is held by one who is {other} too: revoke one of the two"
            yield Finding("roles", ok=False, says=says)
