from __future__ import annotations

from functools import partial

import pytest

from spm_bot.storage import digests, outbox
from spm_bot.storage.digests import Stored
from spm_bot.storage.store import Conflict, Store

OLD, NEW = "2026-W46", "2026-W47"


async def test_digest_replaces_the_one_of_its_week_and_scope(store: Store) -> None:
    picture = await store.write(lambda c: outbox.keep_file(c, b"png"))
    kept = [
        Stored(NEW, "", "{}", "first", picture),
        Stored(NEW, "BUN", "{}", "branch", None),
        Stored(OLD, "", "{}", "old", None),
        Stored(NEW, "", '{"a": 1}', "second", picture),
    ]
    for stored in kept:
        await store.write(partial(digests.keep, stored=stored))
    assert await store.read(lambda c: digests.find(c, NEW, "")) == kept[3]
    assert await store.read(lambda c: digests.find(c, NEW, "BUN")) == kept[1]
    assert await store.read(lambda c: digests.find(c, OLD, "")) == kept[2]
    assert await store.read(lambda c: digests.find(c, OLD, "BUN")) is None


async def test_newest_is_the_last_week_there_is(store: Store) -> None:
    assert await store.read(digests.newest) is None
    for week in ("2025-W52", NEW, OLD):
        await store.write(partial(digests.keep, stored=Stored(week, "", "{}", "", None)))
    assert await store.read(digests.newest) == NEW


async def test_picture_must_be_a_stored_file(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.write(lambda c: digests.keep(c, Stored(NEW, "", "{}", "", "no such file")))
