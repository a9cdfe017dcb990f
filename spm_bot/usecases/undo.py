"""A request for a survey is taken back by whoever made it, as long as nothing of it has been sent."""

from __future__ import annotations

from datetime import datetime

from spm_bot.fieldwork.round_states import RoundState
from spm_bot.messages import Action, Button, Outbound, Subject, Token
from spm_bot.storage import audits, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import MAY_ASK, colleague, refuse

WORD = "undo"


def offer_undo(visit: Visit, round_: Round) -> None:
    """Says that the request is kept, with a button to take it back."""
    say = visit.voice.say
    if round_.state == RoundState.WAITING:
        told = say("It waits for the yes of an SPM manager. You will hear from me.")
    else:
        told = say(
            "It goes out over the next days, the first in %(minutes)s minutes. Until then you can undo it."
            " Results go to management as totals.",
            minutes=visit.desk.institution.asking.undo_minutes,
        )
    button = Button(say("Undo"), Token(Subject.COMMAND, round_.id, 0, Action.NO, WORD))
    visit.say(Outbound(told, ((button,),)))


def undo(visit: Visit, *, round_id: int | None = None) -> None:
    """Takes back one's own request, the last one unless a button names it."""
    say = visit.voice.say
    who = colleague(visit, MAY_ASK)
    if who is None:
        refuse(visit)
        return
    round_ = under_way(visit.connection, who.subject)
    if round_ is None or (round_id is not None and round_.id != round_id):
        visit.say(say("There is nothing to undo."))
    elif not is_unsent(round_, now=visit.now) or not rounds.set_state(
        visit.connection, round_.id, RoundState.UNDONE, closes_at=visit.now
    ):
        visit.say(say("It is too late to undo this: it goes out already."))
    else:
        line = {"event": "round_undone", "round": round_.code, "survey": round_.survey}
        audits.write_down(visit.connection, at=visit.now, actor=who.subject, **line)
        visit.say(say("Undone. Nothing was sent."))


def under_way(connection: Connection, subject: str) -> Round | None:
    """The request of this member of staff that has not ended."""
    going = rounds.rounds_in(connection, RoundState.WAITING, RoundState.OPEN, RoundState.PAUSED)
    mine = (each for each in going if each.origin == "adhoc" and each.requested_by == subject)
    return next(mine, None)


def is_unsent(round_: Round, *, now: datetime) -> bool:
    """Whether nothing of a request can have left yet."""
    waits = round_.state == RoundState.WAITING
    return waits or (round_.starts_at is not None and now < round_.starts_at)
