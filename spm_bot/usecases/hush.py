"""QUIET and ✖ Close: nothing of a survey stays in sight, and the chat shows the branch's hours instead."""

from __future__ import annotations

from datetime import timedelta

from babel.core import Locale

from spm_bot.messages import Outbound
from spm_bot.storage import people, screens, sessions
from spm_bot.times import Hours, Weekday
from spm_bot.usecases.talk import make_room
from spm_bot.usecases.visit import Visit

IN_SIGHT = timedelta(hours=48)
"""How far back a chat is cleared, and how long a channel lets us take a message out of it."""


def hush(visit: Visit, *, typed: str = "") -> None:
    """Clears the chat, newest first; an open survey waits. `typed` is the message that asked for it."""
    since = visit.now - IN_SIGHT
    known = sessions.lately(visit.connection, visit.chat.id, since=since)
    make_room(visit)
    late = screens.call_back(visit.connection, visit.chat.id, now=visit.now)
    heard = [message for opened in known for message in opened.session.heard]
    first = min([since, *(opened.started_at for opened in known)])
    shown = screens.on_screen(visit.connection, visit.chat.id, since=first)
    visit.say(*(Outbound("", erases=message) for message in (typed, *reversed(heard)) if message))
    visit.say(*(Outbound("…", edits=ref, gone=True) for ref in late))
    visit.say(*(Outbound("…", erases=message, gone=True) for message in shown))
    visit.say(_opening_hours(visit))


def _opening_hours(visit: Visit) -> str:
    """When the client's branch is open: words that anybody may read."""
    institution = visit.desk.institution
    branch = ""
    if visit.chat.clients:
        branch = people.client(visit.connection, visit.chat.clients[0]).branch
    window = institution.working_window(branch)
    hours = institution.working_hours.hours
    return visit.voice.say(
        "%(name)s is open: %(days)s, %(hours)s.",
        name=institution.name,
        days=_days(sorted(window.hours), visit.chat.language),
        hours=_span(hours),
    )


def _days(days: list[Weekday], language: str) -> str:
    """`Monday – Saturday` for days in a row, else each by its name."""
    names = Locale.parse(language).days["format"]["wide"]
    in_a_row = len(days) > 2 and days[-1] - days[0] == len(days) - 1
    shown = [days[0], days[-1]] if in_a_row else days
    return (" – " if in_a_row else ", ").join(names[day] for day in shown)


def _span(hours: Hours) -> str:
    return f"{hours.opens:%H:%M} – {hours.closes:%H:%M}"
