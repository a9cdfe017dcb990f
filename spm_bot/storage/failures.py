"""The store's own errors, and which of the drivers' errors are one of them."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted


class Conflict(Exception):
    """A unique key, a foreign key or a version says that another row or another change was first."""


class Unavailable(Exception):
    """The database cannot be reached, opened or written to; the message says what to do."""


class Corrupt(Exception):
    """The database file is damaged or is no database; the message says what to do."""


_SQLITE_CONFLICTS: Final = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
        sqlite3.SQLITE_CONSTRAINT_ROWID,
    }
)
_SQLITE_CORRUPT: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SQLITE_ADVICE: Final = {
    sqlite3.SQLITE_BUSY: "another process has been writing for too long: stop it, or try again later",
    sqlite3.SQLITE_CANTOPEN: "check that its folder exists and may be written to",
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_IOERR: "check the disk",
    sqlite3.SQLITE_NOMEM: "make room in memory",
}
_POSTGRES_CONFLICTS: Final = frozenset({"23505", "23503", "23P01"})
_POSTGRES_RACES: Final = frozenset({"40001", "40P01"})
_POSTGRES_CORRUPT: Final = frozenset({"XX001", "XX002"})
_POSTGRES_ADVICE: Final = {
    "08": "check that the server runs and can be reached",
    "28": "check user and password in SPM_DATABASE_URL",
    "3D": "create the database, or mend its name in SPM_DATABASE_URL",
    "53": "give the server more room (disk, memory or connections)",
    "55": "try again later",
    "57": "the server was stopped or gave up: try again later",
}


def raced(error: BaseException) -> bool:
    """Whether a deadlock or a serialization failure ended the transaction, so that it may run again."""
    return _state(_cause(error)) in _POSTGRES_RACES


def disconnected(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


def translated(error: BaseException, place: str) -> BaseException:
    """A fresh store error for what a database at `place` did to a work; other errors as they are.

    Values of the row stay out of the message, and the driver's error is not chained: it quotes them.
    """
    cause = _cause(error)
    code, state = _code(cause), _state(cause)
    if code in _SQLITE_CONFLICTS or state in _POSTGRES_CONFLICTS or state in _POSTGRES_RACES:
        return Conflict(_first_line(cause))
    if code & 0xFF in _SQLITE_CORRUPT or state in _POSTGRES_CORRUPT:
        return _corrupt(cause, place)
    known = code & 0xFF in _SQLITE_ADVICE or state[:2] in _POSTGRES_ADVICE
    if known or disconnected(error) or isinstance(error, PoolExhausted):
        return refused(error, place)
    return error


def refused(error: BaseException, place: str) -> Unavailable | Corrupt:
    """A fresh store error for a database at `place` that would not open, begin or commit."""
    if isinstance(error, Unavailable | Corrupt):
        return type(error)(str(error))
    cause = _cause(error)
    code, state = _code(cause), _state(cause)
    if code & 0xFF in _SQLITE_CORRUPT or state in _POSTGRES_CORRUPT:
        return _corrupt(cause, place)
    advice = (
        _SQLITE_ADVICE.get(code & 0xFF) or _POSTGRES_ADVICE.get(state[:2]) or "check that it can be reached"
    )
    return Unavailable(f"cannot use the database {place}: {_first_line(cause)}; {advice}")


def _corrupt(cause: BaseException, place: str) -> Corrupt:
    return Corrupt(f"the database {place} is damaged: {_first_line(cause)}; restore it from a backup")


def _cause(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def _code(cause: BaseException) -> int:
    """SQLite's extended result code; 0 for errors that are not SQLite's."""
    code = getattr(cause, "sqlite_errorcode", 0)
    return code if isinstance(code, int) else 0


def _state(cause: BaseException) -> str:
    """PostgreSQL's SQLSTATE; '' for errors that are not PostgreSQL's."""
    state = getattr(cause, "sqlstate", "")
    return state if isinstance(state, str) else ""


def _first_line(cause: BaseException) -> str:
    # PostgreSQL's second line (DETAIL) quotes values; SQLAlchemy 2.0 puts a class name before the first.
    line = (str(cause).splitlines() or [type(cause).__name__])[0]
    return line.rpartition("'>: ")[2]
