"""`/mydata`: what kinds of data we hold, and after a second check all of it in one file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from spm_bot.messages import Attachment, Outbound
from spm_bot.storage import audits, outbox, people, requests
from spm_bot.storage.people import Chat, Client
from spm_bot.storage.store import Connection
from spm_bot.surveys.session import Answer
from spm_bot.texts import voice
from spm_bot.usecases.confirm import ask_proof_again
from spm_bot.usecases.facts import house_facts
from spm_bot.usecases.recount import recount
from spm_bot.usecases.single_out import about_one, addressed
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Desk, Visit

FORM = "mydata"
FILE_NAME = "file.txt"
STAYS = timedelta(minutes=10)
"""How long the file stays in the chat; whoever holds the phone later does not find it."""


def start(visit: Visit) -> None:
    """The client of this chat wants to see their data; in a shared chat we ask who."""
    client = about_one(visit, FORM)
    if client is not None:
        offer(visit, client)


def offer(visit: Visit, client_id: int) -> None:
    """Says what kinds of data there are, and asks for the wish."""
    facts = house_facts(visit.desk.institution, visit.chat.language)
    begin(visit, visit.desk.library.survey(FORM), client=client_id, values=facts)


def choose(visit: Visit, client_id: int, answers: Mapping[str, Answer]) -> None:
    """The form is filled in: the file needs the second check."""
    if answers["full"].codes != ("yes",):
        visit.say(visit.voice.say("All right. Write /mydata at any time."))
        return
    private = "yes" if answers["private_too"].codes == ("yes",) else "no"
    ask_proof_again(visit, client_id, kind=requests.DATA, private=private)


def hand_out_file(visit: Visit, client_id: int, given: Mapping[str, str | float]) -> None:
    """It is the client: the file goes to this chat."""
    connection, now = visit.connection, visit.now
    client = people.client(connection, client_id)
    audits.write_down(connection, at=now, actor="client", event="data_sent", client=client.subject)
    send_file(connection, visit.desk, client, visit.chat, private=given["private"] == "yes", now=now)


def send_file(
    connection: Connection, desk: Desk, client: Client, chat: Chat, *, private: bool, now: datetime
) -> None:
    """Queues the file with everything held, and that it leaves the chat again. Settles an open request.

    `private` puts the answers to private questions in.
    """
    gone_at = now + STAYS
    request = requests.ask(connection, client.id, kind=requests.DATA, address=chat.id, at=now, due_at=gone_at)
    text = recount(connection, desk, client, chat, private=private, now=now)
    file = outbox.keep_file(connection, text.encode())
    requests.attach(connection, request, file=file)
    words = voice(chat.language).say(
        "This is everything we keep about you. In 10 minutes it goes from this chat."
    )
    words = addressed(connection, client.id, words, language=chat.language)
    # Sent in time or not at all: a file that arrives late would be gone before it is read.
    message = Outbound(words, ref=f"f{request}", attachment=Attachment("document", FILE_NAME, file))
    outbox.put(connection, chat.id, [message], kind="reply", at=now, expires_at=gone_at)
    away = Outbound("…", edits=f"f{request}", gone=True)
    outbox.put(connection, chat.id, [away], kind="reply", at=gone_at)


def drop_files(connection: Connection, *, now: datetime) -> int:
    """Files that have left their chats are kept no longer; says how many."""
    sent = requests.due(connection, kind=requests.DATA, now=now)
    for request in sent:
        requests.drop_file(connection, request.id)
        requests.settle(connection, request.id, state=requests.DONE)
    return len(sent)
