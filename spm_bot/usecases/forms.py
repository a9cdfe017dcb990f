"""What a finished form does, and where a form's outside values come from: one table each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from spm_bot.storage import people
from spm_bot.storage.sessions import Opened
from spm_bot.surveys.session import Answer
from spm_bot.usecases import agree, ask
from spm_bot.usecases.visit import Visit

Answers = Mapping[str, Answer]
Values = dict[str, str | float]


def _joined(visit: Visit, opened: Opened, answers: Answers) -> None:
    spoken = _language(visit, answers)
    if opened.client is not None:
        agree.ask_consent(visit.speaking(spoken), opened.client)


def _agreed(visit: Visit, opened: Opened, answers: Answers) -> None:
    if opened.client is not None:
        agree.consent_given(visit, opened.client, answers)


def _language_chosen(visit: Visit, opened: Opened, answers: Answers) -> None:
    spoken = _language(visit, answers)
    told = visit.speaking(spoken)
    told.say(told.voice.say("From now on I write in this language."))


def _named(visit: Visit, opened: Opened, answers: Answers) -> None:
    agree.ask_consent(visit, int(answers["client"].codes[0]))


def _asked(visit: Visit, opened: Opened, answers: Answers) -> None:
    ask.submit(visit, answers)


def _previewed(visit: Visit, opened: Opened, answers: Answers) -> Values:
    return ask.preview(visit, answers)


def _language(visit: Visit, answers: Answers) -> str:
    spoken = answers["language"].codes[0]
    people.set_language(visit.connection, visit.chat.id, spoken)
    return spoken


SUBMITTED: Mapping[str, Callable[[Visit, Opened, Answers], None]] = MappingProxyType(
    {
        "joining": _joined,
        "consent": _agreed,
        "language": _language_chosen,
        "whose": _named,
        "ask": _asked,
    }
)

NEEDED: Mapping[tuple[str, str], Callable[[Visit, Opened, Answers], Values]] = MappingProxyType(
    {("ask", "preview"): _previewed}
)
