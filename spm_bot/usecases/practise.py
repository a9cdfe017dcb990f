"""Trying a survey: a practice person answers it, and nothing they say enters an indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from spm_bot.fieldwork.register import RESERVED, ClientRow
from spm_bot.messages import Address, Inbound, Start
from spm_bot.protection.consent import Purpose
from spm_bot.storage import consents, people, registers
from spm_bot.storage.store import Connection
from spm_bot.surveys.model import Survey
from spm_bot.usecases.facts import house_facts
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Desk, Visit

CODE = f"{RESERVED}practice"
"""Of the practice client: a code that no register can take away."""

_FACTS: Mapping[str, str | float] = MappingProxyType(
    {
        "has_loan": "yes",
        "has_savings": "yes",
        "loan_method": "individual",
        "tenure_months": 24.0,
        "private_items": "yes",
    }
)


def practise(
    connection: Connection,
    *,
    desk: Desk,
    survey: Survey,
    address: Address,
    language: str,
    now: datetime,
) -> None:
    """Begins `survey` in a chat of a practice client whom no round ever invites."""
    row = ClientRow(code=CODE, name="Practice", branch=desk.institution.branches[0].code, status="closed")
    registers.write_clients(connection, [row], subjects=[CODE], as_of=str(now.date()))
    client = people.client_by_code(connection, CODE)
    chat = people.meet(connection, address, language=language)
    people.set_language(connection, chat.id, language)
    people.move_client(connection, client.id, chat.id, at=now)
    for purpose in Purpose:
        consents.record(
            connection,
            subject=client.subject,
            purpose=purpose,
            given=True,
            text_version="",
            language=language,
            channel=address.channel,
            at=now,
        )
    inbound = Inbound(f"practice:{now.timestamp()}", address, now, Start())
    tried = replace(desk, languages=(language,))  # signed or not: no client reads this
    visit = Visit(connection, tried, inbound, people.chat(connection, chat.id), now)
    begin(visit, survey, client=client.id, values={**house_facts(desk.institution, language), **_FACTS})
