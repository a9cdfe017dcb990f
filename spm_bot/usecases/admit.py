"""Who has a card or a known number proves who they are; then the chat is theirs, or a person calls first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from spm_bot.messages import Outbound
from spm_bot.storage import audits, links, outbox, people, waiting
from spm_bot.texts import sentence, voice
from spm_bot.usecases import agree
from spm_bot.usecases.bring_along import bring_along
from spm_bot.usecases.facts import dialable, house_facts, language_choices
from spm_bot.usecases.prove import locked, prove
from spm_bot.usecases.talk import begin
from spm_bot.usecases.tell_administrators import tell_administrators
from spm_bot.usecases.visit import Visit

FORGOTTEN = 0
"""Stands for the client of a card that was made for somebody who is forgotten."""

CLIENTS_A_CHAT = 2
CARDS_OF_AN_OFFICER = 2
"""How many clients of one officer may join within `AT_ONCE`; the next waits, for somebody may be coaching."""
AT_ONCE = timedelta(minutes=10)

REASONS = {
    "third_client": sentence("two clients use that chat already"),
    "same_officer": sentence("several cards of one loan officer were used within ten minutes"),
    "other_chat": sentence("they use another chat already"),
    "no_fact": sentence("the register has neither year of birth nor phone number"),
}

Given = Mapping[str, str | float]


def ask_who(visit: Visit, client_id: int, *, card: int | None, check: str) -> None:
    """Asks for a language if there are several, then for the proof. Nothing of the client is shown.

    `card` is the link that was used, None for a shared number; `check` is one of `proof_facts`.
    """
    if locked(visit.connection, client_id, address_id=visit.chat.id, now=visit.now):
        tell_locked(visit)
        return
    if check == "none":
        if card is None or links.use_link(visit.connection, card, at=visit.now):
            _wait(visit, client_id, "no_fact")
        return
    values: Given = {"client": client_id, "card": card or 0, "second_check": check, "again": "no"}
    if len(visit.desk.languages) > 1:
        facts = {**house_facts(visit.desk.institution, visit.chat.language), **values}
        choices = {"languages": language_choices(visit.desk)}
        begin(visit, visit.desk.library.survey("joining"), values=facts, choices=choices)
    else:
        ask_proof(visit, values)


def ask_proof(visit: Visit, given: Given) -> None:
    """Puts the question of proof, in the language of the chat; `given` is what `ask_who` knew."""
    values = {**given, **house_facts(visit.desk.institution, visit.chat.language)}
    begin(visit, visit.desk.library.survey("proof"), values=values)


def take_proof(visit: Visit, given: Given, said: str) -> None:
    """Judges a reply to that question: the chat becomes the client's, or it is asked again, or locked."""
    client_id, card = int(given["client"]), int(given["card"]) or None
    # A day lies between question and reply, perhaps: the client may be forgotten, the chat a colleague's.
    gone = client_id != FORGOTTEN and not people.clients_by_id(visit.connection, [client_id])
    if visit.chat.staff is not None or gone:
        tell_too_old(visit)
    elif card is not None and (client_id == FORGOTTEN or _has_other_chat(visit, client_id)):
        _take_anything(visit, client_id, card)
    else:
        _judge(visit, given, said, client_id=client_id, card=card)


def _take_anything(visit: Visit, client_id: int, card: int) -> None:
    """A person calls, right or wrong: of somebody forgotten we no longer know what would be right, and no
    card may tell who that is.
    """
    address = visit.chat.id if client_id == FORGOTTEN else None
    if not links.use_link(visit.connection, card, at=visit.now, address=address):
        tell_too_old(visit)
    elif client_id == FORGOTTEN:
        tell_waiting(visit)
    else:
        _wait(visit, client_id, "other_chat")


def _judge(visit: Visit, given: Given, said: str, *, client_id: int, card: int | None) -> None:
    match prove(visit, client_id, said, check=str(given["second_check"])):
        case "no":
            ask_proof(visit, {**given, "again": "yes"})
        case "locked":
            tell_locked(visit)
        case _ if card is not None and not links.use_link(visit.connection, card, at=visit.now):
            tell_too_old(visit)
        case _:
            _admit(visit, client_id, card)


