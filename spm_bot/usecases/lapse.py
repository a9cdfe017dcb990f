"""What time ends: surveys that lay open for too long, invitations nobody reacted to, old traces."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from spm_bot.fieldwork.outcomes import of_silence
from spm_bot.storage import endings, job_runs, outbox, people, receipts, rounds, sessions
from spm_bot.storage.sessions import ACTIVE, ENDED, EXPIRED, Opened
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.surveys import engine
from spm_bot.surveys.present import present
from spm_bot.usecases.respond import respond
from spm_bot.usecases.talk import exact_survey, scene_of
from spm_bot.usecases.visit import Desk

CHUNK = 200
RACES = 5
TRACES_LAST = timedelta(days=7)


async def lapse(now: datetime, *, store: Store, desk: Desk) -> int:
    """Ends everything whose time is over at `now`; says how many sessions and invitations."""
    total, races = 0, 0
    while True:
        try:
            ended = await store.write(partial(_lapse_chunk, desk=desk, now=now))
        except Conflict:
            # Somebody answered at this very moment; what they touched is no longer overdue.
            races += 1
            if races == RACES:
                raise
            continue
        if not ended:
            return total
        total += ended


async def tidy(now: datetime, *, store: Store) -> None:
    """Drops receipts, bodies of sent messages and done job slots after a week."""
    await store.write(partial(_tidy, before=now - TRACES_LAST))


def _tidy(connection: Connection, *, before: datetime) -> None:
    receipts.forget_before(connection, before)
    outbox.wipe_before(connection, before)
    job_runs.forget_before(connection, before)


def _lapse_chunk(connection: Connection, *, desk: Desk, now: datetime) -> int:
    late = sessions.overdue(connection, now=now, limit=CHUNK)
    for opened in late:
        _expire(connection, desk, opened, now=now)
    unanswered = endings.overdue(connection, now=now, limit=CHUNK)
    chats = people.chats_of_clients(connection, [each.client or 0 for each in unanswered])
    for invitation in unanswered:
        chat = chats.get(invitation.client or 0)
        outcome = of_silence(
            delivered=invitation.delivered_at is not None, reachable=chat is not None and chat.reachable
        )
        rounds.set_outcome(connection, invitation.id, outcome)
    return len(late) + len(unanswered)


def _expire(connection: Connection, desk: Desk, opened: Opened, *, now: datetime) -> None:
    """A survey keeps its place for a late answer; a form is simply over."""
    survey = exact_survey(connection, desk.library, opened)
    step = engine.expire(opened.session)
    status = ENDED if opened.form else EXPIRED
    saved = sessions.save(connection, opened, step.session, status=status, at=now)
    if opened.status == ACTIVE:
        messages = present(scene_of(saved, survey), step.events)
        outbox.put(connection, opened.address, messages, kind="edit", at=now)
    if not opened.form:
        respond(connection, desk, saved, survey, now=now)
