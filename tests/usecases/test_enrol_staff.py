"""How somebody becomes staff: the link, the number of the list, the second person, and taking it back."""

from __future__ import annotations

from functools import partial

import pytest

from spm_bot.chat.commands import staff_menu
from spm_bot.fieldwork.register import StaffRow
from spm_bot.messages import Action, Contact, Start, Subject, Tap, Token
from spm_bot.protection.duties import OF_A_BRANCH, Role
from spm_bot.storage import audits, colleagues, employees, links, people, roles
from spm_bot.storage.store import Connection, Store
from spm_bot.texts import voice
from spm_bot.usecases.enrol_staff import STAFF_LINK_LASTS
from spm_bot.usecases.give_role import REVOKE
from spm_bot.usecases.settle_role import confirm_role
from tests.stage.world import World

NEEMA, JUMA = "+254722000001", "+254722000002"
ASK = "To see that it is you, please share your own number with the button below."
WRONG = "This number is not in our list of staff. Please share your own number."
CLOSED = "This link is closed now. Please ask for a new one."


def _list(connection: Connection) -> None:
    rows = (
        StaffRow("S1", "Neema Juma", phone=NEEMA, gender="female", branch="BUN"),
        StaffRow("S2", "Juma Neema", phone=JUMA, gender="male", branch="BUN"),
        StaffRow("S3", "Gone Long", phone="+254722000003", left_on="2026-01-31"),
        StaffRow("S4", "One Of Two", phone="+254722000004"),
        StaffRow("S5", "Other Of Two", phone="+254722000004"),
    )
    colleagues.add_colleagues(connection, {f"subject-{row.code}": row for row in rows})


async def link(world: World, role: str, branch: str = "", *, by: str = "cli:root", of: str = "") -> str:
    token = f"token-{role}-{branch}-{by}-{of}"

    def keep(connection: Connection) -> None:
        person = employees.employee_by_code(connection, of) if of else None
        links.add_link(
            connection,
            token=token,
            code=None,
            role=role,
            branch=branch,
            made_by=by,
            staff=None if person is None else person.id,
            at=world.clock.now(),
            expires_at=world.clock.now() + STAFF_LINK_LASTS,
        )

    await world.store.write(keep)
    return token


async def open_link(world: World, handle: str, role: str, branch: str = "", **how: str) -> None:
    await world.receive(Start(await link(world, role, branch, **how)), handle=handle)


async def share(world: World, handle: str, phone: str, *, own: bool = True) -> None:
    await world.receive(Contact(phone, own=own), handle=handle)


async def in_force(world: World) -> list[tuple[str, str]]:
    return [(each.role, each.branch) for each in await world.store.read(roles.roles_in_force)]


async def events(store: Store) -> list[str]:
    return [line.event for line in await store.read(partial(audits.lines, limit=99))]


@pytest.fixture
async def listed(world: World) -> World:
    await world.store.write(_list)
    return world


