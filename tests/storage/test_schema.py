"""Migrations: up, down, and to exactly the tables of the code."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from spm_bot.storage import audits, schema
from spm_bot.storage.store import Corrupt, Store, Unavailable
from spm_bot.storage.tables import metadata
from spm_bot.storage.vault import Vault
from tests.seed import AT, enter, row

ROOT = Path(__file__).parents[2]


def differences(connection: Connection) -> list[object]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    # SQLite's own text of a default is spelt differently; PostgreSQL is asked whether the values are equal.
    defaults = connection.dialect.name == "postgresql"
    context = MigrationContext.configure(connection, opts={"compare_server_default": defaults})
    return list(compare_metadata(context, metadata))


def table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def partial_indexes(connection: Connection) -> set[tuple[str, bool]]:
    """Names of indexes with a condition, which Alembic does not compare, and whether they are unique."""
    option = f"{connection.dialect.name}_where"
    return {
        (str(index["name"]), bool(index["unique"]))
        for table in metadata.tables
        for index in inspect(connection).get_indexes(table)
        if index.get("dialect_options", {}).get(option) is not None
    }


def wanted_partial_indexes(connection: Connection) -> set[tuple[str, bool]]:
    return {
        (str(index.name), index.unique)
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options[connection.dialect.name]["where"] is not None
    }


async def test_migrations_lead_to_the_tables_of_the_code(empty_url: str) -> None:
    await schema.migrate(empty_url)
    assert await schema.connected(empty_url, differences) == []
    assert await schema.connected(empty_url, table_names) == {*metadata.tables, "alembic_version"}
    found = await schema.connected(empty_url, partial_indexes)
    assert found == await schema.connected(empty_url, wanted_partial_indexes)


async def test_tables_made_for_tests_are_those_of_the_migrations(database_url: str) -> None:
    assert await schema.current(database_url) == schema.head()
    await schema.migrate(database_url)
    assert await schema.connected(database_url, differences) == []


async def test_migrations_go_down_to_nothing_and_up_again(empty_url: str) -> None:
    await schema.migrate(empty_url)
    await schema.migrate(empty_url, to="base")
    assert await schema.connected(empty_url, table_names) == {"alembic_version"}
    assert await schema.current(empty_url) is None
    await schema.migrate(empty_url)
    assert await schema.current(empty_url) == schema.head()
    assert await schema.connected(empty_url, differences) == []


async def test_audit_log_of_an_older_version_gets_its_chain(empty_url: str, vault: Vault) -> None:
    await schema.migrate(empty_url, to="0002")
    old = "INSERT INTO audits (at, actor, event, detail) VALUES ('2026-11-24 07:00:00+00:00', 'a', 'e', '{}')"

    def write(connection: Connection) -> None:
        for _ in range(3):
            connection.exec_driver_sql(old)
        connection.commit()

    await schema.connected(empty_url, write)
    await schema.migrate(empty_url)
    store = await Store.open(empty_url, vault=vault, durability="off", lanes=1)
    await store.write(lambda c: audits.write_down(c, at=AT, actor="a", event="e"))
    chain = await store.read(audits.walk)
    await store.close()
    assert (chain.lines, chain.broken_at) == (4, None)


async def test_migrating_to_the_revision_it_is_at_changes_nothing(empty_url: str) -> None:
    head = schema.head()
    assert head is not None
    await schema.migrate(empty_url, to=head)
    await schema.migrate(empty_url, to=head)
    assert await schema.current(empty_url) == head


async def test_every_revision_can_be_reached_from_above_and_below(empty_url: str) -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions[0] == schema.head()
    for revision in [*reversed(revisions), *revisions]:
        await schema.migrate(empty_url, to=revision)
        assert await schema.current(empty_url) == revision


async def test_two_that_migrate_at_once_wait_for_each_other(empty_url: str) -> None:
    await asyncio.gather(schema.migrate(empty_url), schema.migrate(empty_url))
    assert await schema.current(empty_url) == schema.head()


async def test_current_of_an_empty_database_is_none(empty_url: str) -> None:
    assert await schema.current(empty_url) is None


def test_current_does_not_create_the_file(tmp_path: Path) -> None:
    assert asyncio.run(schema.current(f"sqlite:///{tmp_path}/spm.db")) is None
    assert list(tmp_path.iterdir()) == []


async def test_new_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    await schema.migrate(f"sqlite:///{tmp_path}/spm.db")
    assert (tmp_path / "spm.db").stat().st_mode & 0o777 == 0o600


async def test_unknown_revision_is_refused(empty_url: str) -> None:
    with pytest.raises(ValueError, match="there is no revision nowhere; there are head, "):
        await schema.migrate(empty_url, to="nowhere")


async def test_database_of_a_newer_version_is_left_alone(empty_url: str, vault: Vault) -> None:
    await schema.migrate(empty_url)
    store = await Store.open(empty_url, vault=vault)
    newer = "UPDATE alembic_version SET version_num = 'from_the_future'"
    await store.write(lambda connection: connection.exec_driver_sql(newer))
    await store.close()
    for to in ("head", "base"):
        with pytest.raises(Unavailable, match="from_the_future, written by a newer version: update spm-bot"):
            await schema.migrate(empty_url, to=to)
    assert await schema.connected(empty_url, table_names) == {*metadata.tables, "alembic_version"}


async def test_failed_migration_leaves_the_database_as_it_was(empty_url: str, vault: Vault) -> None:
    """A table that is in the way fails the migration at its place; what came before is undone."""
    last = metadata.sorted_tables[-1].name
    store = await Store.open(empty_url, vault=vault)
    await store.write(lambda connection: connection.exec_driver_sql(f"CREATE TABLE {last} (id INTEGER)"))
    await store.close()
    with pytest.raises(Exception, match="already exists"):
        await schema.migrate(empty_url)
    assert await schema.connected(empty_url, table_names) == {last}


async def test_file_that_is_no_database_is_corrupt(tmp_path: Path) -> None:
    (tmp_path / "spm.db").write_bytes(b"no database at all, whatever its name may say" * 100)
    for call in (schema.current, schema.migrate):
        with pytest.raises(Corrupt, match="restore it from a backup"):
            await call(f"sqlite:///{tmp_path}/spm.db")


async def test_server_that_cannot_be_reached_is_unavailable() -> None:
    for call in (schema.current, schema.migrate):
        with pytest.raises(Unavailable, match=r"spm:\*\*\*@127\.0\.0\.1:1/spm"):
            await call("postgresql+asyncpg://spm:hunter2@127.0.0.1:1/spm")


def test_reading_the_revision_does_not_import_alembic(tmp_path: Path) -> None:
    (tmp_path / "spm.db").touch()
    code = (
        "import asyncio, sys; from spm_bot.storage import schema;"
        "found = asyncio.run(schema.current('sqlite:///spm.db'));"
        "print(found, schema.head() is not None, 'alembic' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "None True False\n"


def test_alembic_command_line_works_from_any_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "alembic", "-c", str(ROOT / "alembic.ini")]
    environment = {"SPM_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/spm.db", "PATH": ""}
    for arguments in (["upgrade", "head"], ["check"]):
        ran = subprocess.run(
            [*command, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "No new upgrade operations detected.\n"


async def test_what_would_be_lost_is_counted(empty_url: str, vault: Vault) -> None:
    assert await schema.losses(empty_url) == (0, 0)
    await schema.migrate(empty_url)
    assert await schema.losses(empty_url) == (0, 0)
    store = await Store.open(empty_url, vault=vault, durability="off", lanes=1)
    await store.write(lambda c: enter(c, row("C1"), row("C2")))
    await store.close()
    assert await schema.losses(empty_url) == (2, 0)
