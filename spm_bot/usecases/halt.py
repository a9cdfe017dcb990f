"""Stopping: whatever is open in a chat ends, and what was answered so far is kept."""

from __future__ import annotations

from spm_bot.storage import sessions
from spm_bot.surveys import engine
from spm_bot.usecases.respond import respond
from spm_bot.usecases.talk import survey_of, take_step
from spm_bot.usecases.visit import Visit


def halt(visit: Visit, *, client: int | None = None) -> None:
    """Ends what is open in this chat and what waits there; with `client`, only what is theirs."""
    for opened in sessions.unfinished(visit.connection, visit.chat.id):
        if client in (None, opened.client):
            survey = survey_of(visit, opened)
            saved, _ = take_step(visit, opened, survey, engine.stop(opened.session))
            if not opened.form:
                respond(visit.connection, visit.desk, saved, survey, now=visit.now)
