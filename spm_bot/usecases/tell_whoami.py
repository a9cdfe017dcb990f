"""`/whoami`: what a member of staff is here, and what is written down about them."""

from __future__ import annotations

from spm_bot.protection.duties import Role
from spm_bot.storage import employees, roles
from spm_bot.storage.roles import Role as Held
from spm_bot.texts import sentence
from spm_bot.usecases.facts import dialable
from spm_bot.usecases.give_role import role_words
from spm_bot.usecases.name_request import day_of
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import refuse

_TOTALS = sentence("You see totals of ten people or more. You never see an answer of one person.")
_NOTHING = sentence("No command here shows you an answer of a client.")
_SEES = {
    Role.LOAN_OFFICER: sentence("You see counts in steps of five, a day late. You never see an answer."),
    Role.MANAGER: _TOTALS,
    Role.SPM_MANAGER: _TOTALS,
    Role.PROTECTION_OFFICER: _NOTHING,
    Role.COMPLIANCE: _NOTHING,
    Role.INTERNAL_AUDIT: _NOTHING,
    Role.ADMINISTRATOR: sentence("You never see an answer or a case that is tied to a name."),
}


def tell_whoami(visit: Visit) -> None:
    """Roles with where and since when, what is recorded, and what is misconduct."""
    if visit.chat.staff is None:
        refuse(visit)
        return
    say = visit.voice.say
    name = employees.name_of(visit.connection, visit.chat.staff)
    number = employees.number_of(visit.connection, visit.chat.staff)
    held = roles.roles_held(visit.connection, visit.chat.staff)
    lines = [name] if name else []
    lines += [_role(visit, role) for role in held] or [say("You have no role here now.")]
    lines += dict.fromkeys(say(_SEES[Role(role.role)]) for role in held)
    lines.append(
        say(
            "Written down about you: your roles, who invited you, each command you give here with its time,"
            " the reasons you give, and the joining cards you hand out. Administrators and internal audit can"
            " read that."
        )
    )
    if number:
        shown = dialable(number, visit.chat.language)
        lines.append(say("Your number in the list of staff: %(number)s.", number=shown))
    lines.append(say("Asking clients about their answers is misconduct."))
    visit.say("\n".join(lines))


def _role(visit: Visit, role: Held) -> str:
    """One role: where it counts, since when, and who invited."""
    say = visit.voice.say
    about = role_words(visit.voice, visit.desk, role.role, role.branch)
    if role.confirmed_at is None:
        told = say("%(role)s, %(where)s: waits for a second person.", **about)
    else:
        day = day_of(visit.desk, role.granted_at, visit.voice)
        told = say("%(role)s, %(where)s, since %(day)s.", day=day, **about)
    return f"{told} {say('Invited by %(who)s.', who=_inviter(visit, role.invited_by))}"


def _inviter(visit: Visit, invited_by: str) -> str:
    """A colleague by name; whoever sits at the machine of the bot is head office."""
    colleague = roles.staff_of_subject(visit.connection, invited_by)
    name = "" if colleague is None else employees.name_of(visit.connection, colleague)
    return name or visit.voice.say("head office")
