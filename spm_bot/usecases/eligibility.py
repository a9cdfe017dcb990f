"""Clients as candidates: what the rules need to know of them, loaded for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from spm_bot.fieldwork.audience import Candidate, why_not_at_all
from spm_bot.fieldwork.contact_rules import LOOK_BACK, History, Reason
from spm_bot.fieldwork.due_dates import Instalments
from spm_bot.protection.consent import Purpose
from spm_bot.storage import consents, histories, instalments, people, sessions, survey_versions
from spm_bot.storage.people import Chat, Client
from spm_bot.storage.store import Connection
from spm_bot.surveys.model import Survey
from spm_bot.surveys.wordings import wording
from spm_bot.usecases.visit import Desk


def candidates(connection: Connection, clients: Sequence[Client], *, now: datetime) -> list[Candidate]:
    """What the rules need to know, in a handful of queries for all these clients together."""
    ids = [client.id for client in clients]
    chats = people.chats_of_clients(connection, ids)
    agreeing = consents.clients_agreeing(connection, Purpose.SURVEY, ids)
    asked = histories.of_clients(connection, ids, since=now - LOOK_BACK)
    busy = sessions.busy_clients(connection, ids)
    dues = instalments.of_clients(connection, ids)
    return [
        _candidate(
            client,
            chats.get(client.id),
            agrees=client.id in agreeing,
            busy=client.id in busy,
            history=asked.get(client.id, History()),
            dues=dues.get(client.id, ()),
        )
        for client in clients
    ]


def _candidate(
    client: Client,
    chat: Chat | None,
    *,
    agrees: bool,
    busy: bool,
    history: History,
    dues: tuple[Instalments, ...],
) -> Candidate:
    return Candidate(
        client=client.id,
        address=chat.id if chat else None,
        branch=client.branch,
        status=client.status,
        birth_year=client.birth_year,
        has_loan=client.has_loan,
        in_arrears=client.days_in_arrears > 0,
        reachable=chat.reachable if chat else False,
        agrees=agrees,
        language=chat.language if chat else "",
        busy=busy,
        history=history,
        hour=client.hour,
        born_on=None if client.born_on is None else date.fromisoformat(client.born_on),
        works_here=client.works_here,
        product=client.product,
        gender=client.gender,
        dues=dues,
    )


def signed_languages(connection: Connection, survey: Survey) -> frozenset[str]:
    """The languages in which this survey's wording may be sent to a client."""
    wordings = {language: wording(survey, language) for language in survey.languages}
    return survey_versions.signed_languages(connection, survey.code, wordings)


def ready_languages(connection: Connection, desk: Desk) -> tuple[str, ...]:
    """The languages in which every form that clients read is signed, in the institution's order."""
    codes = [form.code for form in desk.library.client_forms]
    signed = survey_versions.signed_wordings(connection, codes)
    return tuple(
        language
        for language in desk.languages
        if all((code, language, hash_) in signed for code, hash_ in desk.forms[language].items())
    )


def why_not_now(connection: Connection, client: Client, *, survey: str, now: datetime) -> Reason | None:
    """Why this client is not asked `survey` as things stand today, whatever was so when invited."""
    return why_not_at_all(candidates(connection, [client], now=now)[0], survey=survey, now=now)


def launch_problem(desk: Desk) -> str | None:
    """Why no survey may be started at all: whoever asks must be able to help."""
    institution = desk.institution
    missing = [name for name in ("helplines", "remedies") if not getattr(institution, name)]
    return f"{' and '.join(missing)} are empty in the institution file" if missing else None
