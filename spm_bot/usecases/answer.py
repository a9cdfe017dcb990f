"""One reply to an open question, from the session's row to the next question in the outbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from spm_bot.messages import Edited, Tap, Text, Token
from spm_bot.storage import people, sessions
from spm_bot.storage.sessions import EXPIRED, Opened
from spm_bot.surveys import engine
from spm_bot.surveys.model import Survey
from spm_bot.surveys.session import Finished, Needs, Step, Stopped, Submitted
from spm_bot.usecases.forms import NEEDED, SUBMITTED
from spm_bot.usecases.respond import respond
from spm_bot.usecases.talk import resume, show_again, survey_of, take_step
from spm_bot.usecases.visit import Visit

LATE = timedelta(days=28)
"""How long after a survey expired an answer to its open question is still kept, marked late."""


def tap(visit: Visit, token: Token) -> str | None:
    """A button of a session was pressed; returns the words shown over the chat."""
    active = sessions.active(visit.connection, visit.chat.id)
    if active is None or active.id != token.id:
        return _tap_elsewhere(visit, token)
    return _reply(visit, active, Tap(token))


def say(visit: Visit, body: Text) -> bool:
    """Typed words for whatever is open in this chat; False when nothing is."""
    active = sessions.active(visit.connection, visit.chat.id)
    if active is not None:
        _reply(visit, active, body)
        return True
    expired = sessions.latest_expired(visit.connection, visit.chat.id, since=visit.now - LATE)
    if expired is None:
        return False
    visit.say(visit.voice.say("Welcome back. Here is the question you stopped at."))
    show_again(visit, _reopened(visit, expired))
    return True


def edit(visit: Visit, body: Edited) -> None:
    """A typed answer was changed by editing its message."""
    active = sessions.active(visit.connection, visit.chat.id)
    if active is not None:
        survey = survey_of(visit, active)
        step = engine.correct(survey, active.session, body.message, body.text, at=visit.now)
        _follow(visit, active, survey, step)


def step_back(visit: Visit) -> bool:
    """The word "back"; False when nothing is open."""
    active = sessions.active(visit.connection, visit.chat.id)
    if active is None or active.session.current is None:
        return False
    survey = survey_of(visit, active)
    _follow(visit, active, survey, engine.back(survey, active.session))
    return True


def skip(visit: Visit) -> bool:
    """The word "skip"; False when nothing is open."""
    active = sessions.active(visit.connection, visit.chat.id)
    if active is None or active.session.current is None:
        return False
    survey = survey_of(visit, active)
    _follow(visit, active, survey, engine.skip(survey, active.session, at=visit.now))
    return True


def stop(visit: Visit) -> None:
    """Ends whatever is open in this chat, surveys that wait included."""
    for opened in (
        sessions.active(visit.connection, visit.chat.id),
        sessions.suspended(visit.connection, visit.chat.id),
    ):
        if opened is not None:
            survey = survey_of(visit, opened)
            saved, _ = take_step(visit, opened, survey, engine.stop(opened.session))
            if not opened.form:
                respond(visit.connection, visit.desk, saved, survey, now=visit.now)


def _reply(visit: Visit, opened: Opened, body: Text | Tap) -> str | None:
    survey = survey_of(visit, opened)
    step = engine.reply(survey, opened.session, body, at=visit.now)
    return _follow(visit, opened, survey, step)


def _follow(visit: Visit, opened: Opened, survey: Survey, step: Step) -> str | None:
    """Stores a step and does what follows from it: outside values, a finished form, a response."""
    saved, words = take_step(visit, opened, survey, step)
    for event in step.events:
        match event:
            case Needs(name=name, answers=answers):
                values = NEEDED[survey.code, name](visit, answers)
                return _follow(visit, saved, survey, engine.supply(survey, saved.session, values))
            case Submitted(form=form, answers=answers):
                SUBMITTED[form](visit, saved, answers)
                _go_on(visit)
            case Finished():
                respond(visit.connection, visit.desk, saved, survey, now=visit.now)
                _go_on(visit)
            case Stopped() if not opened.form:
                respond(visit.connection, visit.desk, saved, survey, now=visit.now)
    return words


def _go_on(visit: Visit) -> None:
    """What waited in this chat goes on, unless what just ended has opened something new."""
    if sessions.active(visit.connection, visit.chat.id) is None:
        resume(replace(visit, chat=people.chat(visit.connection, visit.chat.id)))


def _tap_elsewhere(visit: Visit, token: Token) -> str | None:
    """A button of a session that is not the active one: late, waiting, or long over."""
    opened = sessions.get(visit.connection, token.id)
    mine = opened is not None and opened.address == visit.chat.id
    if opened is None or not mine or not _may_reopen(visit, opened) or token.turn != opened.session.turn:
        return visit.voice.say("That question is already answered.")
    return _reply(visit, _reopened(visit, opened), Tap(token))


def _may_reopen(visit: Visit, opened: Opened) -> bool:
    quiet = sessions.active(visit.connection, visit.chat.id) is None
    return quiet and opened.status == EXPIRED and not opened.form and visit.now < opened.expires_at + LATE


def _reopened(visit: Visit, opened: Opened) -> Opened:
    """An expired survey, going on late; it gets as much time again."""
    lasts = opened.expires_at - opened.started_at
    return replace(opened, session=engine.reopen(opened.session), expires_at=visit.now + lasts)
