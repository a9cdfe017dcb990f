"""A member of staff takes a role by the one-time link they were handed."""

from __future__ import annotations

from datetime import timedelta

from spm_bot.storage import audits, links, people, roles
from spm_bot.storage.links import Link
from spm_bot.texts import sentence
from spm_bot.usecases.talk import make_room
from spm_bot.usecases.visit import Visit

STAFF_LINK_LASTS = timedelta(hours=24)

ROLE_NAMES = {
    "loan_officer": sentence("loan officer"),
    "manager": sentence("manager"),
    "spm_manager": sentence("SPM manager"),
    "protection_officer": sentence("client protection officer"),
    "compliance": sentence("compliance"),
    "internal_audit": sentence("internal audit"),
    "administrator": sentence("administrator"),
}


def enrol_staff(visit: Visit, link: Link) -> bool:
    """Gives the role of a link that is good; False when somebody was quicker with it."""
    say = visit.voice.say
    if visit.chat.clients:
        visit.say(say("This link is for staff. A client's chat cannot be used for it."))
        return True
    if not links.use_link(visit.connection, link.id, at=visit.now):
        return False
    make_room(visit)
    staff_id = visit.chat.staff
    if staff_id is None:
        staff_id = roles.add_staff(visit.connection, subject=f"staff-{link.id}")
        people.hold(visit.connection, visit.chat.id, staff_member=staff_id, at=visit.now)
    role = link.role or ""
    roles.grant(visit.connection, staff_id, role=role, branch=link.branch, at=visit.now)
    audits.write_down(
        visit.connection,
        at=visit.now,
        actor=roles.subject_of_staff(visit.connection, staff_id),
        event="role_taken",
        role=role,
        branch=link.branch,
        link=link.id,
    )
    where = _branch_name(visit, link.branch) if link.branch else say("all branches")
    visit.say(
        say(
            "You are registered: %(role)s, %(where)s. Asking clients about their answers is misconduct."
            " Write /help for what you can do.",
            role=say(ROLE_NAMES[role]),
            where=where,
        )
    )
    return True


def _branch_name(visit: Visit, code: str) -> str:
    names = {branch.code: branch.name for branch in visit.desk.institution.branches}
    return names.get(code, code)
