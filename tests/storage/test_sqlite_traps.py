"""What goes wrong silently with the SQLite driver's own transactions and pragmas, and must not here."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from threading import Event
from typing import NoReturn

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, insert, select, update

from spm_bot.storage.sqlite_file import prepare_writer
from spm_bot.storage.store import Conflict, Connection, Store, Unavailable
from spm_bot.storage.vault import Vault

METADATA = MetaData()
BOXES = Table(
    "boxes",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("label", String(200), nullable=False, server_default=""),
)
LIDS = Table(
    "lids",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("box_id", ForeignKey("boxes.id", deferrable=True, initially="DEFERRED"), nullable=False),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "spm.db"


@pytest.fixture
async def boxes(file: Path, vault: Vault) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite:///{file}", vault=vault)
    await opened.write(METADATA.create_all)
    yield opened
    await opened.close()


def put(count: int, *, label: str = "") -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        connection.execute(insert(BOXES), {"count": count, "label": label})

    return work


def counts(connection: Connection) -> list[int]:
    return list(connection.execute(select(BOXES.c.count).order_by(BOXES.c.id)).scalars())


def pragma(name: str) -> Callable[[Connection], object]:
    return lambda connection: connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def fail(_connection: Connection) -> NoReturn:
    raise LookupError


async def test_savepoint_that_comes_first_does_not_survive_the_outer_rollback(boxes: Store) -> None:
    """The driver begins no transaction before a savepoint, so releasing it would commit the first work.

    The second work sends the batch behind savepoints; the third makes the commit itself fail.
    """

    def lid_without_box(connection: Connection) -> None:
        connection.execute(insert(LIDS), {"box_id": 404})

    works: list[Callable[[Connection], None]] = [put(1), fail, lid_without_box]
    found = await asyncio.gather(*map(boxes.write, works), return_exceptions=True)
    assert [type(outcome) for outcome in found] == [Unavailable] * 3
    assert "FOREIGN KEY constraint failed" in str(found[0])
    assert await boxes.read(counts) == []
    await boxes.write(put(2))
    assert await boxes.read(counts) == [2]


async def test_read_then_write_updates_of_two_connections_are_not_lost(
    boxes: Store, file: Path, vault: Vault
) -> None:
    other = await Store.open(f"sqlite:///{file}", vault=vault)
    await boxes.write(put(0))

    def one_more(connection: Connection) -> None:
        count = connection.execute(select(BOXES.c.count)).scalar_one()
        connection.execute(update(BOXES).values(count=count + 1))

    await asyncio.gather(*(store.write(one_more) for _ in range(100) for store in (boxes, other)))
    await other.close()
    assert await boxes.read(counts) == [200]


async def test_readers_see_the_last_commit_while_a_long_write_runs(boxes: Store) -> None:
    await boxes.write(put(1))
    written, looked = Event(), Event()

    def slow(connection: Connection) -> None:
        put(2)(connection)
        written.set()
        assert looked.wait(30)

    writing = asyncio.create_task(boxes.write(slow))
    await asyncio.to_thread(written.wait, 30)
    assert await asyncio.gather(*(boxes.read(counts) for _ in range(10))) == [[1]] * 10
    looked.set()
    await writing
    assert await boxes.read(counts) == [1, 2]


async def test_long_read_does_not_hold_up_writers(boxes: Store) -> None:
    reading, done = Event(), Event()

    def slow(connection: Connection) -> list[int]:
        counts(connection)
        reading.set()
        assert done.wait(30)
        return counts(connection)

    read = asyncio.create_task(boxes.read(slow))
    await asyncio.to_thread(reading.wait, 30)
    await boxes.write(put(1))
    done.set()
    assert (await read, await boxes.read(counts)) == ([], [1])


async def test_batch_has_no_effect_before_all_of_it_is_committed(boxes: Store) -> None:
    """Whoever is woken finds the effect of every work of the batch in the database."""
    written, looked = Event(), Event()

    def slow(connection: Connection) -> None:
        written.set()
        assert looked.wait(30)

    first = asyncio.create_task(boxes.write(slow))
    await asyncio.to_thread(written.wait, 30)
    batch = [asyncio.create_task(boxes.write(put(number))) for number in range(50)]
    await asyncio.sleep(0)
    looked.set()
    await first
    await asyncio.wait(batch, return_when=asyncio.FIRST_COMPLETED)
    assert await boxes.read(counts) == list(range(50))
    await asyncio.gather(*batch)


async def test_foreign_keys_are_enforced(boxes: Store) -> None:
    await boxes.write(put(1))
    await boxes.write(lambda connection: connection.execute(insert(LIDS), {"box_id": 1}))
    with pytest.raises((Conflict, Unavailable), match="FOREIGN KEY constraint failed"):
        await boxes.write(lambda connection: connection.execute(BOXES.delete()))
    assert await boxes.read(counts) == [1]


async def test_deleted_text_is_gone_from_every_file_after_a_checkpoint(boxes: Store, file: Path) -> None:
    secret = "a name nobody shall find"
    await boxes.write(put(1, label=secret * 5))
    assert await boxes.checkpoint()
    assert secret.encode() in contents(file.parent)["spm.db"]
    await boxes.write(lambda connection: connection.execute(BOXES.delete()))
    assert await boxes.checkpoint()
    left = contents(file.parent)
    assert [name for name, content in left.items() if secret.encode() in content] == []
    assert left["spm.db-wal"] == b""


async def test_checkpoint_says_when_a_reader_is_in_its_way(boxes: Store) -> None:
    await boxes.write(put(1))
    reading, done = Event(), Event()

    def slow(connection: Connection) -> None:
        counts(connection)
        reading.set()
        assert done.wait(30)

    read = asyncio.create_task(boxes.read(slow))
    await asyncio.to_thread(reading.wait, 30)
    await boxes.write(put(2))
    assert not await boxes.checkpoint()
    done.set()
    await read
    assert await boxes.checkpoint()
    assert await boxes.write(pragma("busy_timeout")) == 30_000


@pytest.mark.parametrize(("durability", "synchronous"), [("full", 2), ("off", 0)])
async def test_pragmas_of_the_writer(file: Path, vault: Vault, durability: str, synchronous: int) -> None:
    store = await Store.open(
        f"sqlite:///{file}", vault=vault, durability="full" if durability == "full" else "off"
    )
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
    found = [await store.write(pragma(name)) for name in names]
    await store.close()
    assert found == ["wal", synchronous, 1, 1, 30_000]


def test_pragma_that_is_not_taken_is_refused() -> None:
    """A file system without shared memory leaves the journal as it is; so does a database in memory."""
    driver = sqlite3.connect(":memory:")
    with pytest.raises(Unavailable, match=r"does not take journal_mode=WAL \(it stays memory\)"):
        prepare_writer(driver, Path("spm.db"), "full")
    driver.close()


async def test_readers_refuse_to_write(boxes: Store) -> None:
    assert await boxes.read(pragma("query_only")) == 1


async def test_stores_opened_at_once_on_a_new_file_all_open(file: Path, vault: Vault) -> None:
    """Switching a file to WAL twice at the same moment is refused without the busy time-out."""
    for number in range(10):
        url = f"sqlite:///{file}{number}"
        stores = await asyncio.gather(*(Store.open(url, vault=vault) for _ in range(4)))
        await asyncio.gather(*(store.close() for store in stores))


async def test_another_process_that_writes_for_long_is_waited_for(boxes: Store, file: Path) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writing = asyncio.create_task(boxes.write(put(1)))
    await boxes.read(counts)
    other.execute("INSERT INTO boxes (count) VALUES (7)")
    other.execute("COMMIT")
    other.close()
    await writing
    assert await boxes.read(counts) == [7, 1]
