"""The chat is opened: by a link or a card's code, which is redeemed, or by hand, which is greeted."""

from __future__ import annotations

import re
import unicodedata

from spm_bot.messages import Outbound
from spm_bot.protection.consent import Purpose
from spm_bot.storage import consents, links, people, sessions, waiting
from spm_bot.storage.links import Link
from spm_bot.usecases.admit import FORGOTTEN, ask_who, tell_joined, tell_too_old, tell_waiting
from spm_bot.usecases.enrol_staff import enrol_staff
from spm_bot.usecases.facts import house_facts
from spm_bot.usecases.follow import show_again
from spm_bot.usecases.prove import proof_facts
from spm_bot.usecases.visit import Visit

_CODE = re.compile(r"[A-Z2-9]{8}")


def start(visit: Visit, payload: str) -> None:
    """The chat was opened, by a link or by hand. What is open there is asked again."""
    if payload:
        redeem(visit, links.find_link(visit.connection, payload))
        return
    greet(visit)
    active = sessions.active(visit.connection, visit.chat.id)
    if active is not None and active.session.current is not None:
        show_again(visit, active)


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
        _greet_stranger(visit)


def redeem(visit: Visit, link: Link | None) -> None:
    """Uses a link once. A link that is no longer good, or not for this chat, changes nothing."""
    if visit.chat.staff is not None and (link is None or link.role is None):
        # The same words whatever became of the card: staff must not learn who has joined or is forgotten.
        visit.say(visit.voice.say("This card is for a client. A staff chat cannot be used for it."))
    elif link is not None and link.client is not None:
        _redeem_card(visit, link, link.client)
    elif link is not None and link.role is None:
        _redeem_card_of_forgotten(visit, link)
    elif link is None or not link.open_at(visit.now) or not enrol_staff(visit, link):
        tell_too_old(visit)


def _redeem_card(visit: Visit, link: Link, client_id: int) -> None:
    if client_id in visit.chat.clients:
        tell_joined(visit)
    elif _waits_here(visit, client_id):
        tell_waiting(visit)
    elif not link.open_at(visit.now) or people.client(visit.connection, client_id).status != "active":
        tell_too_old(visit)
    else:
        facts = proof_facts(visit.connection, visit.desk, client_id)
        ask_who(visit, client_id, card=link.id, check=str(facts["second_check"]))


def _redeem_card_of_forgotten(visit: Visit, link: Link) -> None:
    """Goes like the card of somebody who has joined on another phone, and nobody is ever called."""
    if link.address == visit.chat.id:
        tell_waiting(visit)
    elif not link.open_at(visit.now):
        tell_too_old(visit)
    else:
        ask_who(visit, FORGOTTEN, card=link.id, check=visit.desk.institution.joining.second_check)


def _greet_stranger(visit: Visit) -> None:
    """How to join, and whom anybody may turn to without joining."""
    say = visit.voice.say
    facts = house_facts(visit.desk.institution, visit.chat.language)
    words = say(
        "Hello, this is %(name)s. To join, use the link or the code on the card from your branch, or share"
        " your number with the button below. We never ask for your PIN or for money here. To complain, or"
        " to talk to a person: %(hotline)s, or %(outside_body)s.",
        name=facts["institution"],
        hotline=facts["hotline"],
        outside_body=facts["outside_body"],
    )
    visit.say(Outbound(words, share=say("Share my number")))


def _waits_here(visit: Visit, client_id: int) -> bool:
    held = waiting.of_client(visit.connection, client_id)
    return held is not None and held.address == visit.chat.id


def _agreeing(visit: Visit) -> set[int]:
    return consents.clients_agreeing(visit.connection, Purpose.SURVEY, visit.chat.clients)
