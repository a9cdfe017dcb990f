"""Forgetting is done when its day is over: everything about the client, then the chat once it was told."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from secrets import token_bytes

from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.messages import Outbound
from spm_bot.storage import audits, farewells, outbox, people, requests, rounds, sessions
from spm_bot.storage.people import Chat
from spm_bot.storage.peppers import PEPPER_BYTES, forget_code
from spm_bot.storage.requests import Request
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.texts import before, voice
from spm_bot.usecases.disclose import drop_files
from spm_bot.usecases.single_out import addressed
from spm_bot.usecases.visit import Desk

PATIENCE = timedelta(days=1)
"""How long we wait for a chat to hear that its client is forgotten."""


async def erase(now: datetime, *, store: Store, desk: Desk) -> int:
    """Forgets everybody whose day is over, and lets go of chats and files; says how many clients.

    Cut short at any place, it goes on there when it runs again.
    """
    await store.write(partial(drop_files, now=now))
    due = await store.read(partial(requests.due, kind=requests.FORGET, now=now))
    erased = 0
    for request in due:
        work = partial(_erase, desk=desk, request=request, pepper=token_bytes(PEPPER_BYTES), now=now)
        with suppress(Conflict):  # the client did something in this moment: next time
            erased += await store.write(work)
    chats = await store.read(partial(farewells.told, now=now))
    for chat in chats:
        with suppress(Conflict):
            await store.write(partial(_let_go, chat=chat))
    if erased or chats:
        await store.checkpoint()
    return erased


def _erase(connection: Connection, *, desk: Desk, request: Request, pepper: bytes, now: datetime) -> bool:
    known = requests.open_one(connection, request.client, kind=requests.FORGET)
    if known is None or known.id != request.id:  # undone since we looked, or done by somebody else
        return False
    client = people.client(connection, request.client)
    chat = people.chats_of_clients(connection, [client.id]).get(client.id)
    told = None if chat is None else _farewell(connection, client.id, chat)
    away = [] if chat is None else _open_questions(connection, client.id, chat)
    rounds.close_open(connection, [client.id], Outcome.NOT_ELIGIBLE)
    # Staff get cards for active clients alone: who was closed stays as unknown to them as before.
    branch = client.branch if client.status == "active" else ""
    forget_code(connection, client.code, pepper=pepper, at=now, branch=branch)
    cell = desk.institution.minimum_cell
    openings = () if chat is None else _openings(connection, desk, client.id, chat)
    chats = farewells.erase(connection, client.id, code=client.code, minimum_cell=cell, openings=openings)
    audits.write_down(connection, at=now, actor="system", event="client_forgotten", client=client.subject)
    for other in chats:
        if chat is None or other != chat.id:
            farewells.let_go(connection, other)
    if chat is not None and told is not None:
        outbox.put(connection, chat.id, away, kind="reply", at=now)
        key = farewells.told_by(client.subject)
        until = now + PATIENCE
        outbox.put(connection, chat.id, [Outbound(told)], kind="reply", at=now, expires_at=until, dedupe=key)
    return True


def _farewell(connection: Connection, client_id: int, chat: Chat) -> str:
    say = voice(chat.language).say
    words = say("Everything that we held about you here is erased. Your loans and savings stay the same.")
    return addressed(connection, client_id, words, language=chat.language)


def _openings(connection: Connection, desk: Desk, client_id: int, chat: Chat) -> tuple[str, ...]:
    """How words to them alone begin in a shared chat; unknown where both have one first name."""
    held_by = people.chat(connection, chat.id).clients
    names = [people.first_name(connection, held) for held in held_by]
    mine = people.first_name(connection, client_id)
    if len(names) < 2 or names.count(mine) > 1:
        return ()
    beginnings = (
        (before(mine, "", each), voice(each).say("For %(name)s:", name=mine)) for each in desk.languages
    )
    return tuple(chain.from_iterable(beginnings))


def _open_questions(connection: Connection, client_id: int, chat: Chat) -> list[Outbound]:
    """What takes an open question of theirs out of the chat: nobody could answer it any more."""
    return [
        Outbound("…", edits=f"s{opened.id}.{opened.session.turn}", gone=True)
        for opened in sessions.unfinished(connection, chat.id)
        if opened.client == client_id
    ]


def _let_go(connection: Connection, *, chat: int) -> None:
    farewells.let_go(connection, chat)
