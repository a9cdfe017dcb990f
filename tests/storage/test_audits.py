from __future__ import annotations

from functools import partial

from spm_bot.storage import audits
from spm_bot.storage.audits import Audit
from spm_bot.storage.store import Store
from tests.seed import AT, HOUR


async def test_newest_lines_come_oldest_first(store: Store) -> None:
    for number in range(4):
        await store.write(
            partial(audits.write_down, at=AT + number * HOUR, actor="cli:root", event="e", count=number)
        )
    kept = await store.read(lambda c: audits.lines(c, limit=2))
    assert kept == [Audit(AT + n * HOUR, "cli:root", "e", {"count": n}) for n in (2, 3)]


async def test_detail_comes_back_as_it_was(store: Store) -> None:
    await store.write(
        lambda c: audits.write_down(c, at=AT, actor="system", event="e", branch="Nyeri – haut", role=None)
    )
    [line] = await store.read(lambda c: audits.lines(c, limit=10))
    assert line.detail == {"branch": "Nyeri – haut", "role": None}
    assert await store.read(lambda c: audits.lines(c, limit=0)) == []
