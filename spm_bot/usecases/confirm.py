"""The second check before something about a client's own data: whoever holds the phone may be another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from spm_bot.storage import audits, people, requests, traces
from spm_bot.storage.people import Client
from spm_bot.texts import sentence
from spm_bot.usecases.facts import dialable, house_facts
from spm_bot.usecases.prove import locked, proof_facts, prove
from spm_bot.usecases.talk import begin
from spm_bot.usecases.tell_administrators import tell_administrators
from spm_bot.usecases.visit import Visit

Given = Mapping[str, str | float]

STRANGE_FOR = timedelta(days=7)
"""How long a new phone is strange to us where answers were given on another one."""


def ask_proof_again(visit: Visit, client_id: int, *, kind: str, **given: str) -> None:
    """Asks for a fact of the register; the reply goes on with `kind` of the table in `forms`.

    Where nothing can be asked any more, a request for a person is noted instead; so it is in the first
    days on a new phone, for a card and a year of birth may be in other hands.
    """
    check = str(proof_facts(visit.connection, visit.desk, client_id)["second_check"])
    if (
        _moved_lately(visit, client_id)
        or check == "none"
        or locked(visit.connection, client_id, address_id=visit.chat.id, now=visit.now)
    ):
        _note_down(visit, client_id, kind)
        return
    _ask(visit, {"client": client_id, "kind": kind, "second_check": check, "again": "no", **given})


def confirmed(visit: Visit, given: Given, said: str) -> bool:
    """Whether a reply to that question proves who it is; if not, what follows is said here."""
    client_id = int(given["client"])
    if client_id not in visit.chat.clients:
        return False
    match prove(visit, client_id, said, check=str(given["second_check"])):
        case "yes":
            return True
        case "no":
            _ask(visit, {**given, "again": "yes"})
        case _:
            _note_down(visit, client_id, str(given["kind"]))
    return False


def _moved_lately(visit: Visit, client_id: int) -> bool:
    since = traces.holder_since(visit.connection, client_id)
    if since is None or since <= visit.now - STRANGE_FOR:
        return False
    return traces.answered_before(visit.connection, client_id, since)


def _ask(visit: Visit, given: Given) -> None:
    values = {**given, **house_facts(visit.desk.institution, visit.chat.language)}
    begin(visit, visit.desk.library.survey("proof"), client=int(given["client"]), values=values)


def _note_down(visit: Visit, client_id: int, kind: str) -> None:
    """A person will look after it, who checks by a call what the chat cannot."""
    if requests.open_one(visit.connection, client_id, kind=kind) is None:
        _ask_for_a_call(visit, people.client(visit.connection, client_id), kind)
    visit.say(
        visit.voice.say(
            "We cannot be sure that this is you. We have noted what you want, and a person will call you."
            " To talk to us now: %(hotline)s.",
            hotline=dialable(visit.desk.institution.hotline, visit.chat.language),
        )
    )


def _ask_for_a_call(visit: Visit, client: Client, kind: str) -> None:
    connection, now = visit.connection, visit.now
    requests.ask(connection, client.id, kind=kind, address=visit.chat.id, at=now)
    audits.write_down(connection, at=now, actor="client", event=f"{kind}_requested", client=client.subject)
    told = sentence("Client %(code)s asks for their data and must be called. See: client requests.")
    tell_administrators(connection, told, code=client.code, now=now)
