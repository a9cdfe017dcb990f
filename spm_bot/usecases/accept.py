"""A reply to an invitation: start now, later, or no."""

from __future__ import annotations

from datetime import timedelta

from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.messages import Action, Token
from spm_bot.storage import rounds, sessions
from spm_bot.storage.rounds import Invitation
from spm_bot.usecases.eligibility import signed_languages
from spm_bot.usecases.follow import show_again
from spm_bot.usecases.halt import halt
from spm_bot.usecases.postpone import ask_when, put_away
from spm_bot.usecases.take_up import is_over, take_up
from spm_bot.usecases.talk import make_way
from spm_bot.usecases.visit import Visit

DOUBLE_TAP = timedelta(seconds=30)
"""A second Start within this time is a nervous finger; later it means: show me the question again."""


def accept(visit: Visit, token: Token) -> str | None:
    """Acts on a button of an invitation; returns the words shown over the chat."""
    invitation = rounds.invitation(visit.connection, token.id)
    if invitation is None or invitation.client not in visit.chat.clients:
        return visit.voice.say("This button is not for you.")
    if is_over(visit, invitation) and sessions.of_invitation(visit.connection, invitation.id) is None:
        put_away(visit, token.id, token.turn)
        return visit.voice.say("This survey is closed. Thank you all the same.")
    match token.action:
        case Action.START:
            return _start(visit, invitation, token)
        case Action.LATER:
            return _later(visit, invitation)
        case Action.NO:
            _refuse(visit, invitation, token)
    return None


def _start(visit: Visit, invitation: Invitation, token: Token) -> str | None:
    put_away(visit, token.id, token.turn)
    begun = sessions.of_invitation(visit.connection, invitation.id)
    if begun is None:
        return take_up(visit, invitation)
    if visit.now - begun.started_at > DOUBLE_TAP:
        make_way(visit, begun)
        show_again(visit, begun)
    return None


def _refuse(visit: Visit, invitation: Invitation, token: Token) -> None:
    """No; a survey begun in spite of it, from the other message of the same invitation, ends too."""
    put_away(visit, token.id, token.turn)
    if sessions.of_invitation(visit.connection, invitation.id) is not None:
        halt(visit, client=invitation.client)
    else:
        rounds.set_outcome(visit.connection, invitation.id, Outcome.REFUSED)
    visit.say(visit.voice.say("All right, not this one. Nothing changes for you."))


def _later(visit: Visit, invitation: Invitation) -> str | None:
    """Asks when to ask again, as long as some moment is left. Until one is chosen the message stays."""
    survey = visit.desk.library.survey(invitation.survey)
    signed = visit.chat.language in signed_languages(visit.connection, survey)
    if not signed or not ask_when(visit, invitation):
        return visit.voice.say("All right. Tap Start when it suits you.")
    return None
