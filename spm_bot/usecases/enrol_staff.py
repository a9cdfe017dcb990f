"""A member of staff opens the one-time link they were handed, proves their number, and takes the role."""

from __future__ import annotations

from datetime import timedelta

from spm_bot.messages import Contact, Outbound
from spm_bot.protection.duties import Held, conflict
from spm_bot.registers.phones import normalise
from spm_bot.storage import audits, employees, links, outbox, people, roles
from spm_bot.storage.employees import Employee
from spm_bot.storage.links import Link
from spm_bot.texts import sentence, voice
from spm_bot.usecases.facts import dialable
from spm_bot.usecases.give_role import ROLE_NAMES, give_role
from spm_bot.usecases.settle_role import close_form
from spm_bot.usecases.talk import make_room
from spm_bot.usecases.tell_administrators import tell_administrators
from spm_bot.usecases.visit import Visit

STAFF_LINK_LASTS = timedelta(hours=24)
MOST_MISSES = 3
"""Wrong numbers after which a link is good for nothing."""


def enrol_staff(visit: Visit, link: Link) -> bool:
    """Opens a link that is good; False when somebody was quicker with it.

    Where a list of staff was imported, the number in it has to be shared first.
    """
    say = visit.voice.say
    if visit.chat.clients:
        visit.say(say("This link is for staff. A client's chat cannot be used for it."))
        return True
    known = None if visit.chat.staff is None else employees.employee(visit.connection, visit.chat.staff)
    if not employees.listed(visit.connection):
        return _take(visit, link, known)
    if known is not None and known.code and not known.left and link.staff in {None, known.id}:
        return _take(visit, link, known)
    make_room(visit)
    links.wait_for_number(visit.connection, link.id, visit.chat.id)
    visit.say(
        Outbound(
            say("To see that it is you, please share your own number with the button below."),
            share=say("Share my number"),
        )
    )
    return True


def take_number(visit: Visit, contact: Contact) -> bool:
    """A number was shared; False where no staff link waits for one in this chat."""
    link = links.waiting_for_number(visit.connection, visit.chat.id, now=visit.now)
    if link is None or visit.chat.clients:
        return False
    found = _owners(visit, contact)
    if len(found) == 1 and link.staff in {None, found[0].id}:
        visit.say(Outbound(visit.voice.say("Thank you."), share=""))
        _take(visit, link, found[0])
    elif links.miss(visit.connection, link.id) < MOST_MISSES:
        told = visit.voice.say("This number is not in our list of staff. Please share your own number.")
        visit.say(told)
    else:
        _end(visit, link)
    return True


def _owners(visit: Visit, contact: Contact) -> list[Employee]:
    """Who works here under this number; nobody for a number that is not the sender's."""
    if not contact.own:
        return []
    try:
        number = normalise(contact.phone, country=visit.desk.institution.country)
    except ValueError:
        return []
    return employees.with_number(visit.connection, number)


def _take(visit: Visit, link: Link, who: Employee | None) -> bool:
    if not links.use_link(visit.connection, link.id, at=visit.now):
        return False
    make_room(visit)
    pair = None if who is None else _pair(visit, link, who)
    if who is None or pair is None:
        give_role(visit, _settled(visit, link, who), link)
    else:
        _refuse(visit, link, who, *pair)
    return True


def _pair(visit: Visit, link: Link, who: Employee) -> tuple[str, str] | None:
    """Two roles that this person would hold and must not, the one of the link among them or not."""
    small = visit.desk.institution.small_institution
    held = _roles(visit, who.id)
    earlier = _before_the_list(visit)
    brought = [] if earlier in {None, who.id} else _roles(visit, earlier)
    for wanted in (*brought, (link.role or "", link.branch)):
        other = conflict(held, wanted, small_institution=small)
        if other is not None:
            return other, wanted[0]
        held.append(wanted)
    return None


def _roles(visit: Visit, staff: int | None) -> list[Held]:
    return [(role.role, role.branch) for role in roles.roles_held(visit.connection, staff)]


def _before_the_list(visit: Visit) -> int | None:
    """The row under which this chat was registered before there was a list of staff, if it was."""
    earlier = visit.chat.staff
    unlisted = earlier is not None and employees.employee(visit.connection, earlier).code is None
    return earlier if unlisted else None


def _settled(visit: Visit, link: Link, who: Employee | None) -> int:
    """The row of whoever took the link, which this chat speaks for from now on."""
    earlier = visit.chat.staff
    if who is None:
        staff = roles.add_staff(visit.connection, subject=f"staff-{link.id}")
    elif who.id == earlier:
        return who.id
    else:
        staff = who.id
        if (unlisted := _before_the_list(visit)) is not None:
            employees.hand_over(visit.connection, unlisted, staff)
        if earlier is not None:
            employees.take_chat(visit.connection, earlier)
        _leave_old_chat(visit, staff)
    people.hold(visit.connection, visit.chat.id, staff_member=staff, at=visit.now)
    return staff


def _leave_old_chat(visit: Visit, staff: int) -> None:
    """Another phone spoke for this person: it learns that it no longer does."""
    old = people.chats_of_staff(visit.connection, [staff]).get(staff)
    if old is None:
        return
    close_form(visit.connection, old, now=visit.now)
    told = voice(old.language).say(
        "From now on we write to another phone. If that is not yours, call %(hotline)s.",
        hotline=dialable(visit.desk.institution.hotline, old.language),
    )
    outbox.put(visit.connection, old.id, [Outbound(told, menu=())], kind="staff", at=visit.now)
    employees.take_chat(visit.connection, staff)


def _refuse(visit: Visit, link: Link, who: Employee, other: str, wanted: str) -> None:
    say = visit.voice.say
    visit.say(
        say(
            "You already are: %(held)s. Nobody can be %(role)s as well.",
            held=say(ROLE_NAMES[other]),
            role=say(ROLE_NAMES[wanted]),
        )
    )
    audits.write_down(
        visit.connection, at=visit.now, actor=who.subject, event="role_refused", role=link.role, link=link.id
    )


def _end(visit: Visit, link: Link) -> None:
    links.end_staff_link(visit.connection, link.id, at=visit.now)
    visit.say(Outbound(visit.voice.say("This link is closed now. Please ask for a new one."), share=""))
    audits.write_down(visit.connection, at=visit.now, actor="system", event="staff_link_closed", link=link.id)
    told = sentence("A staff link was closed: three numbers were shared with it that are not in the list.")
    tell_administrators(visit.connection, told, now=visit.now)
