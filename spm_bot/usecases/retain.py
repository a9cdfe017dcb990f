"""What may not be kept any longer: answers are cut from their givers, old ledger lines go."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from spm_bot.storage import audits, cuts
from spm_bot.storage.store import Connection, Store
from spm_bot.times import YEAR
from spm_bot.usecases.visit import Desk

CHUNK = 200
"""Rows in one transaction, so that nobody's answer waits behind those of a whole year."""


class _Cut(Protocol):
    def __call__(self, connection: Connection, *, before: datetime, limit: int) -> int: ...


async def retain(now: datetime, *, store: Store, desk: Desk) -> int:
    """Cuts and drops whatever is older than the institution file allows; says how many rows.

    Running it again finds the rest of what it left.
    """
    retention = desk.institution.retention
    answers = months_before(now, retention.answers_months)
    ledgers = months_before(now, retention.ledger_months)
    cut: list[tuple[_Cut, datetime]] = [
        (cuts.cut_old_surveys, answers),
        (cuts.drop_old_forms, answers),
        (cuts.drop_old_requests, answers),
        # The rules of contact look back a year, so they must know for as long whom we asked.
        (cuts.cut_old_invitations, min(answers, now - YEAR)),
        (cuts.drop_old_consents, ledgers),
        (audits.drop_old, ledgers),
    ]
    total = 0
    for each, before in cut:
        total += await _until_done(store, partial(each, before=before, limit=CHUNK))
    if total:
        await store.checkpoint()
    return total


def months_before(instant: datetime, months: int) -> datetime:
    """The same day of the month that many months earlier, or that month's last day."""
    years, month = divmod(instant.year * 12 + instant.month - 1 - months, 12)
    day = min(instant.day, monthrange(years, month + 1)[1])
    return instant.replace(year=years, month=month + 1, day=day)


async def _until_done(store: Store, work: Callable[[Connection], int]) -> int:
    total = 0
    while count := await store.write(work):
        total += count
    return total
