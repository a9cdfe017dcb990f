"""What the audit log remembers of imports: which lists came in, of which day, to how many clients."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spm_bot.storage import audits
from spm_bot.storage.store import Connection

EVENT = "register_imported"
REMEMBERED = 1_000
"""Imports that are looked back on."""


@dataclass(frozen=True, slots=True)
class PastImport:
    """`lists` are the kinds that came in, `active` the clients who were active before, `allowed` says that
    somebody meant to close many.
    """

    at: datetime
    as_of: str
    lists: frozenset[str]
    active: int
    allowed: bool


def past_imports(connection: Connection) -> list[PastImport]:
    """The newest ones, oldest of them first."""
    lines = audits.lines(connection, limit=REMEMBERED, event=EVENT)
    return [_import(line.at, line.detail) for line in lines]


def _import(at: datetime, detail: dict[str, object]) -> PastImport:
    lists = frozenset(str(detail.get("lists", "")).split())
    active = detail.get("active")
    number = active if isinstance(active, int) else 0
    return PastImport(at, str(detail.get("as_of", "")), lists, number, bool(detail.get("allowed")))
