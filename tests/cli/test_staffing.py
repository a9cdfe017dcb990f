"""What doctor says of roles."""

from __future__ import annotations

from datetime import timedelta

from spm_bot.cli.staffing import Finding, staffing
from spm_bot.fieldwork.register import StaffRow
from spm_bot.storage import colleagues, employees, roles
from spm_bot.storage.store import Connection, Store
from tests.seed import AT

NO_LIST = Finding(
    "staff list",
    ok=True,
    says="no list of staff is imported: links are not checked against phone numbers (register import)",
)
NO_MANAGER = "no SPM manager: nobody can approve a survey that waits (spm-bot staff invite)"


def hire(connection: Connection, code: str, *held: str, gender: str = "", in_force: bool = True) -> None:
    colleagues.add_colleagues(connection, {f"subject-{code}": StaffRow(code, code, gender=gender)})
    person = employees.employee_by_code(connection, code)
    assert person is not None
    for role in held:
        roles.grant(connection, person.id, role=role, branch="", at=AT, in_force=in_force)


def problems(connection: Connection, *, small: bool = False, days: int = 0) -> list[str]:
    found = staffing(connection, small_institution=small, now=AT + timedelta(days=days))
    return [each.says for each in found if not each.ok]


async def test_empty_institution_lacks_officers_and_a_manager(store: Store) -> None:
    found = await store.read(lambda c: staffing(c, small_institution=False, now=AT))
    assert found == [
        Finding("protection officers", ok=False, says="0 client protection officers, two are needed"),
        Finding("SPM manager", ok=False, says=NO_MANAGER),
        NO_LIST,
    ]


async def test_two_officers_of_both_sexes_and_a_manager_are_well(store: Store) -> None:
    await store.write(lambda c: hire(c, "A", "protection_officer", gender="female"))
    await store.write(lambda c: hire(c, "B", "protection_officer", gender="male"))
    await store.write(lambda c: hire(c, "C", "spm_manager"))
    assert await store.read(problems) == []


async def test_officers_of_one_sex_or_of_unknown_sex_are_not(store: Store) -> None:
    await store.write(lambda c: hire(c, "A", "protection_officer", gender="female"))
    await store.write(lambda c: hire(c, "B", "protection_officer", "spm_manager", gender="female"))
    one_sex = "2 client protection officers, all of one sex: some clients cannot talk to them"
    assert await store.read(problems) == [one_sex]
    await store.write(lambda c: hire(c, "D", "protection_officer"))
    assert (await store.read(problems))[0].startswith("3 client protection officers, of unknown sex")


async def test_roles_that_must_not_meet_are_told(store: Store) -> None:
    await store.write(lambda c: hire(c, "A", "administrator", "internal_audit", "spm_manager"))
    told = await store.read(problems)
    assert told[1:] == [
        "role 2 (internal_audit) is held by one who is administrator too: revoke one of the two"
    ]
    assert (await store.read(lambda c: problems(c, small=True)))[1:] == []


async def test_roles_of_whoever_the_list_leaves_out_are_told(store: Store) -> None:
    def work(connection: Connection) -> None:
        before = roles.add_staff(connection, subject="before the list")
        roles.grant(connection, before, role="administrator", branch="", at=AT)

    await store.write(work)
    told = (
        "role 1 (administrator) is held by one whom the list of staff does not name, and who confirms"
        " nothing: invite them anew, or spm-bot staff revoke 1"
    )
    assert told not in await store.read(problems)
    await store.write(lambda c: hire(c, "A", "compliance"))
    assert told in await store.read(problems)


async def test_role_that_waits_too_long_is_told(store: Store) -> None:
    await store.write(lambda c: hire(c, "A", "spm_manager", in_force=False))
    assert "role 1" not in str(await store.read(lambda c: problems(c, days=7)))
    told = "role 1 (spm_manager) waits for a second person for over a week (spm-bot staff list)"
    assert told in await store.read(lambda c: problems(c, days=8))


async def test_roles_of_whoever_has_left_meanwhile_are_told(store: Store) -> None:
    await store.write(lambda c: hire(c, "A", "spm_manager"))
    going = StaffRow("A", "A", left_on=(AT + timedelta(days=3)).date().isoformat())
    await store.write(lambda c: colleagues.change_colleague(c, going))
    told = "role 1 is held by one who has left: revoke it (spm-bot staff revoke 1)"
    assert told not in await store.read(lambda c: problems(c, days=2))
    assert told in await store.read(lambda c: problems(c, days=3))


async def test_roles_of_whoever_is_on_no_list_are_told_once_there_is_one(store: Store) -> None:
    def invite(connection: Connection) -> None:
        for role, in_force in (("loan_officer", True), ("manager", False)):
            staff = roles.add_staff(connection, subject=f"subject-{role}")
            roles.grant(connection, staff, role=role, branch="", at=AT, in_force=in_force)

    told = "role 1 (loan_officer): on no list of staff: revoke it, or have them open a new link"
    await store.write(invite)
    assert told not in await store.read(problems)
    await store.write(lambda c: hire(c, "A", "spm_manager"))
    assert [each for each in await store.read(problems) if "no list" in each] == [told]
    await store.write(lambda c: roles.revoke(c, 1, at=AT))
    assert told not in await store.read(problems)
