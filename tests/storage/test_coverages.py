from __future__ import annotations

from spm_bot.storage import coverages
from spm_bot.storage.store import Store
from tests.seed import enter, row


async def test_officers_are_counted_where_the_list_names_them(store: Store) -> None:
    assert await store.read(coverages.count_with_officer) == (0, 0)
    await store.write(lambda c: enter(c, row("C1", officer="LO-1"), row("C2"), row("C3", status="closed")))
    assert await store.read(coverages.count_with_officer) == (2, 1)
