"""How queued works share one transaction: all together, or each behind a savepoint when one failed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from sqlalchemy import Connection, Engine, event

from spm_bot.storage.failures import raced, translated
from spm_bot.storage.vault import Vault

# More works in a batch save hardly any time on the commit and let the first one wait for the last.
LIMIT: Final = 256


@dataclass(frozen=True, slots=True)
class Job:
    """A work and the future its caller awaits."""

    work: Callable[[Connection], Any]
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """The outcome of a work that was rolled back; any other outcome is the value it returned."""

    error: BaseException


class NotCommitted(Exception):
    """The database would not begin, go on or commit: no work of the batch has an effect."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__(str(reason))
        self.reason = reason


def equip(engine: Engine, vault: Vault) -> None:
    """Gives every connection of `engine` the vault."""

    @event.listens_for(engine, "connect")
    def hand_over(_driver: Any, record: Any) -> None:
        record.info["vault"] = vault


def together(connection: Connection, jobs: Sequence[Job]) -> list[Any]:
    """The values of all works; the first error ends the batch."""
    with _sealed(connection):
        return [job.work(connection) for job in jobs]


def apart(connection: Connection, jobs: Sequence[Job]) -> list[Any]:
    """The outcome of every work, each behind a savepoint of its own.

    Raises the error of a deadlock, after which the transaction is worth nothing, and NotCommitted
    when a work's error took the whole transaction with it (SQLite does so when the disk is full).
    """
    outcomes: list[Any] = []
    with _sealed(connection):
        for job in jobs:
            connection.exec_driver_sql("SAVEPOINT one_work")
            try:
                outcomes.append(job.work(connection))
            except Exception as error:
                if raced(error):
                    raise
                outcomes.append(Failed(error))
                _step_back(connection, error)
            connection.exec_driver_sql("RELEASE SAVEPOINT one_work")
    return outcomes


def deliver(jobs: Sequence[Job], outcomes: Sequence[Any], place: str) -> None:
    """Wakes the callers; one that was cancelled meanwhile is passed over. Runs in the event loop."""
    for job, outcome in zip(jobs, outcomes, strict=True):
        if job.future.done():
            continue
        if isinstance(outcome, Failed):
            job.future.set_exception(raisable(outcome.error, place))
        else:
            job.future.set_result(outcome)


def _step_back(connection: Connection, error: BaseException) -> None:
    try:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT one_work")
    except Exception:
        raise NotCommitted(error) from None


def raisable(error: BaseException, place: str) -> Exception:
    """The error to hand to the caller of a work that failed on the database at `place`."""
    known = translated(error, place)
    # A future takes no StopIteration, and a SystemExit in it would end the program.
    if isinstance(known, Exception) and not isinstance(known, StopIteration):
        return known
    return RuntimeError(f"a work raised {known!r}")


@contextmanager
def _sealed(connection: Connection) -> Iterator[None]:
    # Shadowed, not listened for: an error out of SQLAlchemy's own commit would leave its state and the
    # database's apart. The transaction is open already, so that no work can begin, and end, its own.
    if not connection.in_transaction():
        connection.begin()
    shadows = dict.fromkeys(("close", "commit", "rollback"), _refuse)
    vars(connection).update(shadows)
    try:
        yield
    finally:
        for name in shadows:
            del vars(connection)[name]


def _refuse() -> NoReturn:
    raise RuntimeError("a work must not end its transaction or close its connection: others share them")
