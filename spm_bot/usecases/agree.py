"""Consent: asked in a form, kept in the ledger, shown on request, taken back by one word."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from babel.core import Locale
from babel.lists import format_list

from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.protection.consent import Purpose
from spm_bot.storage import consents, people, rounds, sessions
from spm_bot.storage.consents import Reply
from spm_bot.storage.people import Client
from spm_bot.storage.sessions import Opened
from spm_bot.surveys.session import Answer
from spm_bot.surveys.wordings import wording
from spm_bot.texts import before, sentence
from spm_bot.usecases.facts import dialable, house_facts, long_date
from spm_bot.usecases.halt import halt
from spm_bot.usecases.talk import begin, make_room, survey_of
from spm_bot.usecases.visit import Visit

FORM = "consent"

_SAID = MappingProxyType(
    {
        (Purpose.SURVEY, True): sentence("You said yes to short surveys on %(day)s."),
        (Purpose.SURVEY, False): sentence("You said no to short surveys on %(day)s."),
        (Purpose.PRIVATE, True): sentence("You said yes to private questions on %(day)s."),
        (Purpose.PRIVATE, False): sentence("You said no to private questions on %(day)s."),
    }
)
_SHOWN = 8
"""Signs of a text's hash that a receipt shows; nobody mistakes two of a handful of texts by them."""


def ask_consent(visit: Visit, client_id: int, *, invitation: int | None = None) -> None:
    """Tells who asks, who sees and what is never asked, then puts the two questions. The survey of
    `invitation` is to begin after a yes.
    """
    form = visit.desk.library.survey(FORM)
    values = house_facts(visit.desk.institution, visit.chat.language)
    if invitation is not None:
        values["invitation"] = invitation
    begin(visit, form, client=client_id, values=values)


def show_consent(visit: Visit, client_id: int) -> None:
    """The receipt of what this client said, then text and questions again: yes and no stay equally easy."""
    make_room(visit)
    lines = _receipt(visit, people.client(visit.connection, client_id))
    if lines:
        visit.say(_to(visit, client_id, "\n".join(lines)))
    ask_consent(visit, client_id)


def ask_anew(visit: Visit) -> bool:
    """At a contact outside a survey, puts the questions to the first client of this chat whose text has
    changed since; False when there is none.
    """
    if sessions.active(visit.connection, visit.chat.id) is not None:
        return False
    outdated = next((client for client in visit.chat.clients if agreed_to_older_text(visit, client)), None)
    if outdated is None:
        return False
    ask_about_new_text(visit, outdated)
    return True


def agreed_to_older_text(visit: Visit, client_id: int) -> bool:
    """Whether this client's yes was to other words than those of today. A new text is put to nobody
    before it is signed in the language in which they read the old one.
    """
    client = people.client(visit.connection, client_id)
    said = consents.last_replies(visit.connection, client.subject).get(Purpose.SURVEY)
    if said is None or not said.given or said.language not in visit.desk.languages:
        return False
    return said.text_version != visit.desk.forms[said.language][FORM]


def ask_about_new_text(visit: Visit, client_id: int, *, invitation: int | None = None) -> None:
    """The questions again, because the text has changed."""
    make_room(visit)
    told = visit.voice.say("Our text about your choice has changed. Please read it and choose again.")
    visit.say(_to(visit, client_id, told))
    ask_consent(visit, client_id, invitation=invitation)


def consent_given(visit: Visit, opened: Opened, client_id: int, answers: Mapping[str, Answer]) -> bool:
    """Writes both replies into the ledger, with the wording that was read; a no to surveys is a no to
    private items. Returns whether surveys may be sent.
    """
    said = {name: answers[name].codes == ("yes",) for name in answers}
    surveys = said.get("survey", False)
    language = opened.session.language
    text = wording(survey_of(visit, opened), language)
    for purpose, given in ((Purpose.SURVEY, surveys), (Purpose.PRIVATE, said.get("private_items", False))):
        reply = Reply(surveys and given, text, language, visit.now)
        _record(visit, client_id, purpose, reply)
    if not surveys:
        halt(visit, client=client_id)
        rounds.close_open(visit.connection, [client_id], Outcome.REFUSED)
        say = visit.voice.say
        told = say("All right, we send no surveys. Nothing changes for you. If you think again: /consent")
        visit.say(_to(visit, client_id, told))
    return surveys


def thank(visit: Visit, client_id: int) -> None:
    """After a yes, when nothing else follows at once."""
    say = visit.voice.say
    told = say("Thank you. We will write when there is a survey for you. Write /help at any time.")
    visit.say(_to(visit, client_id, told))


def withdraw(visit: Visit) -> None:
    """No more surveys for anyone in this chat; says so, and what stays as it is."""
    for client_id in visit.chat.clients:
        for purpose in Purpose:
            _record(
                visit,
                client_id,
                purpose,
                Reply(given=False, text_version="", language=visit.chat.language, at=visit.now),
            )
    rounds.close_open(visit.connection, visit.chat.clients, Outcome.REFUSED)
    say = visit.voice.say
    if not visit.chat.clients:
        visit.say(say("Stopped."))
        return
    hotline = dialable(visit.desk.institution.hotline, visit.chat.language)
    stays = say(
        "You get no more surveys. Your loans and savings stay the same."
        " If you think again: /consent. To complain: %(hotline)s.",
        hotline=hotline,
    )
    visit.say(f"{_stopped(visit)} {stays}")


def _stopped(visit: Visit) -> str:
    """Says for whom, when the chat is shared: one word has spoken for all."""
    names = [people.first_name(visit.connection, client_id) for client_id in visit.chat.clients]
    if len(names) == 1:
        return visit.voice.say("Stopped.")
    return visit.voice.say("Stopped for %(names)s.", names=format_list(names, locale=visit.chat.language))


def _receipt(visit: Visit, client: Client) -> list[str]:
    """What this client said last, when, and to which text; nothing if they were never asked."""
    replies = consents.last_replies(visit.connection, client.subject)
    said = replies.get(Purpose.SURVEY)
    if said is None:
        return []
    zone, country = visit.desk.institution.zone_of(client.branch), visit.desk.institution.country
    say, spoken, lines = visit.voice.say, visit.chat.language, []
    # A no to surveys says all: the second question was not put then.
    for purpose in Purpose if said.given else (Purpose.SURVEY,):
        if (reply := replies.get(purpose)) is not None:
            day = long_date(reply.at.astimezone(zone), language=spoken, country=country)
            lines.append(say(_SAID[purpose, reply.given], day=day))
    if said.text_version:
        read_in = Locale.parse(said.language, sep="-").get_display_name(spoken)
        text = dialable(said.text_version[:_SHOWN], spoken)
        lines.append(say("You read text %(text)s (%(language)s).", text=text, language=read_in))
    return lines


def _to(visit: Visit, client_id: int, words: str) -> str:
    """The words, saying for whom they are where two clients share the chat."""
    if len(visit.chat.clients) < 2:
        return words
    return before(people.first_name(visit.connection, client_id), words, visit.chat.language)


def _record(visit: Visit, client_id: int, purpose: Purpose, reply: Reply) -> None:
    consents.record(
        visit.connection,
        subject=people.client(visit.connection, client_id).subject,
        purpose=purpose,
        given=reply.given,
        text_version=reply.text_version,
        language=reply.language,
        channel=visit.chat.channel,
        at=reply.at,
    )
