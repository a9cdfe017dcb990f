"""Reminding: once, a day or two after an invitation or a broken-off survey fell silent; and when the
client asked for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from spm_bot.fieldwork.audience import why_not_at_all
from spm_bot.fieldwork.contact_rules import messages_spent
from spm_bot.messages import Outbound
from spm_bot.storage import histories, outbox, people, reminders, rounds, sessions
from spm_bot.storage.people import Client
from spm_bot.storage.reminders import Silence
from spm_bot.storage.rounds import Invitation
from spm_bot.storage.sessions import Opened
from spm_bot.storage.store import Connection, Store
from spm_bot.surveys.plan import place
from spm_bot.texts import voice
from spm_bot.usecases.eligibility import candidates, signed_languages
from spm_bot.usecases.find_hour import allowed_from
from spm_bot.usecases.invite import invitation_message, reply_row
from spm_bot.usecases.recheck import HELD, OVER
from spm_bot.usecases.talk import exact_survey, hidden
from spm_bot.usecases.visit import Desk

EARLIEST = timedelta(hours=24)
LATEST = timedelta(hours=48)
CHUNK = 200


async def remind(now: datetime, *, store: Store, desk: Desk) -> int:
    """Writes the one reminder of everything that has been silent for a day; says how many."""
    written, last = 0, 0
    while True:
        chunk = await store.write(partial(_remind_chunk, desk=desk, after=last, now=now))
        if not chunk:
            return written
        written, last = written + sum(chunk.values()), max(chunk)


def _remind_chunk(connection: Connection, *, desk: Desk, after: int, now: datetime) -> dict[int, bool]:
    """The next silent invitations, each with whether it was reminded."""
    silent = reminders.unreminded(
        connection, earlier=now - LATEST, later=now - EARLIEST, after=after, limit=CHUNK
    )
    return {each.invitation: _remind_of(connection, desk, each, now=now) for each in silent}


def _remind_of(connection: Connection, desk: Desk, silence: Silence, *, now: datetime) -> bool:
    invitation = rounds.invitation(connection, silence.invitation)
    if invitation is None or invitation.client is None:
        return False
    state = histories.states_of_rounds(connection, [invitation.id])[invitation.id]
    if state in HELD | OVER:
        return False
    client = people.client(connection, invitation.client)
    begun = None if silence.session is None else sessions.get(connection, silence.session)
    [candidate] = candidates(connection, [client], now=now)
    at = allowed_from(desk, client.branch, now, hour=client.hour, dues=candidate.dues)
    if (
        at >= min(silence.since + LATEST, deadline(invitation, begun))
        or not candidate.reachable
        or why_not_at_all(candidate, survey=invitation.survey, now=now) is not None
        or messages_spent(candidate.history, rules=desk.rules, now=now) is not None
    ):
        return False
    if begun is not None:
        # Somebody else may hold the phone by now.
        away = hidden(begun, exact_survey(connection, desk.library, begun))
        outbox.put(connection, begun.address, away, kind="edit", at=now)
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
    kind: str = reminders.KIND,
) -> bool:
    """Queues one reminder for `at`; False when the client has no chat, or the survey is not signed in
    the language of it.
    """
    chat = people.chats_of_clients(connection, [client.id]).get(client.id)
    if chat is None:
        return False
    turn = reminders.written(connection, invitation.id) + 1
    if begun is None:
        survey = desk.library.survey(invitation.survey)
        if chat.language not in signed_languages(connection, survey):
            return False
        message = invitation_message(
            connection, desk, survey, client, invitation.id, language=chat.language, now=at, turn=turn
        )
    else:
        message = _go_on(connection, desk, client, begun, language=chat.language, turn=turn)
    outbox.put(
        connection,
        chat.id,
        [message],
        kind=kind,
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
