"""One reply to an open question, from the session's row to the next question in the outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from spm_bot.messages import Edited, Other, Outbound, Tap, Text, Token
from spm_bot.storage import sessions
from spm_bot.storage.sessions import EXPIRED, SUSPENDED, Opened
from spm_bot.surveys import engine
from spm_bot.surveys.model import Survey
from spm_bot.surveys.plan import place
from spm_bot.surveys.session import Session, Step
from spm_bot.usecases.follow import follow, show_again
from spm_bot.usecases.talk import agrees, as_agreed, make_way, survey_of
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
        _leave_no_trace(visit, active, body.message)
        _reply(visit, active, body)
        return True
    left = _left_open(visit)
    if left is None or not agrees(visit, left):
        return False
    visit.say(_welcome(visit, left))
    show_again(visit, left)
    return True


def _welcome(visit: Visit, left: Opened) -> str:
    survey = survey_of(visit, left)
    number, total = place(survey, left.session, survey.question(left.session.current or ""))
    say = visit.voice.say
    return say("Welcome back. We go on with question %(number)s of %(total)s.", number=number, total=total)


def hear(visit: Visit, body: Other) -> bool:
    """A voice note, photo or sticker for the open question; False when nothing is open."""
    active = sessions.active(visit.connection, visit.chat.id)
    if active is None:
        return False
    _leave_no_trace(visit, active, body.message)
    _reply(visit, active, body)
    return True


def _leave_no_trace(visit: Visit, opened: Opened, message: str) -> None:
    """What was typed to a private question goes from the chat first of all, understood or not."""
    name = opened.session.current
    if message and name is not None and survey_of(visit, opened).question(name).traceless:
        visit.say(Outbound("", erases=message))


def edit(visit: Visit, body: Edited) -> None:
    """A typed answer was changed by editing its message."""
    active = sessions.active(visit.connection, visit.chat.id)
    if active is None:
        visit.say(visit.voice.say("That question is over: your edit changed nothing."))
        return
    survey = survey_of(visit, active)
    step = engine.correct(survey, active.session, body.message, body.text, at=visit.now)
    if not step.events:
        visit.say(visit.voice.say("Your edit changed nothing. To change an answer, write BACK."))
    follow(visit, active, survey, step)


def step_back(visit: Visit) -> bool:
    """The word "back"; False when nothing is open."""
    return _move(visit, engine.back)


def skip(visit: Visit) -> bool:
    """The word "skip"; False when nothing is open."""
    return _move(visit, partial(engine.skip, at=visit.now))


def _move(visit: Visit, move: Callable[[Survey, Session], Step]) -> bool:
    active = sessions.active(visit.connection, visit.chat.id)
    if active is None or active.session.current is None:
        return False
    survey = survey_of(visit, active)
    follow(visit, active, survey, move(survey, active.session))
    return True


def _reply(visit: Visit, opened: Opened, body: Text | Tap | Other) -> str | None:
    if not opened.form and visit.now >= opened.expires_at:
        opened = _reopened(visit, opened)  # its time was over, though nobody had come to say so
    survey = survey_of(visit, opened)
    step = engine.reply(survey, opened.session, body, at=visit.now)
    return follow(visit, opened, survey, step)


def _left_open(visit: Visit) -> Opened | None:
    """A survey that still waits behind a form long over, else the one that expired last."""
    waiting = sessions.suspended(visit.connection, visit.chat.id)
    if waiting is not None:
        return waiting
    expired = sessions.latest_expired(visit.connection, visit.chat.id, since=visit.now - LATE)
    return None if expired is None else _reopened(visit, expired)


def _tap_elsewhere(visit: Visit, token: Token) -> str | None:
    """A button of a session that is not the active one: late, waiting, or long over."""
    opened = sessions.get(visit.connection, token.id)
    mine = opened is not None and opened.address == visit.chat.id
    if opened is not None and mine and token.turn == opened.session.turn and agrees(visit, opened):
        if opened.status == SUSPENDED:
            make_way(visit, opened)
            agreed = replace(opened, session=as_agreed(visit, opened))
            return _reply(visit, agreed, Tap(token))
        if _may_reopen(visit, opened):
            return _reply(visit, _reopened(visit, opened), Tap(token))
    return visit.voice.say("That question is already answered.")


def _may_reopen(visit: Visit, opened: Opened) -> bool:
    quiet = sessions.active(visit.connection, visit.chat.id) is None
    return quiet and opened.status == EXPIRED and visit.now < opened.expires_at + LATE


def _reopened(visit: Visit, opened: Opened) -> Opened:
    """An expired survey, going on late; it gets as much time again."""
    lasts = opened.expires_at - opened.started_at
    session = engine.reopen(as_agreed(visit, opened))
    return replace(opened, session=session, expires_at=visit.now + lasts)
