"""One fact of the register proves who holds the phone: three wrong tries lock it for a day, three more for
two, and so on, so that a found card cannot be tried year by year.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from spm_bot.storage import audits, people, tries
from spm_bot.storage.store import Connection
from spm_bot.surveys.spelling import latin_digits
from spm_bot.texts import sentence
from spm_bot.usecases.tell_administrators import tell_administrators
from spm_bot.usecases.visit import Desk, Visit

TRIES = 3
LOCKED_FOR = timedelta(days=1)
DIGITS = 4

_NUMBER = re.compile(r"\d+")


def proof_facts(connection: Connection, desk: Desk, client_id: int) -> dict[str, str | float]:
    """What a form must know to ask for the proof: `second_check` is birth_year, phone_digits or none.

    The institution file says which is asked; whoever has no such fact in the register is asked the other.
    """
    known = known_facts(connection, client_id)
    wanted = desk.institution.joining.second_check
    asked = next((check for check in (wanted, *sorted(known)) if check in known), "none")
    return {"second_check": asked}


def known_facts(connection: Connection, client_id: int) -> dict[str, str]:
    """The facts of the register that could be asked for, as four digits each."""
    year = people.client(connection, client_id).birth_year
    phone = people.phone_number(connection, client_id)[-DIGITS:]
    facts = {"birth_year": str(year or ""), "phone_digits": phone}
    return {check: fact for check, fact in facts.items() if len(fact) == DIGITS}


def prove(visit: Visit, client_id: int, said: str, *, check: str | None = None) -> str:
    """Judges what was said: `yes`, `no`, or `locked` when this was one try too many or there is none left.

    `check` is the fact that was asked for, by default the one that `proof_facts` names.
    """
    connection, now = visit.connection, visit.now
    if locked(connection, client_id, address_id=visit.chat.id, now=now):
        return "locked"
    asked = check or str(proof_facts(connection, visit.desk, client_id)["second_check"])
    fact = known_facts(connection, client_id).get(asked)
    keys = _keys(client_id, visit.chat.id)
    if fact is not None and fact == _digits(said, check=asked):
        tries.clear(connection, keys)
        return "yes"
    missed = [tries.miss(connection, key, most=TRIES, at=now, lasts=LOCKED_FOR) for key in keys]
    if any(missed):
        _tell(visit, client_id)
        return "locked"
    return "no"


def locked(connection: Connection, client_id: int, *, address_id: int, now: datetime) -> bool:
    """Whether nobody may try for this client, or nobody in this chat."""
    return tries.locked(connection, _keys(client_id, address_id), now=now)


def _keys(client_id: int, address_id: int) -> tuple[str, str]:
    return f"client:{client_id}", f"chat:{address_id}"


def _digits(said: str, *, check: str) -> str | None:
    """The one fact that somebody wrote, among words or as part of a date or a whole phone number."""
    groups = _NUMBER.findall(latin_digits(said))
    if check == "phone_digits":
        return "".join(groups)[-DIGITS:]
    years = [group for group in groups if len(group) == DIGITS]
    return years[0] if len(years) == 1 else None  # a list of years is no answer


def _tell(visit: Visit, client_id: int) -> None:
    """Administrators learn of the lock and of nothing else, the branch of nothing at all."""
    client = people.client(visit.connection, client_id)
    audits.write_down(
        visit.connection, at=visit.now, actor="system", event="proof_locked", client=client.subject
    )
    tell_administrators(
        visit.connection,
        sentence("Client %(code)s: three wrong answers to the safety question. It is locked for a day."),
        code=client.code,
        now=visit.now,
    )
