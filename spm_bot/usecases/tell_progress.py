"""`/progress`: how far one's own requests have come, in the words of the wall; SPM managers see all of them,
unless they hold a role of a branch as well.

Everything here stands as it was at the start of yesterday, but for what whoever asks did themselves.
"""

from __future__ import annotations

from datetime import datetime

from spm_bot.fieldwork.round_states import RoundState
from spm_bot.fieldwork.wall import LEAST, Glimpse, Sight, glimpse, in_steps, seen_until
from spm_bot.storage import round_totals, rounds
from spm_bot.storage.rounds import Round
from spm_bot.texts import Voice
from spm_bot.usecases.name_request import day_of, named
from spm_bot.usecases.near_audiences import REMEMBERED
from spm_bot.usecases.undo import is_unsent, under_way
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import MAY_ASK, MAY_JUDGE, colleague, is_behind_wall, refuse

MOST = 5
"""Requests told of at once, the newest."""
_SENDING = (RoundState.OPEN, RoundState.PAUSED, RoundState.STOPPED, RoundState.CLOSED)


def tell_progress(visit: Visit) -> None:
    """A few lines for each request."""
    say = visit.voice.say
    who = colleague(visit, MAY_ASK)
    if who is None:
        refuse(visit)
        return
    everybodys = bool(who.roles & MAY_JUDGE) and not is_behind_wall(visit)
    since = visit.now - REMEMBERED
    found = [
        round_
        for round_ in rounds.rounds_in(visit.connection, *RoundState)
        if round_.origin == "adhoc"
        and round_.opened_at >= since
        and (everybodys or round_.requested_by == who.subject)
    ]
    if not found:
        visit.say(say("There is no request of the last 13 weeks. To begin one: /ask"))
        return
    visit.say("\n\n".join(_told(visit, round_, who.subject) for round_ in found[: -MOST - 1 : -1]))


def _told(visit: Visit, round_: Round, subject: str) -> str:
    speaker = visit.voice
    until = seen_until(visit.now, zone=visit.desk.institution.time_zone)
    head = f"{day_of(visit.desk, round_.opened_at, speaker)} · {named(visit.desk, round_, speaker)}"
    lines = [head, _state(round_, speaker, now=visit.now, until=until)]
    if under_way(visit.connection, subject) == round_ and is_unsent(round_, now=visit.now):
        lines.append(speaker.say("/undo takes it back."))
    if round_.state in _SENDING and visit.now >= (round_.starts_at or round_.opened_at):
        asked, answered = round_totals.progress(visit.connection, round_.id, until=until)
        if asked >= LEAST:
            lines.append(speaker.say("Asked so far: about %(count)s.", count=in_steps(asked)))
        lines.append(_answered(glimpse(answered, of=asked), speaker))
    return "\n".join(lines)


def _answered(seen: Glimpse, speaker: Voice) -> str:
    say = speaker.say
    match seen.sight:
        case Sight.TOO_SMALL:
            return say("Too few were asked by the day before yesterday to say more.")
        case Sight.FEW:
            return say("Answered by the day before yesterday: fewer than 10.")
        case _:
            return say("Answered by the day before yesterday: at least %(count)s.", count=seen.at_least)


def _state(round_: Round, speaker: Voice, *, now: datetime, until: datetime) -> str:
    say = speaker.say
    ended = round_.closes_at is not None and round_.closes_at < until
    match round_.state:
        case RoundState.WAITING:
            return say("Waits for the yes of an SPM manager.")
        case RoundState.REFUSED:
            return say("Refused. Nothing was sent.")
        case RoundState.UNDONE:
            return say("Undone. Nothing was sent.")
        case RoundState.STOPPED:
            return say("Stopped.")
        case RoundState.PAUSED:
            return say("Paused.")
        case RoundState.CLOSED if ended:
            return say("Ended. Results go to managers.")
        case _ if round_.starts_at is not None and now < round_.starts_at:
            return say("Goes out soon.")
        case _:
            return say("Going out.")
