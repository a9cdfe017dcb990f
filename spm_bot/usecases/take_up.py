"""Taking up an invitation: its survey begins, unless something stands in its way by now."""

from __future__ import annotations

from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.storage import people, rounds, sessions
from spm_bot.storage.people import Client
from spm_bot.storage.rounds import Invitation
from spm_bot.surveys.model import Survey
from spm_bot.usecases import agree
from spm_bot.usecases.eligibility import signed_languages, why_not_now
from spm_bot.usecases.facts import client_facts
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit


def is_over(visit: Visit, invitation: Invitation) -> bool:
    """Whether it has ended, or its time has."""
    return invitation.outcome is not None or invitation.expires_at <= visit.now


def take_up(visit: Visit, invitation: Invitation) -> str | None:
    """Begins the survey; if the text of consent has changed since the client agreed, that comes first.
    Returns the words shown over a tap.
    """
    if _is_asked_already(visit, invitation):
        return visit.voice.say("Please answer the open question first.")
    client = people.client(visit.connection, invitation.client or 0)
    survey = visit.desk.library.survey(invitation.survey)
    hindrance = _hindrance(visit, client, survey)
    if hindrance is not None:
        rounds.set_outcome(visit.connection, invitation.id, Outcome.NOT_ELIGIBLE)
        visit.say(hindrance)
    elif agree.agreed_to_older_text(visit, client.id):
        agree.ask_about_new_text(visit, client.id, invitation=invitation.id)
    else:
        language = visit.chat.language
        values = client_facts(visit.connection, visit.desk, client, language=language, now=visit.now)
        begin(visit, survey, client=client.id, invitation=invitation.id, values=values)
    return None


def take_up_after_consent(visit: Visit, invitation_id: int) -> None:
    """The survey whose Start had to wait for the questions of consent."""
    invitation = rounds.invitation(visit.connection, invitation_id)
    if invitation is None or is_over(visit, invitation):
        visit.say(visit.voice.say("This survey is closed. Thank you all the same."))
    else:
        take_up(visit, invitation)


def _is_asked_already(visit: Visit, invitation: Invitation) -> bool:
    """A second tap on Start while the questions of consent are open does not put them again."""
    current = sessions.active(visit.connection, visit.chat.id)
    if current is None or current.session.survey != agree.FORM:
        return False
    return current.session.values.get("invitation") == invitation.id


def _hindrance(visit: Visit, client: Client, survey: Survey) -> str | None:
    """Why the survey cannot begin after all, in words; the invitation may be days old."""
    if why_not_now(visit.connection, client, survey=survey.code, now=visit.now) is not None:
        return visit.voice.say("This survey is closed. Thank you all the same.")
    if visit.chat.language not in signed_languages(visit.connection, survey):
        return visit.voice.say("This survey is not ready in your language yet. We will ask another time.")
    return None
