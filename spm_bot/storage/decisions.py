"""The decision log: what managers decided on a figure, what they said of it later. Their words are sealed."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, insert, select, update

from spm_bot.analytics.commitments import Decision, Draft, Lever, Outcome
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import decisions
from spm_bot.storage.vault import Vault
from spm_bot.times import on_wall

_WORDS = ("decision", "reason", "owner", "money", "effect", "approver", "minute")


def write(connection: Connection, draft: Draft, *, by: str, at: datetime) -> int:
    """Adds a line to the log, made by the subject `by`; returns its number."""
    vault = vault_of(connection)
    row = {field.name: getattr(draft, field.name) for field in fields(draft)}
    row |= {name: _sealed(vault, name, row[name]) for name in _WORDS if name in row}
    row |= {"due_on": draft.due_on.isoformat(), "check_on": draft.check_on.isoformat()}
    row |= {"made_at": at, "made_by": by, "reviewed_at": at}
    number: int = connection.execute(insert(decisions).returning(decisions.c.id), row).scalar_one()
    return number


def lines(connection: Connection, *, zone: ZoneInfo, branch: str | None = None) -> list[Decision]:
    """The whole log, or what was decided for one branch ('': for the whole institution), oldest first.
    Days are those of `zone`.
    """
    query = select(decisions).order_by(decisions.c.id)
    if branch is not None:
        query = query.where(decisions.c.branch == branch)
    vault = vault_of(connection)
    return [_decision(vault, row, zone) for row in connection.execute(query)]


def review(
    connection: Connection,
    number: int,
    *,
    at: datetime,
    done: bool = False,
    outcome: Outcome | None = None,
    minute: str = "",
) -> bool:
    """Somebody looked at a decision; False where it is closed already. An outcome closes it; what was
    written earlier of the board's minute stays where nothing new is.
    """
    news: dict[str, Any] = {"reviewed_at": at}
    if done:
        news["done_at"] = at
    if outcome is not None:
        news |= {"outcome": outcome, "outcome_at": at}
    if minute:
        news["minute"] = _sealed(vault_of(connection), "minute", minute)
    still_open = (decisions.c.id == number, decisions.c.outcome.is_(None))
    return connection.execute(update(decisions).where(*still_open).values(news)).rowcount == 1


def _sealed(vault: Vault, name: str, words: str) -> bytes:
    return vault.encrypt(words, associated=f"decisions.{name}")


def _decision(vault: Vault, row: Row[*tuple[Any, ...]], zone: ZoneInfo) -> Decision:
    def words(name: str) -> str:
        sealed = row._mapping[name]
        return "" if sealed is None else vault.decrypt(sealed, associated=f"decisions.{name}")

    def day(instant: datetime | None) -> date | None:
        return None if instant is None else on_wall(instant, zone=zone).date()

    return Decision(
        number=row.id,
        made_on=on_wall(row.made_at, zone=zone).date(),
        week=row.week,
        branch=row.branch,
        indicator=row.indicator,
        value=row.value,
        low=row.low,
        high=row.high,
        lever=Lever(row.lever),
        due_on=date.fromisoformat(row.due_on),
        expected=row.expected,
        check_on=date.fromisoformat(row.check_on),
        harms=row.harms,
        reviewed_on=on_wall(row.reviewed_at, zone=zone).date(),
        done_on=day(row.done_at),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        outcome_on=day(row.outcome_at),
        **{name: words(name) for name in _WORDS},
    )
