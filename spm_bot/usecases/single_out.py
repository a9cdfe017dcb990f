"""Which client of a chat something is about: clear where there is one, asked where there are two."""

from __future__ import annotations

from spm_bot.storage import people
from spm_bot.storage.store import Connection
from spm_bot.storage.traces import full_name
from spm_bot.surveys.model import Choice, Words
from spm_bot.texts import voice
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit

FORM = "whose"
_SIGN = "c"  # a code of digits alone would be printed on the button in place of 1 and 2


def about_one(visit: Visit, then: str) -> int | None:
    """The only client of this chat. With two it asks for whom, and the reply goes on with `then` of the
    table in `forms`; with none it says that this is for clients.
    """
    match visit.chat.clients:
        case (client,):
            return client
        case ():
            visit.say(visit.voice.say("This is for clients who have joined."))
        case several:
            form = visit.desk.library.survey(FORM)
            begin(visit, form, values={"then": then}, choices={"clients": _names(visit, several)})
    return None


def client_named(code: str) -> int:
    """Whom a reply to the form names."""
    return int(code.removeprefix(_SIGN))


def addressed(connection: Connection, client_id: int, words: str, *, language: str) -> str:
    """The words to one client, saying for whom they are where two share the chat."""
    if not people.shares_chat(connection, client_id):
        return words
    name = people.first_name(connection, client_id)
    return "\n".join([voice(language).say("For %(name)s:", name=name), words])


def _names(visit: Visit, clients: tuple[int, ...]) -> tuple[Choice, ...]:
    """The clients of a shared chat by their first names, by their whole names where these are the same."""
    names = [people.first_name(visit.connection, client) for client in clients]
    if len(set(names)) < len(names):
        names = [full_name(visit.connection, client) for client in clients]
    return tuple(
        Choice(f"{_SIGN}{client}", Words({"en": name})) for client, name in zip(clients, names, strict=True)
    )
