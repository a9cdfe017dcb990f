"""A reply to an invitation: start now, later, or no."""

from __future__ import annotations

from datetime import timedelta

from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.messages import Action, Outbound, Token
from spm_bot.storage import outbox, people, rounds, sessions
from spm_bot.storage.people import Client
from spm_bot.storage.rounds import Invitation
from spm_bot.surveys.model import Survey
from spm_bot.usecases.eligibility import signed_languages, why_not_now
from spm_bot.usecases.facts import client_facts
from spm_bot.usecases.follow import show_again
from spm_bot.usecases.halt import halt
from spm_bot.usecases.invite import allowed_from, invitation_message
from spm_bot.usecases.talk import begin, make_way
from spm_bot.usecases.visit import Visit

LATER = timedelta(hours=24)
DOUBLE_TAP = timedelta(seconds=30)
"""A second Start within this time is a nervous finger; later it means: show me the question again."""


def accept(visit: Visit, token: Token) -> str | None:
    """Acts on a button of an invitation; returns the words shown over the chat."""
    invitation = rounds.invitation(visit.connection, token.id)
    if invitation is None or invitation.client not in visit.chat.clients:
        return visit.voice.say("This button is not for you.")
    if invitation.outcome is not None or invitation.expires_at <= visit.now:
        _close_message(visit, token)
        return visit.voice.say("This survey is closed. Thank you all the same.")
    match token.action:
        case Action.START:
            _start(visit, invitation, token)
        case Action.LATER:
            return _later(visit, invitation, token)
        case Action.NO:
            _refuse(visit, invitation, token)
    return None


def _start(visit: Visit, invitation: Invitation, token: Token) -> None:
    _close_message(visit, token)
    begun = sessions.of_invitation(visit.connection, invitation.id)
    if begun is not None:
        if visit.now - begun.started_at > DOUBLE_TAP:
            make_way(visit, begun)
            show_again(visit, begun)
        return
    client = people.client(visit.connection, invitation.client)
    survey = visit.desk.library.survey(invitation.survey)
    hindrance = _hindrance(visit, client, survey)
    if hindrance is not None:
        rounds.set_outcome(visit.connection, invitation.id, Outcome.NOT_ELIGIBLE)
        visit.say(hindrance)
        return
    values = client_facts(visit.connection, visit.desk, client, language=visit.chat.language, now=visit.now)
    begin(visit, survey, client=client.id, invitation=invitation.id, values=values)


def _hindrance(visit: Visit, client: Client, survey: Survey) -> str | None:
    """Why the survey cannot begin after all, in words; the invitation may be days old."""
    if why_not_now(visit.connection, client, survey=survey.code, now=visit.now) is not None:
        return visit.voice.say("This survey is closed. Thank you all the same.")
    if visit.chat.language not in signed_languages(visit.connection, survey):
        return visit.voice.say("This survey is not ready in your language yet. We will ask another time.")
    return None


def _refuse(visit: Visit, invitation: Invitation, token: Token) -> None:
    """No; a survey begun in spite of it, from the other message of the same invitation, ends too."""
    _close_message(visit, token)
    if sessions.of_invitation(visit.connection, invitation.id) is not None:
        halt(visit, client=invitation.client)
    else:
        rounds.set_outcome(visit.connection, invitation.id, Outcome.REFUSED)
    visit.say(visit.voice.say("All right, not this one. Nothing changes for you."))


def _later(visit: Visit, invitation: Invitation, token: Token) -> str:
    """Asks once more a day later, if the invitation still stands then."""
    client = people.client(visit.connection, invitation.client)
    survey = visit.desk.library.survey(invitation.survey)
    at = allowed_from(visit.desk, client.branch, visit.now + LATER)
    begun = sessions.of_invitation(visit.connection, invitation.id) is not None
    signed = visit.chat.language in signed_languages(visit.connection, survey)
    if token.turn > 0 or begun or not signed or at >= invitation.expires_at:
        return visit.voice.say("All right. Tap Start when it suits you.")
    reminder = invitation_message(
        visit.connection,
        visit.desk,
        survey,
        client,
        invitation.id,
        language=visit.chat.language,
        now=at,
        turn=1,
    )
    outbox.put(
        visit.connection,
        visit.chat.id,
        [reminder],
        kind="reminder",
        at=at,
        expires_at=invitation.expires_at,
        dedupe=f"later:{invitation.id}",
        invitation=invitation.id,
    )
    return visit.voice.say("All right, I will ask again tomorrow.")


def _close_message(visit: Visit, token: Token) -> None:
    """The message loses its buttons, and so does the one that a reminder repeated."""
    visit.say(*(Outbound("✓", edits=f"i{token.id}.{turn}") for turn in range(token.turn + 1)))
