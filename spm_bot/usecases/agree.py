"""Consent: asked in a form, written into the ledger, taken back by one word."""

from __future__ import annotations

from collections.abc import Mapping

from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.protection.consent import Purpose
from spm_bot.storage import consents, people, rounds
from spm_bot.surveys.session import Answer
from spm_bot.usecases.facts import house_facts
from spm_bot.usecases.halt import halt
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit


def ask_consent(visit: Visit, client_id: int) -> None:
    """Tells who asks, who sees and what is never asked, then puts the two questions."""
    form = visit.desk.library.survey("consent")
    values = house_facts(visit.desk.institution, visit.chat.language)
    begin(visit, form, client=client_id, values=values)


def consent_given(visit: Visit, client_id: int, answers: Mapping[str, Answer]) -> None:
    """Writes both replies into the ledger; a no to surveys is a no to private items."""
    said = {name: answers[name].codes == ("yes",) for name in answers}
    surveys = said.get("survey", False)
    _record(visit, client_id, Purpose.SURVEY, given=surveys)
    _record(visit, client_id, Purpose.PRIVATE, given=surveys and said.get("private_items", False))
    say = visit.voice.say
    if surveys:
        visit.say(say("Thank you. We will write when there is a survey for you. Write /help at any time."))
    else:
        halt(visit, client=client_id)
        rounds.close_open(visit.connection, [client_id], Outcome.REFUSED)
        visit.say(say("All right, we send no surveys. Nothing changes for you. If you think again: /consent"))


def withdraw(visit: Visit) -> None:
    """No more surveys for anyone in this chat; says so, and what stays as it is."""
    for client_id in visit.chat.clients:
        for purpose in Purpose:
            _record(visit, client_id, purpose, given=False)
    rounds.close_open(visit.connection, visit.chat.clients, Outcome.REFUSED)
    say = visit.voice.say
    if visit.chat.clients:
        visit.say(
            say(
                "Stopped. You get no more surveys. Your loans and savings stay the same."
                " If you think again: /consent. To complain: %(hotline)s.",
                hotline=visit.desk.institution.hotline,
            )
        )
    else:
        visit.say(say("Stopped."))


def _record(visit: Visit, client_id: int, purpose: Purpose, *, given: bool) -> None:
    consents.record(
        visit.connection,
        subject=people.client(visit.connection, client_id).subject,
        purpose=purpose,
        given=given,
        text_version=visit.desk.library.survey("consent").version,
        language=visit.chat.language,
        channel=visit.chat.channel,
        at=visit.now,
    )
