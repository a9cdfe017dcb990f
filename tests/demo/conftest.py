"""A small demo, lived once and looked at by many tests."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from spm_bot.analytics.digest import Digest
from spm_bot.app import make_desk, make_jobs
from spm_bot.demo.agenda import LAST_WEEK, ManualClock, Span
from spm_bot.demo.weeks import DURABILITY, Lived, live
from spm_bot.jobs.runner import tick
from spm_bot.storage.store import Store
from spm_bot.storage.vault import Vault
from spm_bot.usecases.report import compute
from spm_bot.usecases.visit import Desk

EXAMPLE = Path(__file__).parents[2] / "institution.yaml"
CLIENTS, WEEKS, SEED = 240, 6, 3
EARLY = datetime(2026, 4, 6, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Small:
    """What a small demo left behind."""

    url: str
    desk: Desk
    span: Span
    lived: Lived
    days: int
    digest: Digest


VAULT = Vault((bytes(range(32)),))


async def _lived(url: str, *, clients: int, weeks: int, seed: int) -> Small:
    desk = make_desk(EXAMPLE)
    span = Span(weeks, desk.institution.time_zone)
    clock = ManualClock(span.begins)
    days: list[int] = []
    store = await Store.open(url, vault=VAULT, durability=DURABILITY, lanes=1)
    try:
        jobs = [job for job in make_jobs(desk, store) if job.name != "digest"]
        lived = await live(
            store=store,
            desk=desk,
            clock=clock,
            span=span,
            clients=clients,
            seed=seed,
            due=partial(tick, jobs, store=store, clock=clock),
            day_passed=lambda: days.append(1),
        )
        digest = await compute(LAST_WEEK, None, store=store, desk=desk)
    finally:
        await store.close()
    return Small(url, desk, span, lived, len(days), digest)


class Play(Protocol):
    """Lives a small demo in a database of its own."""

    def __call__(self, *, clients: int, weeks: int, seed: int) -> Small: ...


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory, filled_sqlite: Path) -> Play:
    def lived(*, clients: int, weeks: int, seed: int) -> Small:
        file = tmp_path_factory.mktemp("demo") / "spm.db"
        shutil.copy(filled_sqlite, file)
        return asyncio.run(_lived(f"sqlite+aiosqlite:///{file}", clients=clients, weeks=weeks, seed=seed))

    return lived


@pytest.fixture(scope="session")
def small(play: Play) -> Small:
    return play(clients=CLIENTS, weeks=WEEKS, seed=SEED)
