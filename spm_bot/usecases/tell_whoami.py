"""`/whoami`: what a member of staff is here, and what is written down about them."""

from __future__ import annotations

from spm_bot.protection.duties import Role
from spm_bot.storage import employees, roles
from spm_bot.texts import sentence
from spm_bot.usecases.give_role import role_words
from spm_bot.usecases.name_request import day_of
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import refuse

_TOTALS = sentence("You see totals of ten people or more. You never see an answer of one person.")
_SEES = {
    Role.LOAN_OFFICER: sentence("You see counts in steps of five, a day late. You never see an answer."),
    Role.MANAGER: _TOTALS,
    Role.SPM_MANAGER: _TOTALS,
    Role.ADMINISTRATOR: sentence("You never see an answer or a case that is tied to a name."),
}


def tell_whoami(visit: Visit) -> None:
    """Roles with where and since when, what is recorded, and what is misconduct."""
    if visit.chat.staff is None:
        refuse(visit)
        return
    say = visit.voice.say
    name = employees.name_of(visit.connection, visit.chat.staff)
    held = roles.roles_held(visit.connection, visit.chat.staff)
    lines = [name] if name else []
    for role in held:
        about = role_words(visit.voice, visit.desk, role.role, role.branch)
        day = day_of(visit.desk, role.granted_at, visit.voice)
        if role.confirmed_at is None:
            lines.append(say("%(role)s, %(where)s: waits for a second person.", **about))
        else:
            lines.append(say("%(role)s, %(where)s, since %(day)s.", day=day, **about))
    if not held:
        lines.append(say("You have no role here now."))
    lines += dict.fromkeys(say(_SEES[Role(role.role)]) for role in held if Role(role.role) in _SEES)
    lines.append(
        say(
            "Written down about you: your roles, who invited you, each command you give here with its time,"
            " and the reasons you give. Administrators and internal audit can read that."
        )
    )
    lines.append(say("Asking clients about their answers is misconduct."))
    visit.say("\n".join(lines))
