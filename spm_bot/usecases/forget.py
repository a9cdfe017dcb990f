"""`/forget`: a client wants to be forgotten; a day passes first, in which one word undoes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from babel.dates import format_datetime

from spm_bot.chat.commands import Command, word
from spm_bot.messages import Outbound
from spm_bot.storage import audits, outbox, people, requests
from spm_bot.storage.people import Chat, Client
from spm_bot.storage.store import Connection
from spm_bot.surveys.session import Answer
from spm_bot.texts import voice
from spm_bot.usecases.confirm import ask_proof_again
from spm_bot.usecases.facts import house_facts
from spm_bot.usecases.single_out import about_one, addressed
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Desk, Visit

FORM = "forget"
KEEP = "keep"
GRACE = timedelta(hours=24)
"""Somebody may have been made to ask."""


def start(visit: Visit) -> None:
    """The client of this chat wants to be forgotten; in a shared chat we ask who."""
    client = about_one(visit, FORM)
    if client is not None:
        offer(visit, client)


def offer(visit: Visit, client_id: int) -> None:
    """Says what goes and what stays, and asks whether it shall be."""
    client = people.client(visit.connection, client_id)
    known = requests.open_one(visit.connection, client_id, kind=requests.FORGET)
    if known is not None and known.due_at is not None:
        visit.say(_plan_told(visit.connection, visit.desk, client, visit.chat, known.due_at))
        return
    facts = house_facts(visit.desk.institution, visit.chat.language)
    begin(visit, visit.desk.library.survey(FORM), client=client_id, values=facts)


def choose(visit: Visit, client_id: int, answers: Mapping[str, Answer]) -> None:
    """The form is filled in: a yes needs the second check."""
    if answers["sure"].codes == ("yes",):
        ask_proof_again(visit, client_id, kind=requests.FORGET)
    else:
        visit.say(visit.voice.say("All right, nothing is erased."))


def agree_to_forget(visit: Visit, client_id: int, given: Mapping[str, str | float]) -> None:
    """It is the client: from now on a day runs."""
    client = people.client(visit.connection, client_id)
    plan(visit.connection, visit.desk, client, visit.chat, now=visit.now)
    audits.write_down(
        visit.connection, at=visit.now, actor="client", event="forget_planned", client=client.subject
    )


def plan(connection: Connection, desk: Desk, client: Client, chat: Chat | None, *, now: datetime) -> datetime:
    """The client is forgotten after a day, and told so; at once where no chat could say KEEP. Says when."""
    due_at = now + GRACE if chat is not None else now
    address = None if chat is None else chat.id
    requests.ask(connection, client.id, kind=requests.FORGET, address=address, at=now, due_at=due_at)
    if chat is not None:
        told = Outbound(_plan_told(connection, desk, client, chat, due_at))
        outbox.put(connection, chat.id, [told], kind="reply", at=now)
    return due_at


def keep(visit: Visit) -> None:
    """KEEP: the wish to be forgotten is undone; in a shared chat we ask whose."""
    wished = (requests.open_one(visit.connection, held, kind=requests.FORGET) for held in visit.chat.clients)
    if not any(wished):
        visit.say(visit.voice.say("There is nothing to undo."))
        return
    client = about_one(visit, KEEP)
    if client is not None:
        undo(visit, client)


def undo(visit: Visit, client_id: int) -> None:
    """The wish of one client is undone, and nobody else's."""
    request = requests.open_one(visit.connection, client_id, kind=requests.FORGET)
    if request is None:
        words = visit.voice.say("There is nothing to undo.")
    else:
        requests.settle(visit.connection, request.id, state=requests.UNDONE)
        subject = people.client(visit.connection, client_id).subject
        audits.write_down(
            visit.connection, at=visit.now, actor="client", event="forget_undone", client=subject
        )
        words = visit.voice.say("All right, we erase nothing. Everything stays as it was.")
    visit.say(addressed(visit.connection, client_id, words, language=visit.chat.language))


def _plan_told(connection: Connection, desk: Desk, client: Client, chat: Chat, due_at: datetime) -> str:
    when = format_datetime(
        due_at.astimezone(desk.institution.zone_of(client.branch)), "EEEE H:mm", locale=chat.language
    )
    words = voice(chat.language).say(
        "We erase what we hold about you on %(when)s. Until then all goes on as before."
        " To undo, write %(keep)s.",
        when=when,
        keep=word(Command.KEEP, chat.language),
    )
    return addressed(connection, client.id, words, language=chat.language)
