"""The audit log: who did what when, by subject id, never by name and never with an answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from spm_bot.storage.tables import audits


@dataclass(frozen=True, slots=True)
class Audit:
    at: datetime
    actor: str
    event: str
    detail: dict[str, object]


def write_down(
    connection: Connection, *, at: datetime, actor: str, event: str, **detail: str | int | None
) -> None:
    """Adds one line; `actor` is a staff subject id, `cli:<account>` or `system`."""
    row = {"at": at, "actor": actor, "event": event, "detail": json.dumps(detail, sort_keys=True)}
    connection.execute(audits.insert(), row)


def lines(connection: Connection, *, limit: int) -> list[Audit]:
    """The newest lines, oldest of them first."""
    rows = connection.execute(select(audits).order_by(audits.c.id.desc()).limit(limit)).all()
    return [Audit(row.at, row.actor, row.event, json.loads(row.detail)) for row in reversed(rows)]
