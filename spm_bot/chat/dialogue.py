"""One event of a chat → the use case it is for, in one transaction: the same for every channel."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from spm_bot.chat.commands import Command, recognise
from spm_bot.chat.orders import obey, press
from spm_bot.log import event
from spm_bot.messages import (
    Action,
    Blocked,
    Body,
    Contact,
    Edited,
    Inbound,
    Other,
    Outbound,
    Start,
    Subject,
    Tap,
    Text,
    Token,
)
from spm_bot.storage import links, outbox, people, receipts
from spm_bot.storage.store import Conflict, Connection, Corrupt, Store, Unavailable
from spm_bot.texts import closest, sentence, voice
from spm_bot.times import Clock
from spm_bot.usecases import (
    accept,
    agree,
    answer,
    enrol_staff,
    hush,
    introduce,
    join,
    talk,
)
from spm_bot.usecases.eligibility import ready_languages
from spm_bot.usecases.visit import Desk, Visit

_log = logging.getLogger("spm_bot.dialogue")

TRIES = 3
"""How often an event is handled anew when another process changed the same rows meanwhile."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Takes events of any channel; everything an event does is durable when `receive` returns."""

    store: Store
    desk: Desk
    clock: Clock

    async def receive(self, inbound: Inbound) -> str | None:
        """Handles one event and returns the words to show over a pressed button, if any.

        Raises Unavailable when the database cannot be reached and Corrupt when it is damaged: then
        nothing has happened. A fault of our own never comes back: the event would be sent again for
        ever and hold up everybody behind it.
        """
        try:
            return await self._handled(inbound)
        except (Unavailable, Corrupt):
            raise
        except Exception as error:
            event(_log, "event_failed", severity=logging.ERROR, key=inbound.key, error=type(error).__name__)
            _log.debug("event failed", exc_info=error)
            work = partial(_apologise, desk=self.desk, inbound=inbound, now=self.clock.now())
            await self.store.write(work, lane=inbound.address.handle)
            return None

    async def _handled(self, inbound: Inbound) -> str | None:
        tries = TRIES
        while True:
            work = partial(_handle, desk=self.desk, inbound=inbound, now=self.clock.now())
            tries -= 1
            try:
                return await self.store.write(work, lane=inbound.address.handle)
            except Conflict:
                if not tries:
                    raise


def _apologise(connection: Connection, *, desk: Desk, inbound: Inbound, now: datetime) -> None:
    """The event counts as handled; the person learns that it was not understood."""
    if receipts.first_time(connection, inbound.key, at=now) and inbound.private:
        language = closest(inbound.language, desk.languages)
        chat = people.meet(connection, inbound.address, language=language)
        words = voice(chat.language).say("Sorry, something went wrong on our side. Please send that again.")
        outbox.put(connection, chat.id, [Outbound(words)], kind="reply", at=now)


def _handle(connection: Connection, *, desk: Desk, inbound: Inbound, now: datetime) -> str | None:
    if not receipts.first_time(connection, inbound.key, at=now):
        return None
    if not inbound.private:
        return _in_group(connection, desk, inbound, now)
    visit = _visit(connection, desk, inbound, now)
    if isinstance(inbound.body, Blocked):
        people.set_reachable(connection, visit.chat.id, reachable=not inbound.body.blocked)
        return None
    if not visit.chat.reachable:
        people.set_reachable(connection, visit.chat.id, reachable=True)
    if not visit.desk.languages and not visit.chat.clients and not _is_staff_link(visit):
        talk.not_ready(visit)
        return None
    return _route(visit, inbound.body)


def _visit(connection: Connection, desk: Desk, inbound: Inbound, now: datetime) -> Visit:
    """The event with its chat. Clients are spoken to in the languages whose forms are signed."""
    ready = ready_languages(connection, desk)
    chat = people.meet(
        connection, inbound.address, language=closest(inbound.language, ready or desk.languages)
    )
    if chat.staff is not None:
        return Visit(connection, desk, inbound, chat, now)
    spoken = closest(chat.language, ready or desk.languages)
    if spoken != chat.language and not chat.clients:
        people.set_language(connection, chat.id, spoken)
    return Visit(connection, replace(desk, languages=ready), inbound, replace(chat, language=spoken), now)


def _is_staff_link(visit: Visit) -> bool:
    """Whether somebody takes a role: that is possible before any form for clients is signed."""
    match visit.inbound.body:
        case Contact():
            return links.waiting_for_number(visit.connection, visit.chat.id, now=visit.now) is not None
        case Start(payload=payload) if payload:
            link = links.find_link(visit.connection, payload)
            return link is not None and link.client is None
    return False


def _in_group(connection: Connection, desk: Desk, inbound: Inbound, now: datetime) -> str | None:
    """In a group nothing is asked; whoever calls the bot or taps a button is pointed to the private chat."""
    language = closest(inbound.language, desk.languages)
    told = sentence("I ask nothing in a group. Please write to me in a private chat.")
    match inbound.body:
        case Tap():
            return voice(language).say(told)
        case Text(text=text) if recognise(text) is None:
            return None
        case Text() | Start():
            chat = people.meet(connection, inbound.address, language=language)
            outbox.put(connection, chat.id, [Outbound(voice(chat.language).say(told))], kind="reply", at=now)
    return None


def _route(visit: Visit, body: Body) -> str | None:
    match body:
        case Start(payload="") if agree.ask_anew(visit):
            return None
        case Start(payload=payload):
            join.start(visit, payload)
        case Tap(token=token):
            return _tapped(visit, token)
        case Text():
            _typed(visit, body)
        case Edited(text=text) if recognise(text, language=visit.chat.language) == (Command.STOP, ""):
            obey(visit, Command.STOP, "")
        case Edited():
            answer.edit(visit, body)
        case Other() if answer.hear(visit, body):
            pass
        case Contact() if enrol_staff.take_number(visit, body):
            pass
        case Contact() if visit.chat.staff is None and introduce.introduce(visit, body):
            pass
        case Other() | Contact():
            visit.say(
                visit.voice.say("Sorry, I can only read words and numbers. Please write, or tap a button.")
            )
    return None


def _tapped(visit: Visit, token: Token | None) -> str | None:
    match token:
        case None:
            return visit.voice.say("That button is too old.")
        case Token(action=Action.CLOSE):
            hush.hush(visit)
            return None
        case Token(subject=Subject.SESSION):
            return answer.tap(visit, token)
        case Token(subject=Subject.INVITATION):
            return accept.accept(visit, token)
        case _:
            return press(visit, token)


def _typed(visit: Visit, body: Text) -> None:
    recognised = recognise(body.text, language=visit.chat.language)
    if recognised is not None:
        obey(visit, *recognised)
        return
    if body.text.startswith("/"):
        visit.say(visit.voice.say("I do not know this command. Write /help for help."))
        return
    # The code of a card is never an answer: a second client may use theirs in the middle of anything.
    code = join.printed_code(body.text) if visit.chat.staff is None else None
    link = links.find_link(visit.connection, code) if code is not None else None
    if link is not None:
        join.redeem(visit, link)
    elif not answer.say(visit, body) and not agree.ask_anew(visit):
        join.greet(visit)
