"""A role that was given is confirmed by a second person, or taken away again."""

from __future__ import annotations

from datetime import datetime

from spm_bot.messages import Outbound
from spm_bot.protection.duties import CONFIRMS, NEEDS_SECOND, Role
from spm_bot.storage import audits, employees, outbox, people, roles, sessions
from spm_bot.storage.people import Chat
from spm_bot.storage.roles import Role as Held
from spm_bot.storage.sessions import ENDED
from spm_bot.storage.store import Connection
from spm_bot.surveys import engine
from spm_bot.texts import sentence, voice
from spm_bot.usecases.give_role import NOT_IN_LIST, ROLE_NAMES, link_used, menu_for
from spm_bot.usecases.tell_administrators import tell_administrators
from spm_bot.usecases.visit import Visit


class NotSettled(Exception):
    """The role stays as it is; the message says why, in one line."""


def press_confirm(visit: Visit, role_id: int) -> str:
    """A colleague confirms a role in the chat; returns what to show."""
    say = visit.voice.say
    actor, held = _settler(visit), roles.role(visit.connection, role_id)
    if actor is None:
        return say("Your role does not allow this.")
    try:
        confirm_role(visit.connection, role_id, actor=actor, person=visit.chat.staff, now=visit.now)
    except NotSettled:
        return say("That is settled already, or not yours to confirm.")
    return _settled(visit, held, say("Confirmed."))


def press_revoke(visit: Visit, role_id: int) -> str:
    """A colleague refuses a waiting role, or an administrator takes one away; returns what to show."""
    say = visit.voice.say
    actor, held = _settler(visit), roles.role(visit.connection, role_id)
    if actor is None:
        return say("Your role does not allow this.")
    in_force = held is not None and held.confirmed_at is not None
    if held is None or (in_force and not _holds(visit, {Role.ADMINISTRATOR})):
        return say("That is settled already, or not yours to confirm.")
    if _is_last(visit, held):
        return say("There must be one administrator: make somebody else one first.")
    revoke_role(visit.connection, role_id, actor=actor, now=visit.now)
    return _settled(visit, held, say("Revoked."))


def _settled(visit: Visit, held: Held | None, became: str) -> str:
    """The message with the buttons says what became of the role; so does the note above the chat."""
    if held is not None:
        told = link_used(visit, visit.voice, staff=held.staff, role=held.role, branch=held.branch)
        visit.say(Outbound(f"{told} {became}", edits=f"role{held.id}"))
    return became


def confirm_role(
    connection: Connection, role_id: int, *, actor: str, person: int | None, now: datetime
) -> None:
    """Puts a waiting role in force. `person` is the member of staff who does it, None at the machine.

    Raises NotSettled: nobody confirms a role of their own, nor one they invited for.
    """
    held = roles.role(connection, role_id)
    if held is None or held.confirmed_at is not None or held.role not in NEEDS_SECOND:
        raise NotSettled(f"no role {role_id} waits to be confirmed: see `spm-bot staff list`")
    if person == held.staff or actor == held.invited_by:
        raise NotSettled("a second person has to confirm it: not the one who invited, nor the one invited")
    if not roles.confirm(connection, role_id, by=actor, at=now):
        raise NotSettled(f"no role {role_id} waits any more: see `spm-bot staff list`")
    audits.write_down(connection, at=now, actor=actor, event="role_confirmed", role=role_id)
    _tell(connection, held, now=now, revoked=False)


def revoke_role(connection: Connection, role_id: int, *, actor: str, now: datetime) -> bool:
    """Takes a role away at once; False when there is none of that number."""
    held = roles.role(connection, role_id)
    if held is None or not roles.revoke(connection, role_id, at=now):
        return False
    audits.write_down(connection, at=now, actor=actor, event="role_revoked", role=role_id)
    chat = people.chats_of_staff(connection, [held.staff]).get(held.staff)
    if chat is not None:
        close_form(connection, chat, now=now)
    _tell(connection, held, now=now, revoked=True)
    told = sentence("A role was taken away: %(who)s, %(role)s.")
    who = employees.name_of(connection, held.staff) or NOT_IN_LIST
    tell_administrators(connection, told, now=now, but=actor, who=who, role=ROLE_NAMES[held.role])
    return True


def close_form(connection: Connection, chat: Chat, *, now: datetime) -> None:
    """Whatever a member of staff was about to do in this chat ends."""
    active = sessions.active(connection, chat.id)
    if active is not None and active.form:
        sessions.save(connection, active, engine.stop(active.session).session, status=ENDED, at=now)


def _tell(connection: Connection, held: Held, *, now: datetime, revoked: bool) -> None:
    """The person whose role it is learns it, and their list of commands follows."""
    chat = people.chats_of_staff(connection, [held.staff]).get(held.staff)
    if chat is None:
        return
    spoken = voice(chat.language)
    role = spoken.say(ROLE_NAMES[held.role])
    if not revoked:
        words = spoken.say("You are %(role)s now. Write /help for what you can do.", role=role)
    elif held.confirmed_at is None:
        words = spoken.say("Your role was not confirmed: %(role)s.", role=role)
    else:
        words = spoken.say("You are no longer %(role)s.", role=role)
    message = Outbound(words, menu=menu_for(connection, chat, held.staff))
    outbox.put(connection, chat.id, [message], kind="staff", at=now)


def _settler(visit: Visit) -> str | None:
    """The subject of whoever pressed, if they may settle roles at all; nobody does whom a list leaves out."""
    if visit.chat.staff is None or not _holds(visit, CONFIRMS):
        return None
    if not employees.known(visit.connection, visit.chat.staff):
        return None
    return roles.subject_of_staff(visit.connection, visit.chat.staff)


def _is_last(visit: Visit, held: Held) -> bool:
    """Whether no administrator would be left in force without this role."""
    if held.role != Role.ADMINISTRATOR or held.confirmed_at is None:
        return False
    return not any(
        each.role == Role.ADMINISTRATOR
        and each.id != held.id
        and employees.known(visit.connection, each.staff)
        for each in roles.roles_in_force(visit.connection)
    )


def _holds(visit: Visit, among: set[Role] | frozenset[Role]) -> bool:
    held = roles.roles_in_force(visit.connection, visit.chat.staff)
    return any(each.role in among for each in held)
