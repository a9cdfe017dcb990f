"""The command that makes observations again."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import delete

from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import observations
from spm_bot.storage.vault import Vault
from tests.cli.conftest import Give
from tests.usecases.test_respond_rows import STRESS, answered


def touch(connection: Connection) -> None:
    """Somebody answered, and what was observed is gone."""
    answered(connection, survey="debt_stress", said=STRESS)
    connection.execute(delete(observations))


async def _write(home: Path) -> None:
    key = (home / "spm.db.key").read_text(encoding="ascii").strip()
    store = await Store.open(
        "sqlite+aiosqlite:///spm.db", vault=Vault.from_setting(key), durability="off", lanes=1
    )
    await store.write(touch)
    await store.close()


def test_rebuild_says_how_many_changed(give: Give, home: Path) -> None:
    done = give("observations", "rebuild")
    assert (done.status, done.out) == (0, "")
    assert done.err == "0 responses read, the observations of 0 changed\n"
    asyncio.run(_write(home))
    assert give("observations", "rebuild").err == "1 responses read, the observations of 1 changed\n"
    again = give("observations", "rebuild", "--json")
    assert (again.status, again.data) == (0, {"responses": 1, "changed": 0})
