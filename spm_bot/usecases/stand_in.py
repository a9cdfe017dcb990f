"""A client protection officer opens a request about a client's data, for somebody who cannot in the chat."""

from __future__ import annotations

from spm_bot.storage import audits, people, requests, roles
from spm_bot.usecases.visit import Visit

OFFICER = "protection_officer"


def stand_in(visit: Visit, staff: int, kind: str, code: str) -> None:
    """Opens a request for the client with this code; whoever has another role learns nothing."""
    say = visit.voice.say
    if all(role.role != OFFICER for role in roles.roles_in_force(visit.connection, staff)):
        visit.say(say("This is for clients who have joined."))
        return
    if not code:
        visit.say(say("Write the client's number behind it, such as /mydata 1234."))
        return
    try:
        client = people.client_by_code(visit.connection, code)
    except LookupError:
        visit.say(say("There is no client with this number."))
        return
    subject = roles.subject_of_staff(visit.connection, staff)
    requests.ask(visit.connection, client.id, kind=kind, address=None, at=visit.now, opened_by=subject)
    audits.write_down(
        visit.connection, at=visit.now, actor=subject, event=f"{kind}_requested", client=client.subject
    )
    visit.say(say("The request is noted. Who runs the bot finds it with: client requests."))
