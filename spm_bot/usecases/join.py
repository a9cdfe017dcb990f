"""Joining by a one-time link: a client's card, or the link a member of staff was given."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from spm_bot.protection.consent import Purpose
from spm_bot.storage import audits, consents, links, people, roles
from spm_bot.storage.links import Link
from spm_bot.texts import sentence
from spm_bot.usecases import agree
from spm_bot.usecases.bring_along import bring_along
from spm_bot.usecases.facts import house_facts, language_choices
from spm_bot.usecases.talk import begin, make_room
from spm_bot.usecases.visit import Visit

CLIENT_LINK_LASTS = timedelta(days=30)
STAFF_LINK_LASTS = timedelta(hours=24)
CLIENTS_A_CHAT = 2

ROLE_NAMES = {
    "loan_officer": sentence("loan officer"),
    "manager": sentence("manager"),
    "spm_manager": sentence("SPM manager"),
    "protection_officer": sentence("client protection officer"),
    "compliance": sentence("compliance"),
    "internal_audit": sentence("internal audit"),
    "administrator": sentence("administrator"),
}

_CODE = re.compile(r"[A-Z2-9]{8}")


def start(visit: Visit, payload: str) -> None:
    """The chat was opened, by a link or by hand."""
    if payload:
        redeem(visit, links.find_link(visit.connection, payload))
    else:
        greet(visit)


def printed_code(text: str) -> str | None:
    """The 8 signs of a card in what somebody typed, or None."""
    said = unicodedata.normalize("NFKC", text).upper().replace("-", "").replace(" ", "")
    return said if _CODE.fullmatch(said) else None


def greet(visit: Visit) -> None:
    """Says who we are and what this person can do here."""
    say = visit.voice.say
    name = visit.desk.institution.name
    if visit.chat.staff is not None:
        visit.say(
            say("Hello. You are registered as staff of %(name)s. Write /help for what you can do.", name=name)
        )
    elif visit.chat.clients and not _agreeing(visit):
        visit.say(say("Hello. You get no surveys from us. If you think again: /consent"))
    elif visit.chat.clients:
        visit.say(
            say("Welcome back to %(name)s. We write when there is a survey. Write /help for help.", name=name)
        )
    else:
        visit.say(
            say(
                "Hello, this is %(name)s. To join, use the link or the code on the card from your branch."
                " We never ask for your PIN or for money here.",
                name=name,
            )
        )


def redeem(visit: Visit, link: Link | None) -> None:
    """Uses a link once. A link that is no longer good, or not for this chat, changes nothing."""
    if link is not None and link.client is not None and visit.chat.staff is not None:
        # The same words whether the card was used or not: staff must not learn who has joined.
        visit.say(visit.voice.say("This card is for a client. A staff chat cannot be used for it."))
    elif link is None or not link.open_at(visit.now):
        _too_old(visit)
    elif link.client is not None:
        _join_client(visit, link, link.client)
    else:
        _join_staff(visit, link)


def _too_old(visit: Visit) -> None:
    visit.say(visit.voice.say("This link was used already or is too old. Please ask for a new one."))


def _join_client(visit: Visit, link: Link, client_id: int) -> None:
    say = visit.voice.say
    others = [held for held in visit.chat.clients if held != client_id]
    if len(others) >= CLIENTS_A_CHAT:
        visit.say(say("Two clients use this chat already. Please call %(hotline)s.", hotline=_hotline(visit)))
        return
    if not links.use_link(visit.connection, link.id, at=visit.now):
        _too_old(visit)
        return
    make_room(visit)
    bring_along(visit, client_id)
    people.move_client(visit.connection, client_id, visit.chat.id, at=visit.now)
    if len(visit.desk.languages) > 1:
        _choose_language(visit, client_id)
    else:
        agree.ask_consent(visit, client_id)


def _choose_language(visit: Visit, client_id: int) -> None:
    values = {
        **house_facts(visit.desk.institution, visit.chat.language),
        "first_name": people.first_name(visit.connection, client_id),
    }
    form = visit.desk.library.survey("joining")
    choices = {"languages": language_choices(visit.desk)}
    begin(visit, form, client=client_id, values=values, choices=choices)


def _join_staff(visit: Visit, link: Link) -> None:
    say = visit.voice.say
    if visit.chat.clients:
        visit.say(say("This link is for staff. A client's chat cannot be used for it."))
        return
    if not links.use_link(visit.connection, link.id, at=visit.now):
        _too_old(visit)
        return
    staff_id = visit.chat.staff
    if staff_id is None:
        staff_id = roles.add_staff(visit.connection, subject=f"staff-{link.id}")
        people.hold(visit.connection, visit.chat.id, staff_member=staff_id, at=visit.now)
    role = link.role or ""
    roles.grant(visit.connection, staff_id, role=role, branch=link.branch, at=visit.now)
    subject = roles.subject_of_staff(visit.connection, staff_id)
    audits.write_down(
        visit.connection,
        at=visit.now,
        actor=subject,
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


def _branch_name(visit: Visit, code: str) -> str:
    names = {branch.code: branch.name for branch in visit.desk.institution.branches}
    return names.get(code, code)


def _hotline(visit: Visit) -> str:
    return visit.desk.institution.hotline


def _agreeing(visit: Visit) -> set[int]:
    return consents.clients_agreeing(visit.connection, Purpose.SURVEY, visit.chat.clients)
