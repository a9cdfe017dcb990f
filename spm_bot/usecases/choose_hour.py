"""`/time`: the hour of the day at which a client wants to be written to."""

from __future__ import annotations

from spm_bot.storage import people
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit

FORM = "time"


def ask_hour(visit: Visit, client_id: int) -> None:
    """Puts the question; "at any hour" takes an earlier wish back."""
    begin(visit, visit.desk.library.survey(FORM), client=client_id)


def keep_hour(visit: Visit, client_id: int, hour: int | None) -> None:
    """Keeps the hour; from now on we write in it only."""
    people.set_hour(visit.connection, client_id, hour)
    say = visit.voice.say
    if hour is None:
        visit.say(say("All right. We write at any hour of the day."))
    else:
        visit.say(say("All right. From now on we write at %(hour)s:00.", hour=hour))
