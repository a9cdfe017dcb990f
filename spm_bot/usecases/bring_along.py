"""A client with a new phone: an open survey comes along, and the old phone shows nothing of it."""

from __future__ import annotations

from collections.abc import Iterator

from spm_bot.messages import Outbound
from spm_bot.storage import outbox, sessions
from spm_bot.storage.sessions import ENDED, Opened
from spm_bot.surveys import engine
from spm_bot.surveys.present import present
from spm_bot.surveys.session import Settled, mark
from spm_bot.usecases.talk import scene_of, survey_of
from spm_bot.usecases.visit import Visit


def bring_along(visit: Visit, client_id: int) -> None:
    """Moves a client's surveys from other chats to this one, to wait there; forms left behind end."""
    for opened in sessions.elsewhere(visit.connection, client_id, address=visit.chat.id):
        hidden = _taken_away(visit, opened)
        outbox.put(visit.connection, opened.address, hidden, kind="edit", at=visit.now)
        if opened.form:
            ended = engine.stop(opened.session).session
            sessions.save(visit.connection, opened, ended, status=ENDED, at=visit.now)
        else:
            sessions.move(visit.connection, opened, visit.chat.id)


def _taken_away(visit: Visit, opened: Opened) -> Iterator[Outbound]:
    """Every question with its answer, and an echo still open."""
    session, scene = opened.session, scene_of(opened, survey_of(visit, opened))
    for turn in range(1, session.turn + 1):
        yield Outbound("…", edits=scene.ref(turn), gone=True)
    if session.doubt is not None:
        yield from present(scene, [Settled(session.turn, mark(session.doubt))])
