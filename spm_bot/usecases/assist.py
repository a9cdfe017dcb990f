"""What always works: help, another language, the question of consent once more."""

from __future__ import annotations

from spm_bot.storage import people, roles
from spm_bot.surveys.model import Choice, Words
from spm_bot.usecases import agree
from spm_bot.usecases.ask import MAY_ASK
from spm_bot.usecases.facts import language_choices
from spm_bot.usecases.hand_out import RECEIVES
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit


def help_(visit: Visit) -> None:
    """What this person can do here, and whom to call."""
    say = visit.voice.say
    lines = []
    if visit.chat.staff is not None:
        held = {role.role for role in roles.roles_in_force(visit.connection, visit.chat.staff)}
        if held & MAY_ASK:
            lines.append(say("/ask – have a random sample of clients asked"))
        if held & RECEIVES:
            lines.append(say("/digest – the newest weekly digest, or /digest 2026-W47"))
    else:
        lines.append(say("Answer by tapping a button, or write its number or its words."))
        lines.append(say("BACK – change your last answer. SKIP – rather not say. STOP – no more surveys."))
        lines.append(say("/consent – what you agreed to"))
    lines.append(say("/language – another language"))
    lines.append(say("To talk to a person: %(hotline)s.", hotline=visit.desk.institution.hotline))
    visit.say("\n".join(lines))


def choose_language(visit: Visit) -> None:
    """Offers the languages; whatever is open goes on in the one chosen."""
    form = visit.desk.library.survey("language")
    client = visit.chat.clients[0] if visit.chat.clients else None
    choices = {"languages": language_choices(visit.desk)}
    begin(visit, form, client=client, staff=visit.chat.staff, choices=choices)


def ask_consent_again(visit: Visit) -> None:
    """Puts the two questions of consent again, so that a yes and a no are equally easy."""
    if len(visit.chat.clients) > 1:
        form = visit.desk.library.survey("whose")
        begin(visit, form, choices={"clients": _names(visit)})
    elif visit.chat.clients:
        agree.ask_consent(visit, visit.chat.clients[0])
    else:
        visit.say(visit.voice.say("This is for clients who have joined."))


def _names(visit: Visit) -> tuple[Choice, ...]:
    """The clients of a shared chat by their first names."""
    return tuple(
        Choice(str(client), Words({"en": people.first_name(visit.connection, client)}))
        for client in visit.chat.clients
    )
