"""What callers of the store may rely on, on both databases."""

from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import (
    URL,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from spm_bot.storage.store import Conflict, Connection, Corrupt, Store, Unavailable, vault_of
from spm_bot.storage.vault import Vault

METADATA = MetaData()
BOOKS = Table(
    "books",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("title", String(50), nullable=False, unique=True),
)
LOANS = Table(
    "loans",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("book_id", ForeignKey("books.id"), nullable=False),
)


@pytest.fixture
async def books(empty_url: str, vault: Vault) -> AsyncIterator[Store]:
    opened = await Store.open(empty_url, vault=vault)
    await opened.write(METADATA.create_all)
    yield opened
    await opened.close()


def add(title: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(insert(BOOKS), {"title": title})
        return title

    return work


def titles(connection: Connection) -> list[str]:
    return list(connection.execute(select(BOOKS.c.title).order_by(BOOKS.c.id)).scalars())


def refuse(_connection: Connection) -> NoReturn:
    raise LookupError("no such book")


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


def make_folder(path: Path) -> None:
    path.mkdir()


async def outcomes(store: Store, *works: Callable[[Connection], object]) -> list[object]:
    """What each work came to when all were called at once, in one lane."""
    calls = (store.write(work, lane="one") for work in works)
    return [
        repr(outcome) if isinstance(outcome, Exception) else outcome
        for outcome in await asyncio.gather(*calls, return_exceptions=True)
    ]


async def test_write_returns_what_the_work_returned_and_read_sees_it(books: Store) -> None:
    assert await books.write(add("Emma")) == "Emma"
    assert await books.read(titles) == ["Emma"]


async def test_works_called_at_once_run_in_the_order_of_the_calls(books: Store) -> None:
    wanted = [f"volume {number}" for number in range(700)]
    assert await outcomes(books, *map(add, wanted)) == wanted
    assert await books.read(titles) == wanted


async def test_works_of_no_lane_all_arrive(books: Store) -> None:
    wanted = {f"volume {number}" for number in range(100)}
    assert set(await asyncio.gather(*(books.write(add(title)) for title in wanted))) == wanted
    assert set(await books.read(titles)) == wanted


async def test_bad_work_fails_alone(books: Store) -> None:
    def half_done(connection: Connection) -> None:
        add("lost")(connection)
        raise LookupError("no such book")

    assert await outcomes(books, add("Emma"), half_done, add("Persuasion"), refuse) == [
        "Emma",
        "LookupError('no such book')",
        "Persuasion",
        "LookupError('no such book')",
    ]
    assert await books.read(titles) == ["Emma", "Persuasion"]


async def test_work_that_fails_by_itself_runs_once_and_leaves_nothing(books: Store) -> None:
    runs = []

    def half_done(connection: Connection) -> None:
        runs.append(1)
        add("lost")(connection)
        raise LookupError("no such book")

    with pytest.raises(LookupError):
        await books.write(half_done)
    assert (runs, await books.read(titles)) == ([1], [])


async def test_taken_unique_key_is_a_conflict_for_the_later_work(books: Store) -> None:
    first, second, third = await outcomes(books, add("Emma"), add("Emma"), add("Persuasion"))
    assert (first, third) == ("Emma", "Persuasion")
    assert str(second).startswith("Conflict(")
    assert await books.read(titles) == ["Emma", "Persuasion"]


async def test_missing_parent_is_a_conflict(books: Store) -> None:
    with pytest.raises(Conflict, match=r"(?i)foreign key"):
        await books.write(lambda connection: connection.execute(insert(LOANS), {"book_id": 7}))


async def test_conflict_does_not_quote_the_row(books: Store) -> None:
    await books.write(add("+255700000001"))
    with pytest.raises(Conflict) as caught:
        await books.write(add("+255700000001"))
    assert "255" not in str(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


async def test_missing_value_is_a_fault_of_the_work_not_a_conflict(books: Store) -> None:
    with pytest.raises(IntegrityError):
        await books.write(lambda connection: connection.execute(insert(BOOKS), {"title": None}))


async def test_error_of_a_work_arrives_as_it_is(books: Store) -> None:
    with pytest.raises(LookupError, match="no such book"):
        await books.read(refuse)


async def test_work_that_raises_what_a_future_cannot_carry_fails_alone(books: Store) -> None:
    def odd(_connection: Connection) -> None:
        next(iter(()))

    first, second = await outcomes(books, odd, add("Emma"))
    assert (first, second) == ("RuntimeError('a work raised StopIteration()')", "Emma")


async def test_work_that_ends_the_program_does_not_end_the_writer_thread(
    sqlite_url: str, vault: Vault
) -> None:
    store = await Store.open(sqlite_url, vault=vault)
    with pytest.raises(RuntimeError, match=r"a work raised SystemExit\(1\)"):
        await store.write(lambda _: sys.exit(1))
    assert await store.write(lambda connection: connection.exec_driver_sql("SELECT 1").scalar()) == 1
    await store.close()


async def test_work_cannot_end_the_transaction_it_shares(books: Store) -> None:
    def commits(connection: Connection) -> None:
        add("early")(connection)
        connection.commit()

    def rolls_back(connection: Connection) -> None:
        add("taken back")(connection)
        connection.rollback()

    def closes(connection: Connection) -> None:
        add("orphan")(connection)
        connection.close()

    def begins(connection: Connection) -> None:
        with connection.begin():
            add("on its own")(connection)

    found = await outcomes(books, begins, add("Emma"), commits, rolls_back, closes, add("Persuasion"))
    assert (found[1], found[5]) == ("Emma", "Persuasion")
    assert "already begun" in str(found[0]) or "already initialized" in str(found[0])
    assert {str(outcome) for outcome in found[2:5]} == {
        "RuntimeError('a work must not end its transaction or close its connection: others share them')"
    }
    assert await books.read(titles) == ["Emma", "Persuasion"]


async def test_work_may_use_savepoints_of_its_own(books: Store) -> None:
    def tries(connection: Connection) -> str:
        try:
            with connection.begin_nested():
                add("Emma")(connection)
                raise LookupError
        except LookupError:
            return add("Persuasion")(connection)

    assert await outcomes(books, tries, refuse) == ["Persuasion", "LookupError('no such book')"]
    assert await books.read(titles) == ["Persuasion"]


async def test_read_cannot_write(books: Store) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        await books.read(add("Emma"))
    assert await books.read(titles) == []


async def test_read_sees_one_snapshot_while_others_commit(books: Store) -> None:
    """The second statement of a read sees what the first one saw, whatever was committed between."""
    loop = asyncio.get_running_loop()
    await books.write(add("Emma"))
    other = await Store.open(await books.read(_url), vault=await books.read(vault_of))

    def looks_twice(connection: Connection) -> tuple[list[str], list[str]]:
        first = titles(connection)
        if connection.dialect.name == "sqlite":  # a reader thread: the loop is free to write
            asyncio.run_coroutine_threadsafe(books.write(add("Persuasion")), loop).result()
        else:
            from sqlalchemy.util import await_only

            await_only(other.write(add("Persuasion")))
        return first, titles(connection)

    assert await books.read(looks_twice) == (["Emma"], ["Emma"])
    assert await books.read(titles) == ["Emma", "Persuasion"]
    await other.close()


def _url(connection: Connection) -> str:
    url = connection.engine.url
    return url.render_as_string(hide_password=False)


async def test_every_connection_carries_the_vault(books: Store, vault: Vault) -> None:
    assert (await books.write(vault_of), await books.read(vault_of)) == (vault, vault)


async def test_cancelled_caller_does_not_disturb_the_others(books: Store) -> None:
    tasks = [asyncio.create_task(books.write(add(f"volume {number}"), lane="one")) for number in range(10)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in found] == [str] * 3 + [asyncio.CancelledError] + [str] * 6
    assert [title for title in await books.read(titles) if title != "volume 3"] == [
        f"volume {number}" for number in range(10) if number != 3
    ]


async def test_cancelled_reader_gives_its_connection_back(books: Store) -> None:
    for _ in range(20):
        task = asyncio.create_task(books.read(titles))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await asyncio.gather(*(books.read(titles) for _ in range(20))) == [[]] * 20


async def test_close_commits_what_is_queued(empty_url: str, vault: Vault) -> None:
    store = await Store.open(empty_url, vault=vault)
    await store.write(METADATA.create_all)
    calls = [asyncio.create_task(store.write(add(f"volume {number}"))) for number in range(300)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*calls) == [f"volume {number}" for number in range(300)]
    again = await Store.open(empty_url, vault=vault)
    assert await again.read(lambda connection: len(titles(connection))) == 300
    await again.close()


async def test_closed_store_refuses_and_closing_twice_is_harmless(books: Store) -> None:
    await books.close()
    await books.close()
    for call in (books.write(titles), books.read(titles)):
        with pytest.raises(Unavailable, match="is closed"):
            await call


async def test_lost_race_for_a_version_is_seen_by_the_loser(books: Store) -> None:
    """Two stores, as two processes would: read first, write later, with the version in the condition."""
    other = await Store.open(await books.read(_url), vault=await books.read(vault_of))
    await books.write(add("Emma"))

    def renames(new: str) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            renamed = update(BOOKS).where(BOOKS.c.title == "Emma").values(title=new)
            if connection.execute(renamed).rowcount == 0:
                raise Conflict("the book was renamed meanwhile")

        return work

    found = await asyncio.gather(
        books.write(renames("Persuasion")), other.write(renames("Sanditon")), return_exceptions=True
    )
    await other.close()
    assert sorted(type(outcome).__name__ for outcome in found) == ["Conflict", "NoneType"]


@pytest.mark.parametrize("url", ["", "spm.db", "mysql://localhost/spm", "oracle://x"])
async def test_unusable_address_is_refused_in_one_line(url: str, vault: Vault) -> None:
    with pytest.raises(Unavailable, match=r"^SPM_DATABASE_URL is no address of a database we can use"):
        await Store.open(url, vault=vault)


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite:///file:x?mode=memory&uri=true"]
)
async def test_database_in_memory_is_refused(url: str, vault: Vault) -> None:
    with pytest.raises(Unavailable, match="name a file"):
        await Store.open(url, vault=vault)


async def test_sqlite_file_in_a_missing_folder_is_refused(tmp_path: Path, vault: Vault) -> None:
    with pytest.raises(Unavailable, match="its folder must exist"):
        await Store.open(f"sqlite:///{tmp_path}/missing/spm.db", vault=vault)


async def test_sqlite_file_that_is_a_folder_is_refused(tmp_path: Path, vault: Vault) -> None:
    with pytest.raises(Unavailable, match="unable to open database file; check that its folder exists"):
        await Store.open(f"sqlite:///{tmp_path}", vault=vault)


async def test_file_that_is_no_database_is_corrupt(tmp_path: Path, vault: Vault) -> None:
    file = tmp_path / "spm.db"
    file.write_bytes(b"not a database, but long enough to have a header" * 100)
    with pytest.raises(Corrupt, match="file is not a database; restore it from a backup"):
        await Store.open(f"sqlite:///{file}", vault=vault)


async def test_damaged_page_is_corrupt_for_readers_and_writers(tmp_path: Path, vault: Vault) -> None:
    file = tmp_path / "spm.db"
    store = await Store.open(f"sqlite:///{file}", vault=vault)
    await store.write(METADATA.create_all)
    await outcomes(store, *(add(f"volume {number}" + "." * 30) for number in range(2000)))
    await store.close()
    size = file.stat().st_size
    with file.open("r+b") as pages:
        pages.seek(8192)
        pages.write(b"\xff" * (size - 8192))
    store = await Store.open(f"sqlite:///{file}", vault=vault)
    with pytest.raises(Corrupt, match="malformed"):
        await store.read(titles)
    with pytest.raises(Corrupt, match="malformed"):
        await store.write(add("Emma"))
    await store.close()


async def test_new_sqlite_file_belongs_to_its_owner_alone(tmp_path: Path, vault: Vault) -> None:
    file = tmp_path / "spm.db"
    store = await Store.open(f"sqlite:///{file}", vault=vault)
    await store.write(METADATA.create_all)
    found = modes(tmp_path)
    await store.close()
    assert found == {"spm.db": 0o600, "spm.db-wal": 0o600, "spm.db-shm": 0o600}


async def test_full_disk_fails_the_whole_batch_and_nothing_else(tmp_path: Path, vault: Vault) -> None:
    """SQLite then rolls back the whole transaction by itself, savepoints and all."""
    store = await Store.open(f"sqlite:///{tmp_path}/spm.db", vault=vault)
    await store.write(METADATA.create_all)
    pages = await store.write(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    await store.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}").scalar_one())

    def too_much(connection: Connection) -> None:
        connection.execute(insert(BOOKS), [{"title": f"{number:050}"} for number in range(1000)])

    first, second = await outcomes(store, add("Emma"), too_much)
    assert first == second
    assert "database or disk is full; make room on the disk" in str(first)
    assert await store.read(titles) == []
    assert await store.write(add("Persuasion")) == "Persuasion"
    await store.close()


async def test_sole_refuses_a_second_bot_until_the_first_has_left(sqlite_url: str, vault: Vault) -> None:
    first, second = await Store.open(sqlite_url, vault=vault), await Store.open(sqlite_url, vault=vault)
    async with first.sole():
        with pytest.raises(Unavailable, match="another spm-bot already runs on this database"):
            async with second.sole():
                pass
        assert await second.write(lambda connection: connection.exec_driver_sql("SELECT 1").scalar()) == 1
    async with second.sole():
        pass
    await first.close()
    await second.close()


async def test_sole_without_its_lock_file_is_refused(tmp_path: Path, vault: Vault) -> None:
    store = await Store.open(f"sqlite:///{tmp_path}/spm.db", vault=vault)
    make_folder(tmp_path / "spm.db.lock")
    with pytest.raises(Unavailable, match="cannot use the database"):
        async with store.sole():
            pass
    await store.close()


HOLD = """
import asyncio, sys
from spm_bot.storage.store import Store
from spm_bot.storage.vault import Vault

async def main():
    store = await Store.open(sys.argv[1], vault=Vault((bytes(32),)))
    async with store.sole():
        print("inside", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def holder_of(url: str) -> subprocess.Popen[str]:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "inside\n"
    return holder


async def test_sole_is_free_again_when_its_holder_was_killed(sqlite_url: str, vault: Vault) -> None:
    holder = holder_of(sqlite_url)
    store = await Store.open(sqlite_url, vault=vault)
    try:
        with pytest.raises(Unavailable, match="already runs"):
            async with store.sole():
                pass
    finally:
        holder.kill()
        holder.communicate()
    async with store.sole():
        pass
    await store.close()


async def test_postgres_lets_several_bots_run(postgres_url: str, vault: Vault) -> None:
    first, second = await Store.open(postgres_url, vault=vault), await Store.open(postgres_url, vault=vault)
    async with first.sole(), second.sole():
        assert await first.checkpoint()
    await first.close()
    await second.close()


async def test_postgres_that_cannot_be_reached_is_refused_without_its_password(vault: Vault) -> None:
    with pytest.raises(Unavailable) as caught:
        await Store.open("postgresql+asyncpg://spm:hunter2@127.0.0.1:1/spm", vault=vault)
    assert str(caught.value).startswith(
        "cannot use the database postgresql+asyncpg://spm:***@127.0.0.1:1/spm:"
    )
    assert str(caught.value).endswith("check that it can be reached")


async def test_postgres_without_its_driver_is_refused(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(Unavailable, match=r"pip install 'spm-bot\[postgres\]'"):
        await Store.open("postgresql://spm@localhost/spm", vault=vault)


async def test_postgres_without_the_database_is_refused(postgres_url: str, vault: Vault) -> None:
    with pytest.raises(Unavailable, match=r"create the database, or mend its name in SPM_DATABASE_URL$"):
        await Store.open(postgres_url.replace("/empty_", "/missing_"), vault=vault)


@pytest.mark.parametrize(("durability", "level"), [("full", "on"), ("off", "off")])
async def test_postgres_durability_is_that_of_the_session(
    postgres_url: str, vault: Vault, durability: str, level: str
) -> None:
    assert durability in ("full", "off")
    store = await Store.open(postgres_url, vault=vault, durability="full" if durability == "full" else "off")
    found = await store.write(lambda c: c.exec_driver_sql("SHOW synchronous_commit").scalar_one())
    await store.close()
    assert found == level


async def test_postgres_lanes_that_lock_each_other_run_again(postgres_url: str, vault: Vault) -> None:
    """Two works lock the same two rows in opposite order; the server kills one, and it runs again."""
    store = await Store.open(postgres_url, vault=vault, lanes=2)
    await store.write(METADATA.create_all)
    await outcomes(store, add("left"), add("right"))
    runs: list[str] = []

    def locks(first: str, second: str) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            for title in (first, second):
                found = select(BOOKS).where(BOOKS.c.title == title).with_for_update()
                connection.execute(found).one()
                runs.append(first)
                while len(runs) < 2:  # until the other one holds its first row, too
                    connection.exec_driver_sql("SELECT pg_sleep(0.01)")

        return work

    await asyncio.gather(store.write(locks("left", "right")), store.write(locks("right", "left")))
    await store.close()
    # A busy server may let them meet once more; both have ended, and one of them ran again.
    assert min(runs.count("left"), runs.count("right")) >= 2
    assert len(runs) >= 5


def loses(runs: list[int], *, times: int) -> Callable[[Connection], str]:
    """A work that meets a serialization failure on its first `times` runs."""
    failure = "DO $$ BEGIN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END $$"

    def work(connection: Connection) -> str:
        runs.append(1)
        if len(runs) <= times:
            connection.exec_driver_sql(failure)
        return add("at last")(connection)

    return work


@pytest.mark.parametrize("times", [1, 5])
async def test_postgres_batch_with_a_serialization_failure_runs_again_one_by_one(
    postgres_url: str, vault: Vault, times: int
) -> None:
    """`refuse` sends the batch behind savepoints, the failure there makes every work run by itself."""
    store = await Store.open(postgres_url, vault=vault)
    await store.write(METADATA.create_all)
    runs: list[int] = []
    works = (refuse, add("Emma"), loses(runs, times=times), add("Persuasion"))
    assert await outcomes(store, *works) == [
        "LookupError('no such book')",
        "Emma",
        "at last",
        "Persuasion",
    ]
    assert await store.read(titles) == ["Emma", "at last", "Persuasion"]
    assert len(runs) == times + 1
    await store.close()


async def test_postgres_race_that_is_always_lost_ends_as_a_conflict(postgres_url: str, vault: Vault) -> None:
    store = await Store.open(postgres_url, vault=vault)
    await store.write(METADATA.create_all)
    lost = loses([], times=1000)
    assert await outcomes(store, lost, add("Emma")) == ["Conflict('could not serialize')", "Emma"]
    await store.close()


async def test_postgres_commit_that_fails_fails_the_whole_batch(postgres_url: str, vault: Vault) -> None:
    store = await Store.open(postgres_url, vault=vault)
    await store.write(METADATA.create_all)
    late = "ALTER TABLE loans ALTER CONSTRAINT loans_book_id_fkey DEFERRABLE INITIALLY DEFERRED"
    await store.write(lambda connection: connection.exec_driver_sql(late))
    orphan = insert(LOANS).values(book_id=404)
    found = await outcomes(store, add("Emma"), lambda connection: connection.execute(orphan).rowcount)
    assert len(set(found)) == 1
    assert 'violates foreign key constraint "loans_book_id_fkey"' in str(found[0])
    assert await store.read(titles) == []
    await store.close()


async def test_postgres_connections_closed_by_the_server_are_replaced(
    postgres_url: str, vault: Vault
) -> None:
    store = await Store.open(postgres_url, vault=vault, lanes=2)
    await store.write(METADATA.create_all)
    await store.read(titles)
    admin = await Store.open(postgres_url, vault=vault, lanes=1)
    mine = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    ended = f"{mine} AND datname = current_database()"
    assert all(await admin.write(lambda c: c.exec_driver_sql(ended).scalars().all()))
    assert await outcomes(store, add("Emma"), add("Persuasion")) == ["Emma", "Persuasion"]
    assert await store.read(titles) == ["Emma", "Persuasion"]
    await store.close()
    await admin.close()


async def test_postgres_database_that_is_gone_is_unavailable(
    postgres_url: str, postgres_server: URL, vault: Vault
) -> None:
    store = await Store.open(postgres_url, vault=vault, lanes=1)
    admin = await Store.open(postgres_server.render_as_string(hide_password=False), vault=vault, lanes=1)
    name = make_url(postgres_url).database
    mine = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
    gone = f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"
    await admin.write(lambda connection: connection.exec_driver_sql(gone))
    await admin.write(lambda connection: connection.exec_driver_sql(mine).all())
    for call in (store.write(titles), store.read(titles)):
        with pytest.raises(Unavailable, match="not currently accepting connections"):
            await call
    await store.close()
    await admin.close()


async def test_postgres_connection_lost_in_the_middle_of_a_work_is_unavailable(
    postgres_url: str, vault: Vault
) -> None:
    store = await Store.open(postgres_url, vault=vault, lanes=1)

    def ends_itself(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(Unavailable, match="cannot use the database"):
        await store.write(ends_itself)
    with pytest.raises(Unavailable, match="cannot use the database"):
        await store.read(ends_itself)
    assert await store.write(lambda c: c.exec_driver_sql("SELECT 1").scalar_one()) == 1
    await store.close()


async def test_works_of_one_lane_do_not_wait_for_another_lane_on_postgres(
    postgres_url: str, vault: Vault
) -> None:
    store = await Store.open(postgres_url, vault=vault, lanes=2)
    slow = asyncio.create_task(store.write(lambda c: c.exec_driver_sql("SELECT pg_sleep(30)"), lane="a"))
    await asyncio.sleep(0)
    running = "SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)'"
    while not (found := await store.write(lambda c: c.exec_driver_sql(running).scalars().all())):
        pass
    await store.write(lambda c: c.exec_driver_sql(f"SELECT pg_cancel_backend({found[0]})"))
    with pytest.raises(Unavailable, match="canceling statement"):
        await slow
    await store.close()
