"""A SQLite database file: where it is, how it is opened, and the pragmas every connection must have."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine

from spm_bot.storage.failures import Unavailable

BUSY_MS: Final = 30_000
_SYNCHRONOUS: Final = {"full": ("FULL", 2), "off": ("OFF", 0)}


def path_of(url: URL) -> Path:
    """The database file of an SQLite address. Raises Unavailable when it names no file."""
    name = url.database or ""
    if name in ("", ":memory:") or name.startswith("file:") or url.query:
        raise Unavailable(
            f"SPM_DATABASE_URL is {url}: reads and writes would not see one database there; name a"
            " file, as in sqlite+aiosqlite:///spm.db"
        )
    return Path(name).absolute()


def engine_on(path: Path, *, connections: int) -> Engine:
    """An engine whose driver begins no transactions of its own: every BEGIN is ours.

    Left to itself the driver lets a savepoint that comes first survive the outer rollback, and
    begins so late that of two read-then-write updates one is lost.
    """
    return create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        pool_size=connections,
        max_overflow=0,
        connect_args={"isolation_level": None, "timeout": BUSY_MS / 1000},
        hide_parameters=True,
    )


def driver_of(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101
    return driver


def make_private(path: Path) -> None:
    """Creates an empty database file that only its owner may read. Raises Unavailable."""
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise Unavailable(
            f"cannot open the database {path}: {error.strerror}; its folder must exist and be writable"
        ) from None
    if not os.access(path, os.W_OK):
        raise Unavailable(f"cannot write to the database {path}: give this user the right to")


def prepare_writer(driver: sqlite3.Connection, path: Path, durability: str) -> None:
    """Sets the pragmas of a writing connection and reads each back. Raises Unavailable."""
    level, number = _SYNCHRONOUS[durability]
    _set(driver, path, "busy_timeout", BUSY_MS, BUSY_MS)
    _set_wal(driver, path)
    _set(driver, path, "synchronous", level, number)
    _set(driver, path, "foreign_keys", "ON", 1)
    _set(driver, path, "secure_delete", "ON", 1)


def prepare_reader(driver: sqlite3.Connection, path: Path) -> None:
    """Makes a connection refuse to write. Raises Unavailable."""
    _set(driver, path, "query_only", "ON", 1)


def _set_wal(driver: sqlite3.Connection, path: Path) -> None:
    # Two connections that switch a new file to WAL at once may be told `busy` without the busy time-out.
    for attempt in range(100):
        try:
            _set(driver, path, "journal_mode", "WAL", "wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or attempt == 99:
                raise
            time.sleep(0.05)


def _set(driver: sqlite3.Connection, path: Path, pragma: str, value: Any, expected: Any) -> None:
    driver.execute(f"PRAGMA {pragma}={value}").close()
    found = driver.execute(f"PRAGMA {pragma}").fetchone()[0]
    if found != expected:
        raise Unavailable(
            f"the database {path} does not take {pragma}={value} (it stays {found}): put it on a local disk"
        )
