"""Not now: the client says when to ask again, and is reminded then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from spm_bot.storage import people, reminders, rounds, sessions
from spm_bot.storage.rounds import Invitation
from spm_bot.surveys.model import Choice, Words
from spm_bot.times import at_wall, on_wall
from spm_bot.usecases.find_hour import allowed_from, sendable_from
from spm_bot.usecases.remind import deadline, write_reminder
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit

FORM = "when"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TONIGHT = time(18)
MOST = 3
"""Reminders of one invitation, those the client asked for among them."""


def ask_when(visit: Visit, invitation: Invitation) -> bool:
    """Offers the moments that are left; False when there is none."""
    moments = dict(_moments(visit, invitation))
    if not moments:
        return False
    say = visit.voice.say
    names = {"hour": say("In one hour"), "tonight": say("Tonight"), "tomorrow": say("Tomorrow")}
    language = visit.chat.language
    choices = tuple(Choice(code, Words({language: names[code]}, language)) for code in moments)
    begin(
        visit,
        visit.desk.library.survey(FORM),
        client=invitation.client,
        values={"invitation": invitation.id},
        choices={"moments": choices},
    )
    return True


def put_off(visit: Visit, invitation_id: int, moment: str) -> None:
    """Has the client reminded at the moment they chose, or the next one that is left."""
    say = visit.voice.say
    invitation = rounds.invitation(visit.connection, invitation_id)
    moments = {} if invitation is None else dict(_moments(visit, invitation))
    if invitation is None or invitation.client is None or not moments:
        visit.say(say("All right."))
        return
    at = moments.get(moment) or min(moments.values())
    client = people.client(visit.connection, invitation.client)
    begun = sessions.of_invitation(visit.connection, invitation.id)
    write_reminder(visit.connection, visit.desk, invitation, client, begun, at=at)
    visit.say(say("All right. We write then."))


def _moments(visit: Visit, invitation: Invitation) -> Iterator[tuple[str, datetime]]:
    """In an hour and tonight where the hours allow it, tomorrow at the first hour that suits."""
    if invitation.client is None or reminders.written(visit.connection, invitation.id) >= MOST:
        return
    client = people.client(visit.connection, invitation.client)
    last = deadline(invitation, sessions.of_invitation(visit.connection, invitation.id))
    zone = visit.desk.institution.zone_of(client.branch)
    tonight = at_wall(on_wall(visit.now, zone=zone).date(), TONIGHT, zone=zone)
    for code, at in (("hour", visit.now + HOUR), ("tonight", tonight)):
        allowed = sendable_from(visit.desk, client.branch, at, hour=client.hour)
        if visit.now + HOUR <= at == allowed < last:
            yield code, at
    tomorrow = allowed_from(visit.desk, client.branch, visit.now + DAY, hour=client.hour)
    if tomorrow < last:
        yield "tomorrow", tomorrow
