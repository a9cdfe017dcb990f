"""What follows from a step of the engine: outside values, a finished form's work, a response."""

from __future__ import annotations

from dataclasses import replace

from spm_bot.storage import people, rounds, sessions
from spm_bot.storage.sessions import Opened
from spm_bot.surveys import engine
from spm_bot.surveys.model import Survey
from spm_bot.surveys.session import Finished, Needs, Paused, Step, Submitted
from spm_bot.usecases.eligibility import signed_languages
from spm_bot.usecases.forms import NEEDED, SUBMITTED, WAITS
from spm_bot.usecases.postpone import ask_when
from spm_bot.usecases.promise import tell_client
from spm_bot.usecases.respond import respond
from spm_bot.usecases.talk import as_agreed, survey_of, take_step
from spm_bot.usecases.visit import Visit


def follow(visit: Visit, opened: Opened, survey: Survey, step: Step) -> str | None:
    """Stores a step and does what follows from it: outside values, a finished form, a response."""
    saved, words = take_step(visit, opened, survey, step)
    for event in step.events:
        match event:
            case Needs(name=name, answers=answers):
                values = NEEDED[survey.code, name](visit, saved, answers)
                return follow(visit, saved, survey, engine.supply(survey, saved.session, values))
            case Submitted(form=form, answers=answers):
                SUBMITTED[form](visit, saved, answers)
                go_on(visit, but=int(saved.session.values["invitation"]) if form in WAITS else 0)
            case Paused():
                _pause(visit, saved)
            case Finished():
                respond(visit.connection, visit.desk, saved, survey, now=visit.now)
                tell_client(visit, saved)
                go_on(visit)
    return words


def _pause(visit: Visit, opened: Opened) -> None:
    """Now is not a good moment: the survey waits, and the client says when to ask again."""
    invitation = None if opened.invitation is None else rounds.invitation(visit.connection, opened.invitation)
    if invitation is None or not ask_when(visit, invitation):
        visit.say(visit.voice.say("All right. Tap “Yes” when you can answer. I will wait."))


def show_again(visit: Visit, opened: Opened) -> None:
    """Asks the open question afresh, in the chat's language."""
    survey = survey_of(visit, opened)
    session = as_agreed(visit, opened)
    translated = replace(session, language=_spoken(visit, opened, survey))
    follow(visit, opened, survey, engine.come_back(survey, translated))


def go_on(visit: Visit, *, but: int = 0) -> None:
    """The survey that waited in this chat goes on, unless what just ended has opened something new; `but`
    is an invitation whose survey was put off.
    """
    if sessions.active(visit.connection, visit.chat.id) is not None:
        return
    waiting = sessions.suspended(visit.connection, visit.chat.id)
    if waiting is not None and (waiting.invitation or -1) != but:
        show_again(replace(visit, chat=people.chat(visit.connection, visit.chat.id)), waiting)


def _spoken(visit: Visit, opened: Opened, survey: Survey) -> str:
    """The chat's language if the survey may be asked in it, else the one it was asked in so far."""
    wanted = visit.chat.language
    if opened.invitation is not None and wanted not in signed_languages(visit.connection, survey):
        return opened.session.language
    return wanted if wanted in survey.languages else opened.session.language
