from __future__ import annotations

import pytest

from spm_bot.storage import schema, seals
from spm_bot.storage.store import Conflict, Store
from spm_bot.storage.tables import seals as table
from spm_bot.storage.vault import Vault

OLD, NEW, OTHER = bytes(32), bytes(range(32)), bytes([7] * 32)


async def test_seal_is_opened_by_its_own_key_wherever_it_is_listed(database_url: str) -> None:
    async def fits(*keys: bytes) -> bool | None:
        store = await Store.open(database_url, vault=Vault(keys), durability="off", lanes=1)
        found = await store.read(seals.fits)
        if found is None:
            await store.write(seals.put_on)
        await store.close()
        return found

    assert [await fits(OLD) for _ in range(2)] == [None, True]
    assert await fits(NEW, OLD) is True
    assert await fits(NEW) is False
    assert await fits(OTHER, NEW) is False


async def test_database_is_sealed_once(store: Store) -> None:
    await store.write(seals.put_on)
    with pytest.raises(Conflict):
        await store.write(seals.put_on)
    assert await store.read(seals.fits) is True


async def test_mark_of_another_kind_does_not_fit(store: Store, vault: Vault) -> None:
    mark = vault.encrypt("something else", associated=seals.SEAL)
    await store.write(lambda c: c.execute(table.insert(), {"id": 1, "mark": mark}).rowcount)
    assert await store.read(seals.fits) is False


async def test_database_is_unsealed_until_a_key_is_used(empty_url: str, vault: Vault) -> None:
    assert await schema.connected(empty_url, seals.sealed) is False
    await schema.migrate(empty_url)
    assert await schema.connected(empty_url, seals.sealed) is False
    store = await Store.open(empty_url, vault=vault, durability="off", lanes=1)
    await store.write(seals.put_on)
    await store.close()
    assert await schema.connected(empty_url, seals.sealed) is True
