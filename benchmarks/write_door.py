"""Answers a second: one ORM transaction per answer, beside group commit through the write door.

An answer is five statements: a receipt, the session read, its new state, the answer, a message to send.
A hundred chats answer at once, again and again; every commit is on disk before its caller goes on.
Run it with `python -m benchmarks.write_door`; `--url` measures another database through the door.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

from sqlalchemy import Integer, MetaData, String, event, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from spm_bot.storage.store import Connection, Store
from spm_bot.storage.vault import Vault, new_key

AT_ONCE = 100
SECONDS = 5.0

Answer = Callable[[int, int], Awaitable[object]]


class Base(DeclarativeBase):
    metadata = MetaData()


class Receipt(Base):
    __tablename__ = "receipts"
    key: Mapped[str] = mapped_column(String(40), primary_key=True)


class Session(Base):
    __tablename__ = "sessions"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    turn: Mapped[int]
    state: Mapped[str] = mapped_column(String(500))


class Reply(Base):
    __tablename__ = "answers"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int] = mapped_column(index=True)
    turn: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))


class Message(Base):
    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    session_id: Mapped[int]
    body: Mapped[str] = mapped_column(String(500))


TABLES = Base.metadata.tables
RECEIPTS, SESSIONS, ANSWERS, OUTBOX = (TABLES[name] for name in ("receipts", "sessions", "answers", "outbox"))
BODY = "How easy was it to pay on time? " * 8


def answered(connection: Connection, chat: int, number: int) -> int:
    """The work that goes through the door."""
    connection.execute(insert(RECEIPTS), {"key": f"tg:{number}"})
    turn: int = connection.execute(select(SESSIONS.c.turn).where(SESSIONS.c.id == chat)).scalar_one()
    connection.execute(update(SESSIONS).where(SESSIONS.c.id == chat).values(turn=turn + 1, state=BODY))
    connection.execute(insert(ANSWERS), {"session_id": chat, "turn": turn, "code": "often"})
    connection.execute(insert(OUTBOX), {"session_id": chat, "body": BODY})
    return turn


async def answered_by_orm(sessions: async_sessionmaker[AsyncSession], chat: int, number: int) -> int:
    async with sessions.begin() as orm:
        orm.add(Receipt(key=f"tg:{number}"))
        session = await orm.get_one(Session, chat)
        session.turn, session.state = session.turn + 1, BODY
        orm.add(Reply(session_id=chat, turn=session.turn, code="often"))
        orm.add(Message(session_id=chat, body=BODY))
        return session.turn


async def rate(answer: Answer) -> float:
    """Answers a second with `AT_ONCE` chats, each waiting for its answer before it gives the next."""
    numbers, done = count(), 0
    end = time.perf_counter() + SECONDS

    async def chat(place: int) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await answer(place, next(numbers))
            done += 1

    start = time.perf_counter()
    await asyncio.gather(*(chat(place) for place in range(AT_ONCE)))
    return done / (time.perf_counter() - start)


def prepare(connection: Connection) -> None:
    Base.metadata.drop_all(connection)
    Base.metadata.create_all(connection)
    rows = [{"id": place, "turn": 0, "state": ""} for place in range(AT_ONCE)]
    connection.execute(insert(SESSIONS), rows)


async def through_the_door(url: str) -> float:
    store = await Store.open(url, vault=Vault.from_setting(new_key()))
    await store.write(prepare)
    found = await rate(lambda chat, number: store.write(lambda c: answered(c, chat, number), lane=str(chat)))
    await store.write(Base.metadata.drop_all)
    await store.close()
    return found


async def one_by_one(file: Path) -> float:
    # One connection: more of them only wait for each other's lock, and for longer.
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{file}", pool_size=1, max_overflow=0, connect_args={"isolation_level": None}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(driver: object, _record: object) -> None:
        cursor = driver.cursor()  # type: ignore[attr-defined]
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(
        engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE")
    )
    async with engine.begin() as connection:
        await connection.run_sync(prepare)
    sessions = async_sessionmaker(engine)
    found = await rate(lambda chat, number: answered_by_orm(sessions, chat, number))
    await engine.dispose()
    return found


def looked(connection: Connection) -> int:
    """Three statements, as the deliverer and the staff commands read."""
    return sum(
        connection.execute(select(SESSIONS.c.turn).where(SESSIONS.c.id == chat)).scalar_one()
        for chat in (1, 50, 99)
    )


async def reads(file: Path) -> tuple[float, float]:
    """Reads a second: on the aiosqlite pool, where every statement changes threads, and on the store's."""
    store = await Store.open(f"sqlite:///{file}", vault=Vault.from_setting(new_key()))
    await store.write(prepare)
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}", pool_size=4, max_overflow=0)

    async def on_the_pool(_chat: int, _number: int) -> int:
        async with engine.connect() as connection:
            return await connection.run_sync(looked)

    found = await rate(on_the_pool), await rate(lambda _chat, _number: store.read(looked))
    await engine.dispose()
    await store.close()
    return found


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="also measure the door on this database; its tables are dropped")
    url = parser.parse_args().url
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        slow = await one_by_one(Path(folder) / "orm.db")
        rows = [("one ORM transaction an answer, aiosqlite", slow)]
        rows.append(("the door, SQLite", await through_the_door(f"sqlite:///{folder}/door.db")))
        on_the_pool, on_threads = await reads(Path(folder) / "reads.db")
    if url:
        rows.append(("the door, --url", await through_the_door(url)))
    print(f"{AT_ONCE} chats at once\n\nanswers: five statements, each commit on disk")
    for name, found in rows:
        print(f"  {name:<42}{found:>8,.0f}/s{found / slow:>8.1f} x")
    print("reads: three statements on SQLite")
    print(f"  {'aiosqlite pool':<42}{on_the_pool:>8,.0f}/s{1:>8.1f} x")
    print(f"  {'reader threads of the store':<42}{on_threads:>8,.0f}/s{on_threads / on_the_pool:>8.1f} x")


if __name__ == "__main__":
    asyncio.run(main())
