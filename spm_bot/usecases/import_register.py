"""A register comes in: clients are added or changed by their code, in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from secrets import token_hex

from spm_bot.fieldwork.register import RegisterRow
from spm_bot.storage import audits, registers
from spm_bot.storage.peppers import forgotten_among
from spm_bot.storage.store import Connection, Store

CHUNK = 500


async def import_clients(
    rows: Sequence[RegisterRow], *, store: Store, currency: str, as_of: str, actor: str, now: datetime
) -> tuple[int, int, int]:
    """Writes clients with their loans as they were on `as_of`; returns (added, changed, forgotten).

    The same rows a second time change nothing that counts: codes decide who is who. Whoever asked to be
    forgotten is left out.
    """
    # Written down first: an import that is killed half-way has changed the register all the same.
    line = partial(audits.write_down, at=now, actor=actor, event="register_imported")
    await store.write(partial(line, read=len(rows), as_of=as_of))
    added = changed = forgotten = 0
    for chunk in _chunks(rows):
        subjects = [token_hex(16) for _ in chunk]
        work = partial(_write_chunk, rows=chunk, subjects=subjects, currency=currency, as_of=as_of)
        fresh, known = await store.write(work)
        added += fresh
        changed += known
        forgotten += len(chunk) - fresh - known
    return added, changed, forgotten


def _write_chunk(
    connection: Connection,
    *,
    rows: Sequence[RegisterRow],
    subjects: Sequence[str],
    currency: str,
    as_of: str,
) -> tuple[int, int]:
    gone = forgotten_among(connection, [row.code for row in rows])
    kept = [row for row in rows if row.code not in gone]
    return registers.write_clients(
        connection, kept, subjects=subjects[: len(kept)], currency=currency, as_of=as_of
    )


def _chunks(rows: Sequence[RegisterRow]) -> Iterator[Sequence[RegisterRow]]:
    for first in range(0, len(rows), CHUNK):
        yield rows[first : first + CHUNK]
