"""What a finished form does, and where a form's outside values come from: one table each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from spm_bot.messages import Outbound
from spm_bot.storage import people, requests, sessions
from spm_bot.storage.sessions import Opened
from spm_bot.surveys.session import Answer
from spm_bot.usecases import (
    admit,
    agree,
    ask,
    choose_hour,
    confirm,
    decide,
    disclose,
    enrol_client,
    forget,
    give_role,
    postpone,
    promise,
    release_quotes,
    review_decision,
    show_results,
)
from spm_bot.usecases.single_out import client_named
from spm_bot.usecases.take_up import take_up_after_consent
from spm_bot.usecases.visit import Visit

Answers = Mapping[str, Answer]
Values = dict[str, str | float]


def _joined(visit: Visit, opened: Opened, answers: Answers) -> None:
    admit.ask_proof(visit.speaking(_language(visit, answers)), opened.session.values)


def _proved(visit: Visit, opened: Opened, answers: Answers) -> None:
    _unsay(visit, opened)
    given, said = opened.session.values, answers["check"].text or ""
    then = PROVED.get(str(given.get("kind")))
    if then is None:
        admit.take_proof(visit, given, said)
    elif confirm.confirmed(visit, given, said):
        then(visit, int(given["client"]), given)


def _agreed(visit: Visit, opened: Opened, answers: Answers) -> None:
    if opened.client is None or not agree.consent_given(visit, opened, opened.client, answers):
        return
    wanted = opened.session.values.get("invitation")
    if wanted is None:
        agree.thank(visit, opened.client)
    else:
        take_up_after_consent(visit, int(wanted))


def _language_chosen(visit: Visit, opened: Opened, answers: Answers) -> None:
    spoken = _language(visit, answers)
    told = visit.speaking(spoken)
    words = told.voice.say("From now on I write in this language.")
    staff = visit.chat.staff
    menu = None if staff is None else give_role.menu_for(visit.connection, told.chat, staff)
    told.say(Outbound(words, menu=menu))


def _named(visit: Visit, opened: Opened, answers: Answers) -> None:
    client = client_named(answers["client"].codes[0])
    if client in visit.chat.clients:
        THEN[str(opened.session.values["then"])](visit, client)
    else:  # they moved to another phone, or are forgotten, since we asked
        visit.say(visit.voice.say("This is for clients who have joined."))


def _put_off(visit: Visit, opened: Opened, answers: Answers) -> None:
    postpone.put_off(visit, int(opened.session.values["invitation"]), answers["moment"].codes[0])


def _hour_chosen(visit: Visit, opened: Opened, answers: Answers) -> None:
    if opened.client is not None:
        choose_hour.keep_hour(visit, opened.client, int(answers["hour"].codes[0]) or None)


def _data_wanted(visit: Visit, opened: Opened, answers: Answers) -> None:
    if opened.client is not None:
        disclose.choose(visit, opened.client, answers)


def _forgetting_wanted(visit: Visit, opened: Opened, answers: Answers) -> None:
    if opened.client is not None:
        forget.choose(visit, opened.client, answers)


def _asked(visit: Visit, opened: Opened, answers: Answers) -> None:
    ask.submit(visit, answers)


def _sized(visit: Visit, opened: Opened, answers: Answers) -> Values:
    return ask.plan_size(visit, answers)


def _previewed(visit: Visit, opened: Opened, answers: Answers) -> Values:
    return ask.preview(visit, answers)


def _client_given(visit: Visit, opened: Opened, answers: Answers) -> None:
    _unsay(visit, opened)
    enrol_client.enrol_client(visit, answers["client"].text or "")


def _round_picked(visit: Visit, opened: Opened, answers: Answers) -> None:
    show_results.show_results(visit, answers["round"].codes[0])


def _unsay(visit: Visit, opened: Opened) -> None:
    """What was said has done its work, and tells of somebody else, perhaps."""
    unsaid = replace(opened.session, answers=MappingProxyType({}))
    sessions.save(visit.connection, opened, unsaid, status=opened.status, at=visit.now)


def _language(visit: Visit, answers: Answers) -> str:
    spoken = answers["language"].codes[0]
    people.set_language(visit.connection, visit.chat.id, spoken)
    return spoken


SUBMITTED: Mapping[str, Callable[[Visit, Opened, Answers], None]] = MappingProxyType(
    {
        "joining": _joined,
        "proof": _proved,
        "consent": _agreed,
        "language": _language_chosen,
        "whose": _named,
        "when": _put_off,
        "time": _hour_chosen,
        "mydata": _data_wanted,
        "forget": _forgetting_wanted,
        "ask": _asked,
        "enrol": _client_given,
        "results": _round_picked,
        "decide": decide.submit,
        "review": review_decision.submit,
        "promise": promise.submit,
        "quote": release_quotes.submit,
    }
)

WAITS = frozenset({postpone.FORM})
"""Forms after which the survey of their `invitation` does not go on at once: it was put off."""

THEN: Mapping[str, Callable[[Visit, int], None]] = MappingProxyType(
    {
        "consent": agree.show_consent,
        "time": choose_hour.ask_hour,
        "mydata": disclose.offer,
        "forget": forget.offer,
        forget.KEEP: forget.undo,
    }
)
"""What the client named in the form `whose` wants to do."""

PROVED: Mapping[str, Callable[[Visit, int, Mapping[str, str | float]], None]] = MappingProxyType(
    {requests.DATA: disclose.hand_out_file, requests.FORGET: forget.agree_to_forget}
)
"""What follows once a client has proved who they are, but for joining."""

NEEDED: Mapping[tuple[str, str], Callable[[Visit, Opened, Answers], Values]] = MappingProxyType(
    {
        ("ask", "planned"): _sized,
        ("ask", "preview"): _previewed,
        ("decide", "figures"): decide.show_figures,
        ("decide", "chosen"): decide.show_chosen,
        ("decide", "line"): decide.preview,
        ("promise", "line"): promise.preview,
        ("quote", "line"): release_quotes.preview,
    }
)
