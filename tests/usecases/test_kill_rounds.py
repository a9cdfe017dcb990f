"""A process that carries out a sample is killed at every kind of moment: each place gets one invitation."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from spm_bot.storage import tables
from spm_bot.storage.store import Store
from spm_bot.storage.vault import Vault
from tests.seed import rows_of
from tests.usecases.test_carry_out import go, sample, town

ROOT = Path(__file__).parents[2]

WORKER = """
import asyncio, sys
from spm_bot.storage.store import Store
from spm_bot.storage.vault import Vault
from spm_bot.usecases import carry_out, draw_sample, release_drawn
from tests.seed import AT
from tests.stage.world import desk

class Loud:
    def __init__(self, store):
        self.store, self.read = store, store.read

    async def write(self, work):
        print("before", flush=True)  # the transaction may be open, or committed, when the kill arrives
        return await self.store.write(work)

async def main():
    release_drawn.CHUNK = draw_sample.CHUNK = 3
    store = await Store.open(sys.argv[1], vault=Vault((bytes(range(32)),)))
    await carry_out.carry_out(AT, store=Loud(store), desk=desk())
    print("done", flush=True)
    await store.close()

asyncio.run(main())
"""


def killed_after(url: str, writes: int) -> bool:
    """Whether the worker was killed in or around its write of that number; False if it was done first."""
    command = [sys.executable, "-c", WORKER, url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [line for _ in range(writes) if (line := process.stdout.readline())]
        process.kill()
        lines += process.stdout
    assert lines, "the worker did not even begin"
    return "done\n" not in lines


@pytest.mark.parametrize("seed", [1])
async def test_round_of_n_invites_n_though_its_process_is_killed(
    database_url: str, vault: Vault, seed: int
) -> None:
    chance = Random(seed)
    store = await Store.open(database_url, vault=vault, durability="off", lanes=2)
    await store.write(town)
    await store.write(lambda c: sample(c, size=30))
    kills = [killed_after(database_url, writes) for writes in (2, chance.randint(3, 10), 11, 14, 3, 4)]
    assert sum(kills) >= 4
    await go(store)
    found = await store.read(lambda c: rows_of(c, tables.invitations, "client_id", "stratum"))
    assert len(found) == len(set(found)) == 30
    assert Counter(stratum for _, stratum in found) == {"BUN": 15, "BUS": 10, "KIS": 5}
    assert len(await store.read(lambda c: rows_of(c, tables.outbox, "id"))) == 30
    await store.close()
