"""The audit log: who did what when, by subject id, never by name and never with an answer.

Every line carries the hash of itself and of the line before, so a line that is changed or cut out later
breaks the chain. Retention drops the oldest lines, and notes where the chain begins from then on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from spm_bot.storage.tables import audit_ends, audits

PAGE = 5_000
_ONLY = 1
_END = select(audit_ends).where(audit_ends.c.id == _ONLY)


@dataclass(frozen=True, slots=True)
class Audit:
    at: datetime
    actor: str
    event: str
    detail: dict[str, object]


@dataclass(frozen=True, slots=True)
class Chain:
    """What a walk along the chain found: lines that hold and lines that retention dropped, the newest hash
    in hex, the id of the first line that does not fit, and how many lines follow the hash that was
    `expected` (None: not met).
    """

    lines: int
    dropped: int
    newest: str
    broken_at: int | None
    since_expected: int | None


def take_turn(connection: Connection) -> None:
    """Has whoever else would write a line wait until this transaction ends."""
    connection.execute(_END.with_for_update()).one()


def write_down(
    connection: Connection, *, at: datetime, actor: str, event: str, **detail: str | int | None
) -> None:
    """Adds one line; `actor` is a staff subject id, `cli:<account>` or `system`."""
    # Whoever writes takes the end of the chain first, so lines are in it in the order of their ids.
    end = connection.execute(_END.with_for_update()).one()
    told = json.dumps(detail, sort_keys=True)
    linked = link(bytes(end.chain_hash), at=at, actor=actor, event=event, detail=told)
    row = {"at": at, "actor": actor, "event": event, "detail": told, "chain_hash": linked}
    connection.execute(insert(audits), row)
    moved = update(audit_ends).where(audit_ends.c.id == _ONLY)
    connection.execute(moved.values(chain_hash=linked, lines=end.lines + 1))


def link(before: bytes, *, at: datetime, actor: str, event: str, detail: str) -> bytes:
    """The hash of a line and of everything before it."""
    line = json.dumps([at.astimezone(UTC).isoformat(), actor, event, detail])
    return sha256(before + line.encode()).digest()


def lines(
    connection: Connection,
    *,
    limit: int,
    actor: str | None = None,
    event: str | None = None,
    since: datetime | None = None,
) -> list[Audit]:
    """The newest lines, oldest of them first; of one actor, of one event, or from an instant on."""
    query = select(audits).order_by(audits.c.id.desc()).limit(limit)
    if actor is not None:
        query = query.where(audits.c.actor == actor)
    if event is not None:
        query = query.where(audits.c.event == event)
    if since is not None:
        query = query.where(audits.c.at >= since)
    rows = connection.execute(query).all()
    return [Audit(row.at, row.actor, row.event, _detail(row.detail)) for row in reversed(rows)]


def _detail(written: str) -> dict[str, object]:
    """What a line tells; one that somebody changed into no JSON is shown as it stands."""
    try:
        read = json.loads(written)
    except ValueError:
        return {"unreadable": written}
    return read if isinstance(read, dict) else {"unreadable": written}


def drop_old(connection: Connection, *, before: datetime, limit: int) -> int:
    """Drops the oldest lines from before then, and notes where the chain begins now; says how many."""
    first_kept = select(func.min(audits.c.id)).where(audits.c.at >= before).scalar_subquery()
    oldest = select(audits.c.id, audits.c.chain_hash).where(
        audits.c.at < before, audits.c.id < func.coalesce(first_kept, audits.c.id + 1)
    )
    rows = connection.execute(oldest.order_by(audits.c.id).limit(limit)).all()
    if not rows:
        return 0
    end = connection.execute(_END.with_for_update()).one()
    connection.execute(delete(audits).where(audits.c.id <= rows[-1].id))
    begins = update(audit_ends).where(audit_ends.c.id == _ONLY)
    connection.execute(begins.values(start_hash=rows[-1].chain_hash, dropped=end.dropped + len(rows)))
    return len(rows)


def walk(connection: Connection, *, expected: str | None = None) -> Chain:
    """Follows the chain from where it begins; `expected` is a hash in hex noted earlier."""
    end = connection.execute(_END).one()
    before = bytes(end.start_hash)
    held, met = 0, 0 if before and before.hex() == expected else None
    for row in _oldest_first(connection):
        found = bytes(row.chain_hash or b"")
        if found != link(before, at=row.at, actor=row.actor, event=row.event, detail=row.detail):
            return Chain(held, end.dropped, before.hex(), row.id, met)
        held, before = held + 1, found
        met = 0 if found.hex() == expected else None if met is None else met + 1
    # The end of the chain is kept beside the lines: the newest cut off, or all of them, show here.
    whole = before == bytes(end.chain_hash) and held + end.dropped == end.lines
    last = connection.execute(select(func.max(audits.c.id))).scalar() or 0
    return Chain(held, end.dropped, before.hex(), None if whole else last + 1, met)


def _oldest_first(connection: Connection) -> Iterator[Row[*tuple[Any, ...]]]:
    last = 0
    while True:
        page = select(audits).where(audits.c.id > last).order_by(audits.c.id).limit(PAGE)
        rows = connection.execute(page).all()
        yield from rows
        if len(rows) < PAGE:
            return
        last = rows[-1].id
