"""Whoever had to be called before joining is let in, or not, by the person who called."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from spm_bot.messages import Inbound, Start
from spm_bot.storage import audits, people, waiting
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.waiting import Waiting
from spm_bot.usecases.admit import bind
from spm_bot.usecases.eligibility import ready_languages
from spm_bot.usecases.visit import Desk, Visit


class NotPossible(Exception):
    """The client cannot be let in; the message says why, and what to do."""


async def let_in(waiting_id: int, *, store: Store, desk: Desk, actor: str, now: datetime) -> Waiting:
    """The chat becomes the client's, and consent is asked there. Raises LookupError and NotPossible."""
    return await store.write(partial(_let_in, waiting_id=waiting_id, desk=desk, actor=actor, now=now))


async def turn_away(waiting_id: int, *, store: Store, actor: str, now: datetime) -> Waiting:
    """The client waits no more, and nothing is said in the chat. Raises LookupError."""
    work = partial(_settled, waiting_id=waiting_id, event="joining_refused", actor=actor, now=now)
    return await store.write(work)


def _let_in(connection: Connection, *, waiting_id: int, desk: Desk, actor: str, now: datetime) -> Waiting:
    held = _settled(connection, waiting_id=waiting_id, event="joining_admitted", actor=actor, now=now)
    ready = ready_languages(connection, desk)
    chat = people.chat(connection, held.address)
    if chat.staff is not None:
        raise NotPossible("that chat belongs to staff by now: refuse, and hand the client a new card")
    if people.client(connection, held.client).status != "active":
        raise NotPossible("that client is not active in the register any more: refuse")
    if chat.language not in ready:
        raise NotPossible(f"the forms are not signed in {chat.language}: sign them first")
    address = people.handles(connection, [chat.id]).get(chat.id)
    if address is None:
        raise NotPossible("that chat is sealed with a key that is gone: refuse, and hand out a new card")
    inbound = Inbound(f"waiting:{held.id}", address, now, Start())
    visit = Visit(connection, replace(desk, languages=ready), inbound, chat, now)
    visit.say(visit.voice.say("Thank you for waiting. You can go on now."))
    bind(visit, held.client)
    return held


def _settled(connection: Connection, *, waiting_id: int, event: str, actor: str, now: datetime) -> Waiting:
    held = waiting.get(connection, waiting_id)
    if held is None or not waiting.drop(connection, waiting_id):
        raise LookupError(f"nobody waits under the number {waiting_id}")
    subject = people.client(connection, held.client).subject
    audits.write_down(connection, at=now, actor=actor, event=event, client=subject, reason=held.reason)
    return held