def bind(visit: Visit, client_id: int) -> None:
    """The chat speaks for this client from now on; what was open elsewhere comes along."""
    waiting.forget_client(visit.connection, client_id)
    links.revoke_links(visit.connection, client_id, at=visit.now)
    _tell_of_move(visit, client_id)
    bring_along(visit, client_id)
    people.move_client(visit.connection, client_id, visit.chat.id, at=visit.now)
    agree.ask_consent(replace(visit, chat=people.chat(visit.connection, visit.chat.id)), client_id)


def _tell_of_move(visit: Visit, client_id: int) -> None:
    """The old phone learns, in words that tell a bystander nothing, that it is no longer the one."""
    old = people.chats_of_clients(visit.connection, [client_id]).get(client_id)
    if old is None or old.id == visit.chat.id:
        return
    told = voice(old.language).say(
        "From now on we write to another phone. If that is not yours, call %(hotline)s.",
        hotline=dialable(visit.desk.institution.hotline, old.language),
    )
    outbox.put(visit.connection, old.id, [Outbound(told)], kind="reply", at=visit.now)
    client = people.client(visit.connection, client_id)
    audits.write_down(
        visit.connection, at=visit.now, actor="client", event="client_moved", client=client.subject
    )


def tell_locked(visit: Visit) -> None:
    visit.say(
        visit.voice.say(
            "There were too many wrong answers, so this is closed for today. Please try again tomorrow,"
            " or call %(hotline)s.",
            hotline=_hotline(visit),
        )
    )


def tell_too_old(visit: Visit) -> None:
    visit.say(visit.voice.say("This link was used already or is too old. Please ask for a new one."))


def tell_joined(visit: Visit) -> None:
    visit.say(visit.voice.say("You have joined already. Write /help for help."))


def tell_waiting(visit: Visit) -> None:
    visit.say(
        visit.voice.say(
            "Thank you. A person from %(name)s will call you first. Then you can go on here."
            " To talk to us now: %(hotline)s.",
            name=visit.desk.institution.name,
            hotline=_hotline(visit),
        )
    )


def _admit(visit: Visit, client_id: int, card: int | None) -> None:
    others = [held for held in visit.chat.clients if held != client_id]
    if len(others) >= CLIENTS_A_CHAT:
        _wait(visit, client_id, "third_client")
    elif card is not None and _many_at_once(visit, client_id, card):
        _wait(visit, client_id, "same_officer")
    else:
        bind(visit, client_id)


def _has_other_chat(visit: Visit, client_id: int) -> bool:
    """Whether a card would open what somebody has answered on another phone: staff hand cards out and know
    the facts of the register, so no card does that without a call.
    """
    chat = people.chats_of_clients(visit.connection, [client_id]).get(client_id)
    return chat is not None and chat.id != visit.chat.id


def _many_at_once(visit: Visit, client_id: int, card: int) -> bool:
    """Whether too many clients of one officer, or with cards of one officer's making, join together."""
    officer = people.client(visit.connection, client_id).officer
    maker = links.maker(visit.connection, card)
    since = visit.now - AT_ONCE
    of_officer = waiting.redeemed_lately(visit.connection, officer, since=since) if officer else 0
    handed_out = waiting.handed_out_lately(visit.connection, maker, since=since) if maker else 0
    return max(of_officer, handed_out) > CARDS_OF_AN_OFFICER


def _wait(visit: Visit, client_id: int, reason: str) -> None:
    known = waiting.of_client(visit.connection, client_id)
    if known is not None and known.address == visit.chat.id:
        tell_waiting(visit)
        return
    waiting.wait(visit.connection, client_id, address=visit.chat.id, reason=reason, at=visit.now)
    tell_waiting(visit)
    tell_administrators(
        visit.connection,
        sentence("Client %(code)s must be called before joining: %(reason)s. See: clients waiting."),
        code=people.client(visit.connection, client_id).code,
        reason=REASONS[reason],
        now=visit.now,
    )


def _hotline(visit: Visit) -> str:
    return dialable(visit.desk.institution.hotline, visit.chat.language)
