"""Lines that tell clients what was done after they spoke, each in some languages, sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import promises

WORDS = "promises.words"


def write(
    connection: Connection, words: Mapping[str, str], *, branch: str, by: str, at: datetime, until: datetime
) -> None:
    """Keeps one line, language → words, for clients of `branch` ('' all) to read before `until`."""
    vault = vault_of(connection)
    rows = [
        {
            "written_at": at,
            "written_by": by,
            "branch": branch,
            "language": language,
            "words": vault.encrypt(text, associated=WORDS),
            "until": until,
        }
        for language, text in words.items()
    ]
    connection.execute(insert(promises), rows)


def newest(connection: Connection, *, branch: str, language: str, now: datetime) -> str | None:
    """The newest line in this language for a client of `branch`: the branch's own, else everybody's."""
    in_force = (promises.c.language == language, promises.c.until > now)
    newest_first = (promises.c.written_at.desc(), promises.c.id.desc())
    for place in dict.fromkeys((branch, "")):
        query = select(promises.c.words).where(promises.c.branch == place, *in_force)
        sealed = connection.execute(query.order_by(*newest_first).limit(1)).scalar()
        if sealed is not None:
            return vault_of(connection).decrypt(sealed, associated=WORDS)
    return None


def current(
    connection: Connection, *, now: datetime, languages: tuple[str, ...], branch: str | None = None
) -> tuple[str, ...]:
    """Every line clients may read now, the oldest first: all of them, or those that a branch's clients read.
    Each in the first of `languages` it has, else in any.
    """
    query = select(promises).where(promises.c.until > now).order_by(promises.c.written_at, promises.c.id)
    if branch is not None:
        query = query.where(promises.c.branch.in_(["", branch]))
    found: dict[tuple[datetime, str, str], dict[str, bytes]] = {}
    for row in connection.execute(query):
        found.setdefault((row.written_at, row.written_by, row.branch), {})[row.language] = row.words
    vault = vault_of(connection)
    return tuple(
        vault.decrypt(next(words[each] for each in (*languages, *words) if each in words), associated=WORDS)
        for words in found.values()
    )
