"""Who works here may do what, and what must never be in one person's hands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a member of staff is to the bot. Interviewers come one day; their place is here."""

    LOAN_OFFICER = "loan_officer"
    MANAGER = "manager"
    SPM_MANAGER = "spm_manager"
    PROTECTION_OFFICER = "protection_officer"
    COMPLIANCE = "compliance"
    INTERNAL_AUDIT = "internal_audit"
    ADMINISTRATOR = "administrator"


OF_A_BRANCH = frozenset({Role.LOAN_OFFICER, Role.MANAGER})
"""Roles that may be held for one branch alone; the others are for all branches."""

ONLY_OF_A_BRANCH = frozenset({Role.LOAN_OFFICER})
"""Roles that nobody holds for all branches at once."""

NEEDS_SECOND = frozenset({Role.PROTECTION_OFFICER, Role.SPM_MANAGER, Role.ADMINISTRATOR})
"""Roles that are not in force until a second person has confirmed them."""

CONFIRMS = frozenset({Role.ADMINISTRATOR, Role.SPM_MANAGER})
"""Who that second person may be."""

MENU: Mapping[Role, tuple[str, ...]] = MappingProxyType(
    {
        Role.LOAN_OFFICER: ("ask", "progress", "enrol"),
        Role.MANAGER: ("results", "digest", "decide", "decisions", "wedid", "enrol"),
        Role.SPM_MANAGER: (
            "ask",
            "progress",
            "approve",
            "results",
            "digest",
            "decide",
            "decisions",
            "wedid",
            "quotes",
        ),
        Role.PROTECTION_OFFICER: (),
        Role.COMPLIANCE: (),
        Role.INTERNAL_AUDIT: (),
        Role.ADMINISTRATOR: ("enrol",),
    }
)
"""Commands that a role is offered, beside those that everybody on the staff has."""

ALL_STAFF = ("whoami", "language", "help")

_WATCHES = frozenset({Role.PROTECTION_OFFICER, Role.INTERNAL_AUDIT})

Held = tuple[str, str]
"""A role and the branch it is for, '' for all."""


def conflict(held: Collection[Held], wanted: Held, *, small_institution: bool) -> str | None:
    """The role that keeps this person from the wanted one, or None.

    Whoever lends, or leads those who lend, never protects clients. Whoever lends never sees results and
    today's counts, as SPM managers and managers of that branch do. Whoever runs the system never protects
    clients or audits it, but for the last in a small institution that says so. A manager of all branches
    leads no branch, and may protect.
    """
    for other in held:
        if any(_parted(*pair) for pair in ((other, wanted), (wanted, other))):
            return other[0]
        pair = {other[0], wanted[0]}
        if Role.ADMINISTRATOR in pair and pair & _WATCHES and not small_institution:
            return other[0]
    return None


def menu_of(held: Collection[str]) -> tuple[str, ...]:
    """The commands offered to somebody with these roles, each once."""
    offered = [command for role in Role if role in held for command in MENU[role]]
    return tuple(dict.fromkeys([*offered, *ALL_STAFF]))


def _parted(one: Held, other: Held) -> bool:
    return _lends_and_protects(one, other) or _lends_and_sees(one, other)


def _lends_and_sees(one: Held, other: Held) -> bool:
    leads_there = other[0] == Role.MANAGER and other[1] in {"", one[1]}
    return one[0] == Role.LOAN_OFFICER and (leads_there or other[0] == Role.SPM_MANAGER)


def _lends_and_protects(one: Held, other: Held) -> bool:
    lends = one[0] == Role.LOAN_OFFICER or (one[0] == Role.MANAGER and one[1] != "")
    return lends and other[0] == Role.PROTECTION_OFFICER
