"""What the person behind a chat may do: where they hold a role that a command asks for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from spm_bot.protection.duties import MENU, OF_A_BRANCH
from spm_bot.storage import roles
from spm_bot.usecases.visit import Visit

EVERYWHERE = ""


def _offered(command: str) -> frozenset[str]:
    return frozenset(role for role, commands in MENU.items() if command in commands)


MAY_ASK = _offered("ask")
MAY_JUDGE = _offered("approve")
MAY_ENROL = _offered("enrol")
MAY_SEE_RESULTS = _offered("results")
MAY_DECIDE = _offered("decide")
MAY_PROMISE = _offered("wedid")
MAY_QUOTE = _offered("quotes")


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff at work: their subject id, and the branches in which each role counts."""

    staff: int
    subject: str
    branches: frozenset[str]
    roles: frozenset[str]

    def works_in(self, branch: str) -> bool:
        return EVERYWHERE in self.branches or branch in self.branches


def refuse(visit: Visit) -> None:
    """One sentence for whoever may not do what a command does."""
    say = visit.voice.say
    if visit.chat.staff is None:
        visit.say(say("This command is for staff."))
    else:
        visit.say(say("Your role does not allow this."))


def is_behind_wall(visit: Visit) -> bool:
    """Whether whoever speaks holds a role of a branch; no other role of theirs lifts the wall."""
    if visit.chat.staff is None:
        return False
    held = roles.roles_in_force(visit.connection, visit.chat.staff)
    return any(role.role in OF_A_BRANCH and role.branch != EVERYWHERE for role in held)


def colleague(visit: Visit, among: Collection[str]) -> Colleague | None:
    """Whoever speaks, if they hold one of these roles; only those count."""
    if visit.chat.staff is None:
        return None
    held = [role for role in roles.roles_in_force(visit.connection, visit.chat.staff) if role.role in among]
    if not held:
        return None
    return Colleague(
        visit.chat.staff,
        roles.subject_of_staff(visit.connection, visit.chat.staff),
        frozenset(role.branch for role in held),
        frozenset(role.role for role in held),
    )
