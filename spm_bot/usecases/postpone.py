"""Not now: the client says when to ask again, and is reminded then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from babel.core import Locale

from spm_bot.messages import Outbound
from spm_bot.storage import instalments, people, reminders, rounds, sessions
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
    language = visit.chat.language
    choices = tuple(
        Choice(code, Words({language: _named(visit, invitation, code, at)}, language))
        for code, at in moments.items()
    )
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
    if invitation is None or invitation.client is None or invitation.outcome is not None or not moments:
        visit.say(say("All right."))
        return
    at = moments.get(moment) or min(moments.values())
    client = people.client(visit.connection, invitation.client)
    begun = sessions.of_invitation(visit.connection, invitation.id)
    shown = reminders.written(visit.connection, invitation.id)
    reminders.call_off(visit.connection, invitation.id)
    kept = write_reminder(
        visit.connection, visit.desk, invitation, client, begun, at=at, kind=reminders.WISHED
    )
    if not kept:
        visit.say(say("All right."))
        return
    put_away(visit, invitation.id, shown)
    visit.say(say("All right. We write then."))


def put_away(visit: Visit, invitation_id: int, turn: int) -> None:
    """An invitation leaves the chat, and so do its reminders up to the one of `turn`."""
    refs = (f"i{invitation_id}.{each}" for each in range(turn + 1))
    visit.say(*(Outbound("✓", edits=ref, gone=True) for ref in refs))


def _named(visit: Visit, invitation: Invitation, code: str, at: datetime) -> str:
    """A moment as the client reads it; where tomorrow is a day of rest, the day that follows by its name."""
    say = visit.voice.say
    if code != "tomorrow":
        return say("In one hour") if code == "hour" else say("Tonight")
    client = people.client(visit.connection, invitation.client or 0)
    zone = visit.desk.institution.zone_of(client.branch)
    day = on_wall(at, zone=zone).date()
    if day - on_wall(visit.now, zone=zone).date() == DAY:
        return say("Tomorrow")
    name: str = Locale.parse(visit.chat.language).days["stand-alone"]["wide"][day.weekday()]
    return name.capitalize()


def _moments(visit: Visit, invitation: Invitation) -> Iterator[tuple[str, datetime]]:
    """In an hour and tonight where the hours allow it, and tomorrow: at this time of day if that suits,
    else at the first hour that does.
    """
    if invitation.client is None or reminders.written(visit.connection, invitation.id) >= MOST:
        return
    client = people.client(visit.connection, invitation.client)
    last = deadline(invitation, sessions.of_invitation(visit.connection, invitation.id))
    dues = instalments.of_clients(visit.connection, [client.id]).get(client.id, ())
    zone = visit.desk.institution.zone_of(client.branch)
    today = on_wall(visit.now, zone=zone).date()
    hour, tonight = visit.now + HOUR, at_wall(today, TONIGHT, zone=zone)
    for code, at in (("hour", hour), *([("tonight", tonight)] if hour < tonight else [])):
        if at == sendable_from(visit.desk, client.branch, at, hour=client.hour, dues=dues) < last:
            yield code, at
    midnight = at_wall(today + DAY, time(0), zone=zone)
    first = allowed_from(visit.desk, client.branch, midnight, hour=client.hour, dues=dues)
    same = allowed_from(visit.desk, client.branch, visit.now + DAY, hour=client.hour, dues=dues)
    suits = same < last and on_wall(same, zone=zone).date() == on_wall(first, zone=zone).date()
    if first < last:
        yield "tomorrow", same if suits else first
