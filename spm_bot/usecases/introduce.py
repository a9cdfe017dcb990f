"""Somebody without a card shares their own phone number, and is known by it."""

from __future__ import annotations

from dataclasses import replace

from spm_bot.messages import Contact, Outbound
from spm_bot.registers.phones import normalise
from spm_bot.storage import people, sessions, tries
from spm_bot.storage.people import Client
from spm_bot.usecases.admit import ask_who, tell_joined
from spm_bot.usecases.facts import dialable
from spm_bot.usecases.prove import LOCKED_FOR, TRIES, known_facts
from spm_bot.usecases.visit import Visit


def introduce(visit: Visit, contact: Contact) -> bool:
    """Finds the one active client with the number shared; False while something is open in this chat."""
    if sessions.active(visit.connection, visit.chat.id) is not None:
        return False
    _look_up(visit, contact)
    return True


def _look_up(visit: Visit, contact: Contact) -> None:
    """A number of nobody and one of several people get the same words, so that nobody learns whose
    numbers the register holds.
    """
    key = f"contact:{visit.chat.id}"
    if tries.locked(visit.connection, [key], now=visit.now):
        visit.say(replace(_by_card(visit), share=""))
        return
    found = _owners(visit, contact)
    if len(found) != 1:
        tries.miss(visit.connection, key, most=TRIES, at=visit.now, lasts=LOCKED_FOR)
        visit.say(_by_card(visit))
        return
    client = found[0]
    if client.id in visit.chat.clients:
        tell_joined(visit)
        return
    tries.clear(visit.connection, [key])
    visit.say(Outbound(visit.voice.say("Thank you."), share=""))
    # The number itself proves nothing more: whoever holds the phone has it.
    known = "birth_year" in known_facts(visit.connection, client.id)
    ask_who(visit, client.id, card=None, check="birth_year" if known else "none")


def _owners(visit: Visit, contact: Contact) -> list[Client]:
    """Who has the number in the register; nobody for a number that is not the sender's."""
    if not contact.own:
        return []
    try:
        number = normalise(contact.phone, country=visit.desk.institution.country)
    except ValueError:
        return []
    return people.clients_with_phone(visit.connection, number)


def _by_card(visit: Visit) -> Outbound:
    words = visit.voice.say(
        "I cannot find you by this number. Please share your own number, use the card from your branch,"
        " or call %(hotline)s.",
        hotline=dialable(visit.desk.institution.hotline, visit.chat.language),
    )
    return Outbound(words)
