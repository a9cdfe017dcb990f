"""A role is given: in force at once, or when a second person has confirmed it; administrators learn of it."""

from __future__ import annotations

from spm_bot.chat.commands import staff_menu
from spm_bot.messages import Action, Button, Outbound, Rows, Subject, Token
from spm_bot.protection.duties import CONFIRMS, NEEDS_SECOND, Role
from spm_bot.storage import audits, employees, outbox, people, roles
from spm_bot.storage.links import Link
from spm_bot.storage.people import Chat
from spm_bot.storage.store import Connection
from spm_bot.texts import Voice, sentence, voice
from spm_bot.usecases.visit import Desk, Visit

CONFIRM, REVOKE = "confirm", "revoke"
"""Words of the buttons below what administrators are told."""

ROLE_NAMES = {
    "loan_officer": sentence("loan officer"),
    "manager": sentence("manager"),
    "spm_manager": sentence("SPM manager"),
    "protection_officer": sentence("client protection officer"),
    "compliance": sentence("compliance"),
    "internal_audit": sentence("internal audit"),
    "administrator": sentence("administrator"),
}


NOT_IN_LIST = sentence("somebody who is not in the list of staff")


def give_role(visit: Visit, staff: int, link: Link) -> None:
    """Gives the role of a link to whoever used it; one in force already, on another phone say, stays so."""
    role, subject = link.role or "", roles.subject_of_staff(visit.connection, staff)
    in_force = roles.roles_in_force(visit.connection, staff)
    known = next((each.id for each in in_force if (each.role, each.branch) == (role, link.branch)), None)
    waits = role in NEEDS_SECOND and known is None
    identity = known or roles.grant(
        visit.connection,
        staff,
        role=role,
        branch=link.branch,
        at=visit.now,
        invited_by=link.made_by,
        in_force=not waits,
    )
    audits.write_down(
        visit.connection,
        at=visit.now,
        actor=subject,
        event="role_taken",
        role=role,
        branch=link.branch,
        link=link.id,
    )
    _tell_taker(visit, staff, link, waits=waits)
    _tell_others(visit, staff, identity, link, waits=waits)


def role_words(spoken: Voice, desk: Desk, role: str, branch: str) -> dict[str, str]:
    """How a role is told: its name, and where it counts."""
    names = {each.code: each.name for each in desk.institution.branches}
    where = names.get(branch, branch) if branch else spoken.say("all branches")
    return {"role": spoken.say(ROLE_NAMES[role]), "where": where}


def menu_for(connection: Connection, chat: Chat, staff: int) -> tuple[tuple[str, str], ...]:
    """The commands this chat offers, by the roles in force; none of its own once every role is gone."""
    if not roles.roles_held(connection, staff):
        return ()
    held = {role.role for role in roles.roles_in_force(connection, staff)}
    return staff_menu(held, voice(chat.language))


def link_used(visit: Visit, spoken: Voice, *, staff: int, role: str, branch: str) -> str:
    """What administrators are told: who used a link, and for what."""
    who = employees.name_of(visit.connection, staff) or spoken.say(NOT_IN_LIST)
    about = role_words(spoken, visit.desk, role, branch)
    return spoken.say("A staff link was used by %(who)s: %(role)s, %(where)s.", who=who, **about)


def _tell_taker(visit: Visit, staff: int, link: Link, *, waits: bool) -> None:
    say = visit.voice.say
    about = role_words(visit.voice, visit.desk, link.role or "", link.branch)
    if waits:
        words = say(
            "You are registered: %(role)s, %(where)s. It counts as soon as a second person has confirmed it.",
            **about,
        )
    else:
        words = say(
            "You are registered: %(role)s, %(where)s. Asking clients about their answers is misconduct."
            " Write /help for what you can do.",
            **about,
        )
    visit.say(Outbound(words, menu=menu_for(visit.connection, visit.chat, staff)))


def _tell_others(visit: Visit, staff: int, identity: int, link: Link, *, waits: bool) -> None:
    """Every administrator learns of it; those who may confirm it can do so, but for whoever invited."""
    held = [each for each in roles.roles_in_force(visit.connection) if each.staff != staff]
    told = {each.staff for each in held if each.role == Role.ADMINISTRATOR}
    asked = {each.staff for each in held if each.role in CONFIRMS} if waits else set()
    asked = {each for each in asked if employees.known(visit.connection, each)}
    chats = people.chats_of_staff(visit.connection, told | asked)
    for member, chat in chats.items():
        spoken = voice(chat.language)
        words = link_used(visit, spoken, staff=staff, role=link.role or "", branch=link.branch)
        may = member in asked and roles.subject_of_staff(visit.connection, member) != link.made_by
        if may:
            words += " " + spoken.say("Do you confirm it? Only if you know that it is right.")
        buttons = _buttons(spoken, identity, may=may)
        message = Outbound(words, buttons, ref=f"role{identity}")
        outbox.put(visit.connection, chat.id, [message], kind="staff", at=visit.now)


def _buttons(spoken: Voice, identity: int, *, may: bool) -> Rows:
    def button(label: str, word: str, action: Action) -> Button:
        return Button(label, Token(Subject.COMMAND, identity, 0, action, word))

    if may:
        return (
            (
                button(spoken.say("Confirm"), CONFIRM, Action.YES),
                button(spoken.say("Refuse"), REVOKE, Action.NO),
            ),
        )
    return ((button(spoken.say("Revoke"), REVOKE, Action.NO),),)
