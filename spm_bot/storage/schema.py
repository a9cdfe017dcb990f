"""Which revision a database is at, and moving it to another: the only use of Alembic."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import URL, Column, Connection, MetaData, String, Table, func, inspect, select

from spm_bot.storage.batches import NotCommitted, raisable
from spm_bot.storage.failures import Unavailable, refused
from spm_bot.storage.sqlite_file import driver_of, engine_on, make_private, path_of
from spm_bot.storage.store import address_of
from spm_bot.storage.tables import clients, responses

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")

_ROOT: Final = Path(__file__).resolve().parents[2]
_VERSION: Final = Table("alembic_version", MetaData(), Column("version_num", String(32)))
_REVISION: Final = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*[\"'](\w+)[\"']", re.MULTILINE)
# Any number will do, as long as every version of the bot takes the same one.
_ADVISORY_LOCK: Final = 7_306_914


async def migrate(url: str, *, to: str = "head") -> None:
    """Moves a database up or down to a revision, to `head` or to `base`; whoever comes second waits.

    All or nothing: a migration that fails leaves the database as it was. A missing SQLite file is
    created. Raises Unavailable, and ValueError when there is no such revision.
    """
    address, config = address_of(url), _config()
    if address.get_backend_name() == "sqlite":
        make_private(path_of(address))
        await connected(url, partial(_move_file, config=config, to=to))
    else:
        await connected(url, partial(_move_server, config=config, to=to))


async def current(url: str) -> str | None:
    """The revision a database is at; None for one without tables, or a SQLite file not there yet."""
    address = address_of(url)
    if address.get_backend_name() == "sqlite" and not path_of(address).exists():
        return None
    return await connected(url, _current)


async def losses(url: str) -> tuple[int, int]:
    """How many clients and how many responses would go with the tables."""
    return (0, 0) if await current(url) is None else await connected(url, _losses)


def head() -> str | None:
    """The newest revision there is, read from the files: importing Alembic would slow every start."""
    files = sorted((_folder() / "versions").glob("*.py"))
    found = [dict(_REVISION.findall(file.read_text(encoding="utf-8"))) for file in files]
    older = {names.get("down_revision") for names in found}
    newest = [names["revision"] for names in found if names["revision"] not in older]
    if len(newest) > 1:
        raise Unavailable(f"the migrations end twice ({', '.join(newest)}): join them with alembic merge")
    return newest[0] if newest else None


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(select(_VERSION.c.version_num)).scalar()


def _losses(connection: Connection) -> tuple[int, int]:
    there = inspect(connection)
    known, given = (
        connection.execute(select(func.count()).select_from(table)).scalar_one()
        if there.has_table(table.name)
        else 0
        for table in (clients, responses)
    )
    return known, given


def _move_file(connection: Connection, *, config: Config, to: str) -> None:
    driver = driver_of(connection)
    # SQLite alters a table by building a new one, and dropping the old one must not reach its children.
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.execute("BEGIN IMMEDIATE")
    _move(connection, config, to)
    if broken := driver.execute("PRAGMA foreign_key_check").fetchone():
        raise RuntimeError(f"the migration left rows of {broken[0]} without the rows they refer to")
    connection.commit()


def _move_server(connection: Connection, *, config: Config, to: str) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
    _move(connection, config, to)
    connection.commit()


def _move(connection: Connection, config: Config, to: str) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config.attributes["connection"] = connection
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    here = _current(connection)
    if here is not None and here not in revisions:
        raise Unavailable(f"the database is at revision {here}, written by a newer version: update spm-bot")
    if to not in ("head", "base", *revisions):
        raise ValueError(f"there is no revision {to}; there are {', '.join(['head', *revisions, 'base'])}")
    # Newest first: what stands behind `here` is older.
    older = revisions[revisions.index(here) + 1 :] if here is not None else []
    if to == "base" or to in older:
        command.downgrade(config, to)
    else:
        command.upgrade(config, to)


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415

    _folder()
    return Config(_ROOT / "alembic.ini")


def _folder() -> Path:
    folder = _ROOT / "migrations"
    if not folder.is_dir():
        raise Unavailable(f"{folder} is missing: run from a clone of the project, with pip install -e .")
    return folder


async def connected(url: str, work: Callable[[Connection], T]) -> T:
    """What `work` returned on a connection for it alone; what it did not commit is rolled back."""
    address = address_of(url)
    place = address.render_as_string(hide_password=True)
    try:
        if address.get_backend_name() == "sqlite":
            return await asyncio.to_thread(_on_file, path_of(address), work)
        return await _on_server(address, work)
    except NotCommitted as error:
        raise refused(error.reason, place) from None
    except Exception as error:
        known = raisable(error, place)
        if known is error:
            raise
        raise known from None


def _on_file(path: Path, work: Callable[[Connection], T]) -> T:
    engine = engine_on(path, connections=1)
    try:
        with engine.connect() as connection:
            return work(connection)
    finally:
        engine.dispose()


async def _on_server(address: URL, work: Callable[[Connection], T]) -> T:
    from spm_bot.storage.postgres_lane import engine_for, reached  # noqa: PLC0415

    engine = engine_for(address)
    try:
        async with reached(engine) as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
