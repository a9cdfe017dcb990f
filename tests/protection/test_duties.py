"""Which duties must never be in one person's hands."""

from __future__ import annotations

from itertools import product

import pytest

from spm_bot.chat.commands import Command
from spm_bot.protection.duties import MENU, OF_A_BRANCH, Held, Role, conflict, menu_of

FORBIDDEN = {
    frozenset({Role.LOAN_OFFICER, Role.MANAGER}),
    frozenset({Role.LOAN_OFFICER, Role.SPM_MANAGER}),
    frozenset({Role.LOAN_OFFICER, Role.PROTECTION_OFFICER}),
    frozenset({Role.MANAGER, Role.PROTECTION_OFFICER}),
    frozenset({Role.ADMINISTRATOR, Role.PROTECTION_OFFICER}),
    frozenset({Role.ADMINISTRATOR, Role.INTERNAL_AUDIT}),
}
SMALL = {pair for pair in FORBIDDEN if Role.ADMINISTRATOR in pair}


def held(role: Role) -> Held:
    return role, "BUN" if role in OF_A_BRANCH else ""


@pytest.mark.parametrize(("one", "other"), list(product(Role, Role)))
@pytest.mark.parametrize("small", [False, True])
def test_pairs_that_are_forbidden_in_either_order(one: Role, other: Role, small: bool) -> None:
    forbidden = FORBIDDEN - SMALL if small else FORBIDDEN
    found = conflict([held(one)], held(other), small_institution=small)
    assert found == (one if frozenset({one, other}) in forbidden else None)


def test_manager_of_the_head_office_may_protect() -> None:
    protects = held(Role.PROTECTION_OFFICER)
    assert conflict([(Role.MANAGER, "")], protects, small_institution=False) is None


@pytest.mark.parametrize(
    ("branch", "found"), [("BUN", "manager"), ("", "manager"), ("BUS", None)], ids=["own", "all", "other"]
)
def test_loan_officer_never_manages_the_own_branch(branch: str, found: str | None) -> None:
    lends = held(Role.LOAN_OFFICER)
    assert conflict([(Role.MANAGER, branch)], lends, small_institution=True) == found


def test_one_of_several_roles_is_enough_to_forbid() -> None:
    held_now = [held(Role.COMPLIANCE), held(Role.LOAN_OFFICER)]
    assert conflict(held_now, held(Role.PROTECTION_OFFICER), small_institution=True) == "loan_officer"
    assert conflict([], held(Role.PROTECTION_OFFICER), small_institution=False) is None


def test_menu_of_several_roles_holds_each_command_once() -> None:
    assert menu_of([Role.SPM_MANAGER, Role.LOAN_OFFICER]) == (
        *("ask", "progress", "enrol", "approve", "results", "digest"),
        *("decide", "decisions", "wedid", "quotes", "whoami", "language", "help"),
    )
    assert menu_of([]) == ("whoami", "language", "help")


def test_every_role_has_a_menu_of_commands_that_exist() -> None:
    assert set(MENU) == set(Role)
    assert {name for names in MENU.values() for name in names} <= {command.value for command in Command}
