"""What was said in a session: one row an answer, one more for every pick, comments sealed beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Connection, and_, bindparam, delete, insert, select

from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import answers, comments
from spm_bot.surveys.session import Answer

COMMENT = "comments.body"
WRITTEN = "text"
"""The kind of a comment in words; any other is a voice note, photo or file, kept as a reference."""

# Built once: every reply runs these, and building a statement costs more than SQLite needs to run it.
_ADD_ANSWERS = insert(answers)
_ANSWERS = (
    select(answers, comments.c.body, comments.c.kind)
    .select_from(
        answers.outerjoin(
            comments,
            (comments.c.session_id == answers.c.session_id) & (comments.c.question == answers.c.question),
        )
    )
    .where(answers.c.session_id == bindparam("session"))
    .order_by(answers.c.id)
)


def answers_of(connection: Connection, session: int) -> Mapping[str, Answer]:
    """What was answered in a session, by question, in the order in which it was stored."""
    found: dict[str, Answer] = {}
    for row in connection.execute(_ANSWERS, {"session": session}):
        codes = (*found[row.question].codes, row.choice) if row.question in found else (row.choice,)
        text = None if row.body is None else vault_of(connection).decrypt(row.body, associated=COMMENT)
        found[row.question] = Answer(
            tuple(code for code in codes if code),
            row.number,
            text,
            row.at,
            row.late,
            "" if row.kind in {None, WRITTEN} else row.kind,
        )
    return MappingProxyType(found)


def save(
    connection: Connection,
    session: int,
    *,
    before: Mapping[str, Answer],
    now: Mapping[str, Answer],
    at: datetime,
) -> None:
    """Stores exactly the answers that differ between `before` and `now`."""
    changed = {name: answer for name, answer in now.items() if before.get(name) != answer}
    stale = [name for name in before if name not in now or name in changed]
    for table in (answers, comments) if stale else ():
        mine = and_(table.c.session_id == session, table.c.question.in_(stale))
        connection.execute(delete(table).where(mine))
    rows = [row for name, answer in changed.items() for row in _rows(session, name, answer, at)]
    if rows:
        connection.execute(_ADD_ANSWERS, rows)
    vault = vault_of(connection)
    sealed = [
        {
            "session_id": session,
            "question": name,
            "kind": answer.media or WRITTEN,
            "body": vault.encrypt(answer.text, associated=COMMENT),
        }
        for name, answer in changed.items()
        if answer.text is not None
    ]
    if sealed:
        connection.execute(insert(comments), sealed)


def _rows(session_id: int, name: str, answer: Answer, at: datetime) -> list[dict[str, object]]:
    common = {"session_id": session_id, "question": name, "at": answer.at or at, "late": answer.late}
    return [{**common, "choice": code, "number": answer.number} for code in answer.codes or ("",)]
