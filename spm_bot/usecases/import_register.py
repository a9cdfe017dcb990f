"""A register comes in: clients are added or changed by their code, in chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from secrets import token_hex

from spm_bot.fieldwork.register import RegisterRow
from spm_bot.storage import audits, registers
from spm_bot.storage.store import Store

CHUNK = 500


async def import_clients(
    rows: Sequence[RegisterRow], *, store: Store, currency: str, as_of: str, actor: str, now: datetime
) -> tuple[int, int]:
    """Writes clients with their loans as they were on `as_of`; returns (added, changed).

    The same rows a second time change nothing that counts: codes decide who is who.
    """
    # Written down first: an import that is killed half-way has changed the register all the same.
    line = partial(audits.write_down, at=now, actor=actor, event="register_imported")
    await store.write(partial(line, read=len(rows), as_of=as_of))
    added = changed = 0
    for chunk in _chunks(rows):
        subjects = [token_hex(16) for _ in chunk]
        work = partial(registers.write_clients, rows=chunk, subjects=subjects, currency=currency, as_of=as_of)
        fresh, known = await store.write(work)
        added += fresh
        changed += known
    return added, changed


def _chunks(rows: Sequence[RegisterRow]) -> Iterator[Sequence[RegisterRow]]:
    for first in range(0, len(rows), CHUNK):
        yield rows[first : first + CHUNK]
