"""What always works: help, another language, the question of consent once more."""

from __future__ import annotations

from spm_bot.storage import roles
from spm_bot.texts import sentence
from spm_bot.usecases import agree, choose_hour
from spm_bot.usecases.facts import dialable, language_choices
from spm_bot.usecases.hand_out import RECEIVES
from spm_bot.usecases.single_out import about_one
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import MAY_ASK, MAY_ENROL, MAY_JUDGE, MAY_SEE_RESULTS

_STAFF_LINES = (
    (MAY_ASK, sentence("/ask – have a random sample of clients asked")),
    (MAY_ASK, sentence("/progress – how far your surveys have come")),
    (MAY_ENROL, sentence("/enrol – a joining card for a client")),
    (MAY_JUDGE, sentence("/approve – surveys that wait for your yes")),
    (MAY_SEE_RESULTS, sentence("/results – what came of surveys that have ended")),
    (RECEIVES, sentence("/digest – the newest weekly digest, or /digest 2026-W47")),
)
"""Roles, and what they can do with a command."""


def help_(visit: Visit) -> None:
    """What this person can do here, and whom to call."""
    say = visit.voice.say
    hotline = dialable(visit.desk.institution.hotline, visit.chat.language)
    lines = []
    if visit.chat.staff is not None:
        held = {role.role for role in roles.roles_in_force(visit.connection, visit.chat.staff)}
        lines += [say(line) for those, line in _STAFF_LINES if held & those]
        lines.append(say("/whoami – what is written down about you"))
    else:
        lines.append(say("Answer by tapping a button, or write its number or its words."))
        lines.append(say("BACK – change your last answer. SKIP – rather not say. STOP – no more surveys."))
        lines.append(say("QUIET – hide all this at once"))
        lines.append(say("/time – when we may write to you"))
        lines.append(say("/consent – what you agreed to"))
        lines.append(say("/mydata – what we keep about you. /forget – have it erased"))
    lines.append(say("/language – another language"))
    lines.append(say("To talk to a person: %(hotline)s.", hotline=hotline))
    visit.say("\n".join(lines))


def choose_language(visit: Visit) -> None:
    """Offers the languages; whatever is open goes on in the one chosen."""
    form = visit.desk.library.survey("language")
    # The language is the chat's: on a shared phone it is nobody's own.
    client = visit.chat.clients[0] if len(visit.chat.clients) == 1 else None
    choices = {"languages": language_choices(visit.desk)}
    begin(visit, form, client=client, staff=visit.chat.staff, choices=choices)


def ask_consent_again(visit: Visit) -> None:
    """What a client agreed to, and the two questions again; in a shared chat after asking for whom."""
    client = about_one(visit, "consent")
    if client is not None:
        agree.show_consent(visit, client)


def ask_hour(visit: Visit) -> None:
    """At which hour of the day this client wants to be written to."""
    client = about_one(visit, "time")
    if client is not None:
        choose_hour.ask_hour(visit, client)
