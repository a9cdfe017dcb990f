"""Somebody at the command line carries out a request that a client, or who stands in for them, has opened."""

from __future__ import annotations

import re
from datetime import datetime

from spm_bot.messages import Outbound
from spm_bot.storage import audits, outbox, people, requests
from spm_bot.storage.people import Chat, Client, phone_number
from spm_bot.storage.requests import Request
from spm_bot.storage.store import Connection
from spm_bot.storage.traces import full_name
from spm_bot.texts import voice
from spm_bot.usecases.disclose import send_file
from spm_bot.usecases.forget import plan
from spm_bot.usecases.recount import recount
from spm_bot.usecases.single_out import addressed
from spm_bot.usecases.visit import Desk

_WORD = re.compile(r"[\w-]+")
_OWN_DIGITS = 7


class Refused(Exception):
    """It cannot be done; the message says why in one line."""


def hand_over(
    connection: Connection, *, desk: Desk, code: str, private: bool, actor: str, reason: str, now: datetime
) -> str:
    """The text of everything held about a client, to be given to them; the client is told."""
    client, chat, request = _asked_for(connection, code, kind=requests.DATA)
    _write_down(connection, client, event="data_written", actor=actor, reason=reason, now=now)
    requests.settle(connection, request.id, state=requests.DONE)
    if chat is not None:
        words = voice(chat.language).say(
            "You asked for your data. We have written it into a file. A person of %(name)s gives it to you.",
            name=desk.institution.name,
        )
        told = Outbound(addressed(connection, client.id, words, language=chat.language))
        outbox.put(connection, chat.id, [told], kind="reply", at=now)
    return recount(connection, desk, client, chat, private=private, now=now)


def send(
    connection: Connection, *, desk: Desk, code: str, private: bool, actor: str, reason: str, now: datetime
) -> None:
    """Sends the file to the client's own chat."""
    client, chat, _ = _asked_for(connection, code, kind=requests.DATA)
    if chat is None:
        raise Refused(f"client {code} has no chat: name a file with --out and hand it over")
    _write_down(connection, client, event="data_sent", actor=actor, reason=reason, now=now)
    send_file(connection, desk, client, chat, private=private, now=now)


def forget(
    connection: Connection, *, desk: Desk, code: str, actor: str, reason: str, now: datetime
) -> datetime:
    """Plans that a client is forgotten and says when; the client is told, and may undo it."""
    client, chat, _ = _asked_for(connection, code, kind=requests.FORGET)
    _write_down(connection, client, event="forget_planned", actor=actor, reason=reason, now=now)
    return plan(connection, desk, client, chat, now=now)


def _asked_for(connection: Connection, code: str, *, kind: str) -> tuple[Client, Chat | None, Request]:
    """The client with their chat and the request that waits for a person. Raises Refused."""
    try:
        client = people.client_by_code(connection, code)
    except LookupError:
        raise Refused(f"there is no client {code}") from None
    request = requests.open_one(connection, client.id, kind=kind)
    if request is None:
        word = "/mydata" if kind == requests.DATA else "/forget"
        raise Refused(
            f"client {code} has not asked for it: a request is opened in the chat, by the client with {word}"
            f" or by a client protection officer with {word} {code}"
        )
    if request.due_at is not None:
        when = request.due_at.isoformat(timespec="minutes")
        raise Refused(f"this happens by itself: the request of client {code} is over at {when}")
    return client, people.chats_of_clients(connection, [client.id]).get(client.id), request


def _write_down(
    connection: Connection, client: Client, *, event: str, actor: str, reason: str, now: datetime
) -> None:
    """The log outlives the client, so that it must not name them. Raises Refused."""
    if _names(reason, client.code, full_name(connection, client.id), phone_number(connection, client.id)):
        raise Refused("the reason names the client: write it without name, phone number and client number")
    audits.write_down(connection, at=now, actor=actor, event=event, client=client.subject, reason=reason)


def _names(reason: str, code: str, name: str, phone: str) -> bool:
    """Whether a reason holds a word of the name, the code, or the number without its country."""
    said = set(_WORD.findall(reason.casefold()))
    known = {code.casefold(), *_WORD.findall(name.casefold())}
    own_digits = phone[-_OWN_DIGITS:]
    digits = "".join(char for char in reason if char.isdigit())
    return bool(said & known) or bool(own_digits and own_digits in digits)
