"""A process that writes under load is killed at random moments: what it had acknowledged is still there."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select

from spm_bot.storage.store import Connection, Store
from spm_bot.storage.vault import Vault

NOTES = Table(
    "notes",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
)
AT_ONCE = 50

WRITER = f"""
import asyncio, sys
from spm_bot.storage.store import Store
from spm_bot.storage.vault import Vault

async def main():
    url, first = sys.argv[1], int(sys.argv[2])
    store = await Store.open(url, vault=Vault((bytes(32),)))

    async def write(number):
        sql = f"INSERT INTO notes (number) VALUES ({{number}})"
        await store.write(lambda connection: connection.exec_driver_sql(sql), lane="one")
        print(number, flush=True)

    async def write_on(number):
        while True:
            await write(number)
            number += {AT_ONCE}

    await asyncio.gather(*(write_on(first + place) for place in range({AT_ONCE})))

asyncio.run(main())
"""


@contextmanager
def writer(url: str, first: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WRITER, url, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def numbers(connection: Connection) -> list[int]:
    return list(connection.execute(select(NOTES.c.number).order_by(NOTES.c.id)).scalars())


@pytest.mark.parametrize("seed", [1])
async def test_acknowledged_rows_survive_kill_9_in_order(empty_url: str, vault: Vault, seed: int) -> None:
    chance = random.Random(seed)
    store = await Store.open(empty_url, vault=vault)
    await store.write(NOTES.metadata.create_all)
    acknowledged: list[int] = []
    for _ in range(4):
        kept = await store.read(numbers)
        with writer(empty_url, max(kept, default=-1) + 1) as process:
            assert process.stdout is not None
            heard = [int(process.stdout.readline()) for _ in range(chance.randrange(1, 600))]
            process.kill()
            heard += [int(line) for line in process.stdout if line.endswith("\n")]
        acknowledged += heard
        left = await store.read(numbers)
        # What was committed but not yet acknowledged may be there as well; nothing acknowledged is missing.
        assert left[: len(kept)] == kept
        assert set(heard) <= set(left[len(kept) :])
    left = await store.read(numbers)
    await store.close()
    assert len(acknowledged) > AT_ONCE
    assert [number for number in left if number in set(acknowledged)] == acknowledged
