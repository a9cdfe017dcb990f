"""Worlds as fixtures; a room of tests takes them into its own conftest."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spm_bot.storage.store import Store
from spm_bot.storage.vault import Vault
from tests.stage.world import World


@pytest.fixture
async def sqlite_world(tmp_path: Path, filled_sqlite: Path, vault: Vault) -> AsyncIterator[World]:
    """A world on SQLite alone, where the other database would show nothing new."""
    file = tmp_path / "world.db"
    shutil.copy(filled_sqlite, file)
    store = await Store.open(f"sqlite+aiosqlite:///{file}", vault=vault, durability="off", lanes=1)
    yield await World.build(store)
    await store.close()


@pytest.fixture
async def world(store: Store) -> World:
    """A world on both databases."""
    return await World.build(store)