async def test_number_of_the_list_is_asked_and_gives_the_role(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN")
    assert listed.phones.texts("n") == [ASK]
    await share(listed, "n", NEEMA)
    assert await in_force(listed) == [("loan_officer", "BUN")]
    [role] = await listed.store.read(roles.roles_in_force)
    person = await listed.store.read(lambda c: employees.employee(c, role.staff))
    assert (person.code, person.subject) == ("S1", "subject-S1")
    menu = listed.phones.chats["n"][-1].look.menu or ()
    assert menu[0] == ("ask", "Have a random sample of clients asked")


@pytest.mark.parametrize("own", [True, False])
async def test_number_of_nobody_or_somebody_elses_gives_nothing(listed: World, own: bool) -> None:
    await open_link(listed, "n", "loan_officer", "BUN")
    await share(listed, "n", "+254799000000" if own else NEEMA, own=own)
    assert listed.phones.texts("n")[-1] == WRONG
    assert await in_force(listed) == []


async def test_number_of_somebody_who_left_gives_nothing(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN")
    await share(listed, "n", "+254722000003")
    assert await in_force(listed) == []


async def test_number_that_two_have_is_nobodys(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN")
    await share(listed, "n", "+254722000004")
    assert (listed.phones.texts("n")[-1], await in_force(listed)) == (WRONG, [])


async def test_number_that_is_no_number_gives_nothing(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN")
    await share(listed, "n", "12")
    assert (listed.phones.texts("n")[-1], await in_force(listed)) == (WRONG, [])


async def test_link_for_one_person_is_for_nobody_else(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN", of="S2")
    await share(listed, "n", NEEMA)
    assert (listed.phones.texts("n")[-1], await in_force(listed)) == (WRONG, [])
    await share(listed, "n", JUMA)
    assert await in_force(listed) == [("loan_officer", "BUN")]


async def test_third_wrong_number_closes_the_link_and_administrators_learn_it(listed: World) -> None:
    await listed.hire("Administrator", handle="a")
    await open_link(listed, "n", "loan_officer", "BUN")
    for _ in range(3):
        await share(listed, "n", "+254799000000")
    assert listed.phones.texts("n")[-1] == CLOSED
    told = "A staff link was closed: three numbers were shared with it that are not in the list."
    assert listed.phones.texts("a") == [told]
    await share(listed, "n", NEEMA)
    assert await in_force(listed) == [("administrator", "BUN")]


async def test_link_that_waits_ends_with_its_day(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN")
    await listed.wait(STAFF_LINK_LASTS)
    await share(listed, "n", NEEMA)
    assert await in_force(listed) == []


async def test_second_link_in_the_same_chat_needs_no_number(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN")
    await share(listed, "n", NEEMA)
    await open_link(listed, "n", "loan_officer", "BUS")
    assert await in_force(listed) == [("loan_officer", "BUN"), ("loan_officer", "BUS")]


async def test_whoever_left_shares_a_number_again(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN")
    await share(listed, "n", NEEMA)
    gone = StaffRow("S1", "Neema Juma", phone=NEEMA, left_on="2026-11-01")
    await listed.store.write(partial(colleagues.change_colleague, row=gone))
    await open_link(listed, "n", "loan_officer", "BUS")
    await share(listed, "n", NEEMA)
    assert listed.phones.texts("n")[-2:] == [ASK, WRONG]
    assert await in_force(listed) == [("loan_officer", "BUN")]


async def test_link_waits_only_in_the_chat_that_opened_it_last(listed: World) -> None:
    token = await link(listed, "loan_officer", "BUN")
    for handle in ("first", "second"):
        await listed.receive(Start(token), handle=handle)
    await share(listed, "first", NEEMA)
    assert await in_force(listed) == []
    await share(listed, "second", JUMA)
    assert await in_force(listed) == [("loan_officer", "BUN")]


async def test_chat_with_another_number_leaves_the_roles_where_they_were(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN")
    await share(listed, "n", NEEMA)
    await open_link(listed, "n", "compliance", of="S2")
    await share(listed, "n", JUMA)
    codes = {}
    for role in await listed.store.read(roles.roles_in_force):
        person = await listed.store.read(partial(employees.employee, staff_id=role.staff))
        codes[role.role] = person.code
    assert codes == {"loan_officer": "S1", "compliance": "S2"}
    await listed.say("/ask", handle="n")
    assert listed.phones.texts("n")[-1] == "Your role does not allow this."


async def test_whoever_came_before_the_list_keeps_their_roles_as_themselves(world: World) -> None:
    await open_link(world, "n", "manager", "BUN")
    await world.store.write(_list)
    await open_link(world, "n", "compliance")
    await share(world, "n", NEEMA)
    held = await world.store.read(roles.roles_in_force)
    assert [(each.role, each.branch) for each in held] == [("manager", "BUN"), ("compliance", "")]
    assert len({each.staff for each in held}) == 1


async def test_roles_from_before_the_list_must_not_meet_those_of_the_list(world: World) -> None:
    await open_link(world, "old", "manager", "BUN")
    await world.store.write(_list)
    await open_link(world, "n", "protection_officer")
    await share(world, "n", NEEMA)
    await open_link(world, "old", "loan_officer", "BUN")
    await share(world, "old", NEEMA)
    told = "You already are: client protection officer. Nobody can be manager as well."
    assert world.phones.texts("old")[-1] == told
    held = await world.store.read(roles.roles_held)
    assert [each.role for each in held] == ["manager", "protection_officer"]
    assert len({each.staff for each in held}) == 2


async def test_new_phone_of_a_member_of_staff_takes_the_place_of_the_old(listed: World) -> None:
    await open_link(listed, "old", "loan_officer", "BUN")
    await share(listed, "old", NEEMA)
    await open_link(listed, "new", "loan_officer", "BUS")
    await share(listed, "new", NEEMA)
    [role, _] = await listed.store.read(roles.roles_in_force)
    chats = await listed.store.read(partial(people.chats_of_staff, staff_ids=[role.staff]))
    assert len(chats) == 1
    moved = listed.phones.chats["old"][-1].look
    told = "From now on we write to another phone. If that is not yours, call +254 700 000 001."
    assert (moved.text, moved.menu) == (told, ())
    await listed.say("/whoami", handle="old")
    assert listed.phones.texts("old")[-1] == "This command is for staff."


async def test_form_left_open_on_the_old_phone_ends(listed: World) -> None:
    await open_link(listed, "old", "loan_officer", "BUN")
    await share(listed, "old", NEEMA)
    await listed.say("/ask", handle="old")
    await open_link(listed, "new", "loan_officer", "BUS")
    await share(listed, "new", NEEMA)
    await listed.say("1", handle="old")
    assert listed.phones.texts("old")[-1].startswith("Hello, this is Umoja Microfinance. To join")


async def administrator_of_the_list(world: World) -> None:
    """Juma, by number, confirmed at the machine."""
    await open_link(world, "a", "administrator", "BUN")
    await share(world, "a", JUMA)
    [waits] = await world.store.read(roles.roles_held)
    await world.store.write(
        partial(confirm_role, role_id=waits.id, actor="cli:b", person=None, now=world.clock.now())
    )
    await world.postman.flush()


async def test_administrator_whom_the_list_leaves_out_settles_nothing(world: World) -> None:
    """The same person could hold a second row under the number of the list, and confirm themselves."""
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", "manager", "BUN")
    await world.store.write(_list)
    await open_link(world, "o", "spm_manager")
    await share(world, "o", NEEMA)
    labels = [b.label for row in world.phones.chats["a"][-1].look.buttons for b in row]
    assert labels == ["Revoke"]
    for token in world.phones.tokens("a"):
        assert await world.receive(Tap(token), handle="a") == "Your role does not allow this."
    assert await in_force(world) == [("administrator", "BUN"), ("manager", "BUN")]


async def test_last_administrator_is_not_taken_away_by_a_button(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", "administrator")
    await world.tap("Confirm", handle="a")
    taken, kept = await world.store.read(roles.roles_in_force)

    def token(role: int) -> Tap:
        return Tap(Token(Subject.COMMAND, role, 0, Action.NO, REVOKE))

    assert await world.receive(token(taken.id), handle="n") == "Revoked."
    told = "There must be one administrator: make somebody else one first."
    assert await world.receive(token(kept.id), handle="n") == told
    assert await in_force(world) == [("administrator", "")]


async def test_other_administrators_learn_of_a_revocation(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await world.hire("Administrator", handle="b", branch="")
    await open_link(world, "n", "loan_officer", "BUN")
    await world.tap("Revoke", handle="a")
    told = "A role was taken away: somebody who is not in the list of staff, loan officer."
    assert world.phones.texts("b")[-1] == told
    assert told not in world.phones.texts("a")


async def test_role_in_force_does_not_wait_again_on_a_new_phone(listed: World) -> None:
    await administrator_of_the_list(listed)
    await open_link(listed, "old", "spm_manager")
    await share(listed, "old", NEEMA)
    await listed.tap("Confirm", handle="a")
    await open_link(listed, "new", "spm_manager", by="cli:second")
    await share(listed, "new", NEEMA)
    assert await in_force(listed) == [("administrator", "BUN"), ("spm_manager", "")]
    assert listed.phones.texts("new")[-1].startswith("You are registered: SPM manager, all branches. Asking")
    assert listed.phones.texts("a")[-1].startswith("A staff link was used by Neema Juma: SPM manager")


async def test_roles_that_must_not_meet_are_refused(world: World) -> None:
    await open_link(world, "n", "loan_officer", "BUN")
    await open_link(world, "n", "protection_officer")
    told = "You already are: loan officer. Nobody can be client protection officer as well."
    assert world.phones.texts("n")[-1] == told
    assert await in_force(world) == [("loan_officer", "BUN")]
    assert (await events(world.store))[-1] == "role_refused"


@pytest.mark.parametrize("role", ["protection_officer", "spm_manager", "administrator"])
async def test_role_waits_for_a_second_person(world: World, role: str) -> None:
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", role)
    assert "as soon as a second person has confirmed it" in world.phones.texts("n")[-1]
    assert [each for each, _ in await in_force(world)] == ["administrator"]
    await world.tap("Confirm", handle="a")
    assert [each for each, _ in await in_force(world)] == ["administrator", role]
    assert world.phones.texts("a")[-1].startswith("A staff link was used by somebody who is not in the list")
    assert world.phones.texts("a")[-1].endswith(", all branches. Confirmed.")
    assert world.phones.texts("n")[-1].startswith("You are ")


async def test_role_that_waits_can_be_refused(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", "spm_manager")
    await world.tap("Refuse", handle="a")
    assert await in_force(world) == [("administrator", "BUN")]
    assert world.phones.texts("n")[-1] == "Your role was not confirmed: SPM manager."


async def test_nobody_settles_a_role_without_the_right_to(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await world.hire("Officer", handle="o")
    await open_link(world, "n", "spm_manager")
    confirm, revoke = (world.phones.button("a", label) for label in ("Confirm", "Refuse"))
    for token in (confirm, revoke):
        assert await world.receive(Tap(token), handle="o") == "Your role does not allow this."
    await world.enrol("Amina", handle="c")
    assert await world.receive(Tap(confirm), handle="c") == "Your role does not allow this."
    assert await in_force(world) == [("administrator", "BUN"), ("loan_officer", "BUN")]


async def test_spm_manager_confirms_and_refuses_but_takes_nothing_away(world: World) -> None:
    await world.hire("Head", handle="h")
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", "protection_officer")
    await world.tap("Confirm", handle="h")
    assert ("protection_officer", "") in await in_force(world)
    settled = "That is settled already, or not yours to confirm."
    assert await world.tap("Refuse", handle="h", on="A staff link was used") == settled
    assert ("protection_officer", "") in await in_force(world)


async def test_nobody_confirms_their_own_role(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await world.hire("Head", handle="h")
    await open_link(world, "h", "administrator")
    token = world.phones.button("a", "Confirm")
    settled = "That is settled already, or not yours to confirm."
    assert await world.receive(Tap(token), handle="h") == settled


async def test_who_invited_cannot_confirm(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", "spm_manager", by="administrator-BUN")
    labels = [b.label for row in world.phones.chats["a"][-1].look.buttons for b in row]
    assert labels == ["Revoke"]


async def test_button_pressed_too_late_says_so(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", "spm_manager")
    await world.tap("Confirm", handle="a")
    settled = "That is settled already, or not yours to confirm."
    assert await world.tap("Confirm", handle="a", on="A staff link was used") == settled


async def test_administrator_takes_a_role_away_where_they_learn_of_it(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", "loan_officer", "BUN")
    told = world.phones.texts("a")[-1]
    assert told == (
        "A staff link was used by somebody who is not in the list of staff: loan officer, Bungoma."
    )
    await world.tap("Revoke", handle="a")
    assert await in_force(world) == [("administrator", "BUN")]
    assert world.phones.chats["n"][-1].look.menu == ()
    await world.say("/ask", handle="n")
    assert world.phones.texts("n")[-1] == "Your role does not allow this."


async def test_menu_follows_the_language_of_a_staff_chat(world: World) -> None:
    await open_link(world, "n", "loan_officer", "BUN")
    await world.say("/language", handle="n")
    await world.say("2", handle="n")
    assert world.phones.chats["n"][-1].look.menu == staff_menu(["loan_officer"], voice("fr"))


async def test_menu_of_a_client_stays_that_of_everybody(world: World) -> None:
    await world.enrol("Amina", handle="c")
    await world.say("/language", handle="c")
    await world.say("2", handle="c")
    assert [bubble.look.menu for bubble in world.phones.chats["c"]] == [None, None]


async def test_one_role_less_leaves_the_menu_of_the_others(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", "manager", "BUN")
    await open_link(world, "n", "compliance")
    await world.tap("Revoke", handle="a")
    assert world.phones.chats["n"][-1].look.menu == staff_menu(["manager"], voice("en"))


async def test_revoked_in_mid_form_nothing_goes_on(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", "loan_officer", "BUN")
    await world.say("/ask", handle="n")
    await world.tap("Revoke", handle="a")
    await world.say("1", handle="n")
    assert "branch" not in world.phones.texts("n")[-1]


async def test_whoami_tells_what_is_written_down(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN")
    await share(listed, "n", NEEMA)
    await listed.say("/whoami", handle="n")
    name, role, sees, written, number, conduct = listed.phones.texts("n")[-1].splitlines()
    assert name == "Neema Juma"
    assert role == "loan officer, Bungoma, since 24 Nov. Invited by head office."
    assert sees == "You see counts in steps of five, a day late. You never see an answer."
    assert written.startswith("Written down about you: your roles")
    assert number == "Your number in the list of staff: +254722000001."
    assert conduct == "Asking clients about their answers is misconduct."


async def test_whoami_names_the_colleague_who_invited(listed: World) -> None:
    await open_link(listed, "n", "loan_officer", "BUN", by="subject-S2")
    await share(listed, "n", NEEMA)
    await listed.say("/whoami", handle="n")
    assert "Invited by Juma Neema." in listed.phones.texts("n")[-1]


async def test_whoami_tells_of_a_role_that_waits_and_of_none(world: World) -> None:
    await world.hire("Administrator", handle="a")
    await open_link(world, "n", "spm_manager")
    await world.say("/whoami", handle="n")
    waits = "SPM manager, all branches: waits for a second person. Invited by head office."
    assert world.phones.texts("n")[-1].splitlines()[0] == waits
    await world.tap("Refuse", handle="a")
    await world.say("/whoami", handle="n")
    assert world.phones.texts("n")[-1].splitlines()[0] == "You have no role here now."


@pytest.mark.parametrize("role", list(Role))
async def test_whoami_says_of_every_role_that_it_sees_no_answer(world: World, role: Role) -> None:
    await open_link(world, "n", role, "BUN" if role in OF_A_BRANCH else "")
    await world.say("/whoami", handle="n")
    assert " an answer " in world.phones.texts("n")[-1].splitlines()[1].replace("answer.", "answer ")


async def test_whoami_is_for_staff(world: World) -> None:
    await world.enrol("Amina", handle="c")
    await world.say("/whoami", handle="c")
    assert world.phones.texts("c")[-1] == "This command is for staff."


async def test_every_command_of_staff_is_written_down_without_its_words(world: World) -> None:
    await world.hire("Officer", handle="o")
    await world.say("/ask C00012 who did not pay", handle="o")
    [line] = await world.store.read(partial(audits.lines, limit=9, event="staff_command"))
    assert (line.actor, line.detail) == ("loan_officer-BUN", {"command": "ask"})
