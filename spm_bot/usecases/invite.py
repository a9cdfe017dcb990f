"""Writing invitations with their messages, and what an invitation says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from spm_bot.fieldwork.audience import Candidate
from spm_bot.fieldwork.quotas import Stratum
from spm_bot.messages import Action, Button, Outbound, Subject, Token
from spm_bot.storage import outbox, people, rounds
from spm_bot.storage.people import Client
from spm_bot.storage.rounds import NewInvitation, Round
from spm_bot.storage.store import Connection
from spm_bot.surveys import engine
from spm_bot.surveys.model import Survey
from spm_bot.surveys.plan import question_count
from spm_bot.texts import Voice, voice
from spm_bot.times import Week
from spm_bot.usecases.facts import client_facts
from spm_bot.usecases.find_hour import allowed_from
from spm_bot.usecases.visit import Desk


def write_invitations(
    connection: Connection,
    desk: Desk,
    round_: Round,
    survey: Survey,
    asked: Sequence[Candidate],
    *,
    when: dict[int, datetime],
    wave: int,
    window: timedelta,
    strata: Mapping[int, Stratum] = MappingProxyType({}),
) -> int:
    """Writes invitations and their messages, each for the first allowed hour from `when` on."""
    allowed = {
        each.client: allowed_from(desk, each.branch, when[each.client], hour=each.hour, dues=each.dues)
        for each in asked
    }
    zone = desk.institution.time_zone
    fresh = [
        NewInvitation(
            client=each.client,
            wave=wave,
            invited_at=allowed[each.client],
            expires_at=allowed[each.client] + window,
            in_arrears=each.in_arrears,
            has_loan=each.has_loan,
            branch=each.branch,
            week=str(Week.of(allowed[each.client], zone)),
            stratum=strata.get(each.client, ""),
        )
        for each in asked
    ]
    written = rounds.invite(connection, round_, fresh)
    by_client = {each.client: each for each in asked}
    for client, invitation in written.items():
        at = allowed[client]
        _queue(connection, desk, survey, by_client[client], invitation, at=at, expires_at=at + window)
    return len(written)


def _queue(
    connection: Connection,
    desk: Desk,
    survey: Survey,
    candidate: Candidate,
    invitation: int,
    *,
    at: datetime,
    expires_at: datetime,
) -> None:
    if candidate.address is None:
        return
    client = people.client(connection, candidate.client)
    message = invitation_message(
        connection, desk, survey, client, invitation, language=candidate.language, now=at
    )
    outbox.put(
        connection,
        candidate.address,
        [message],
        kind="invitation",
        at=at,
        expires_at=expires_at,
        dedupe=f"invitation:{invitation}",
        invitation=invitation,
    )


def invitation_message(
    connection: Connection,
    desk: Desk,
    survey: Survey,
    client: Client,
    invitation: int,
    *,
    language: str,
    now: datetime,
    turn: int = 0,
) -> Outbound:
    """Who asks, how many questions, how long, who sees it, no effect on any loan; nothing more."""
    speaker = voice(language)
    say = speaker.say
    facts = client_facts(connection, desk, client, language=language, now=now)
    trial = engine.begin(survey, language=language, at=now, values=facts).session
    count = question_count(survey, trial)
    name = people.first_name(connection, client.id) if people.shares_chat(connection, client.id) else ""
    parts = [
        *([say("For %(name)s:", name=name)] if name else []),
        (survey.intro or survey.title).in_(language),
        say(
            "%(name)s asks: %(questions)s, about %(minutes)s. Your answers go only to %(team)s and change"
            " nothing about any loan. Write STOP to end the surveys.",
            name=desk.institution.name,
            questions=speaker.count("%(n)s question", "%(n)s questions", count),
            minutes=speaker.count("%(n)s minute", "%(n)s minutes", survey.minutes),
            team=desk.institution.answers_seen_by.in_(language),
        ),
    ]
    row = reply_row(speaker, invitation, turn)
    return Outbound("\n".join(parts), (row,), ref=f"i{invitation}.{turn}")


def reply_row(speaker: Voice, invitation: int, turn: int) -> tuple[Button, ...]:
    """What can be said to an invitation, or to the reminder of it that is its message number `turn`."""
    say = speaker.say
    actions = ((say("Start"), Action.START), (say("Later"), Action.LATER), (say("No"), Action.NO))
    return tuple(
        Button(label, Token(Subject.INVITATION, invitation, turn, action)) for label, action in actions
    )
