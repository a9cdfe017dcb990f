"""Reminding: once, a day or two after an invitation or a broken-off survey fell silent; and when the
client asked for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from spm_bot.fieldwork.contact_rules import messages_spent
from spm_bot.messages import Outbound
from spm_bot.storage import outbox, people, reminders, rounds, sessions
from spm_bot.storage.people import Client
from spm_bot.storage.reminders import Silence
from spm_bot.storage.rounds import Invitation
from spm_bot.storage.sessions import Opened
from spm_bot.storage.store import Connection, Store
from spm_bot.surveys.plan import place
from spm_bot.texts import voice
from spm_bot.usecases.eligibility import candidates
from spm_bot.usecases.find_hour import allowed_from
from spm_bot.usecases.invite import invitation_message, reply_row
from spm_bot.usecases.talk import exact_survey
from spm_bot.usecases.visit import Desk

EARLIEST = timedelta(hours=24)
LATEST = timedelta(hours=48)
CHUNK = 200


async def remind(now: datetime, *, store: Store, desk: Desk) -> int:
    """Writes the one reminder of everything that has been silent for a day; says how many."""
    return await store.write(partial(_remind_chunk, desk=desk, now=now))


def _remind_chunk(connection: Connection, *, desk: Desk, now: datetime) -> int:
    silent = reminders.unreminded(connection, earlier=now - LATEST, later=now - EARLIEST, limit=CHUNK)
    return sum(_remind_of(connection, desk, silence, now=now) for silence in silent)


def _remind_of(connection: Connection, desk: Desk, silence: Silence, *, now: datetime) -> bool:
    invitation = rounds.invitation(connection, silence.invitation)
    if invitation is None or invitation.client is None:
        return False
    client = people.client(connection, invitation.client)
    begun = None if silence.session is None else sessions.get(connection, silence.session)
    history = candidates(connection, [client], now=now)[0].history
    at = allowed_from(desk, client.branch, now, hour=client.hour)
    too_late = at >= min(silence.since + LATEST, deadline(invitation, begun))
    if too_late or messages_spent(history, rules=desk.rules, now=now) is not None:
        return False
    return write_reminder(connection, desk, invitation, client, begun, at=at)


def deadline(invitation: Invitation, begun: Opened | None) -> datetime:
    """Until when the survey can be answered in time."""
    return invitation.expires_at if begun is None else begun.expires_at


def write_reminder(
    connection: Connection,
    desk: Desk,
    invitation: Invitation,
    client: Client,
    begun: Opened | None,
    *,
    at: datetime,
) -> bool:
    """Queues one reminder for `at`; False when the client has no chat."""
    chat = people.chats_of_clients(connection, [client.id]).get(client.id)
    if chat is None:
        return False
    turn = reminders.written(connection, invitation.id) + 1
    if begun is None:
        survey = desk.library.survey(invitation.survey)
        message = invitation_message(
            connection, desk, survey, client, invitation.id, language=chat.language, now=at, turn=turn
        )
    else:
        message = _go_on(connection, desk, client, begun, language=chat.language, turn=turn)
    outbox.put(
        connection,
        chat.id,
        [message],
        kind=reminders.KIND,
        at=at,
        expires_at=deadline(invitation, begun),
        dedupe=f"reminder:{invitation.id}:{turn}",
        invitation=invitation.id,
    )
    reminders.set_reminded(connection, invitation.id, at=at)
    return True


def _go_on(
    connection: Connection, desk: Desk, client: Client, begun: Opened, *, language: str, turn: int
) -> Outbound:
    """Who writes and where the client stopped; not a word of what is asked."""
    speaker = voice(language)
    say = speaker.say
    survey = exact_survey(connection, desk.library, begun)
    number, total = place(survey, begun.session, survey.question(begun.session.current or ""))
    name = people.first_name(connection, client.id) if people.shares_chat(connection, client.id) else ""
    lines = [
        *([say("For %(name)s:", name=name)] if name else []),
        say("Hello from %(name)s. Is now a good time?", name=desk.institution.name),
        say("You can go on with question %(number)s of %(total)s.", number=number, total=total),
    ]
    invitation = begun.invitation or 0
    return Outbound("\n".join(lines), (reply_row(speaker, invitation, turn),), ref=f"i{invitation}.{turn}")
