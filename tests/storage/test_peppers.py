from __future__ import annotations

from functools import partial

from spm_bot.storage.peppers import branch_of_forgotten, forget_code, forgotten_among
from spm_bot.storage.store import Store
from spm_bot.storage.tables import forgotten
from spm_bot.storage.vault import Vault
from tests.seed import AT, found_bare, rows_of

OLD, NEW = bytes(range(32)), bytes(32)


async def forget(store: Store, code: str, *, pepper: bytes = bytes(32)) -> None:
    await store.write(lambda c: forget_code(c, code, pepper=pepper, at=AT))


async def known(store: Store, *codes: str) -> set[str]:
    return await store.read(partial(forgotten_among, codes=codes))


async def test_forgotten_code_is_known_again_and_no_other(store: Store) -> None:
    assert await known(store, "C1") == set()
    await forget(store, "C1")
    assert await known(store, "C1", "C2", "c1") == {"C1"}


async def test_branch_of_a_forgotten_code_is_known(store: Store) -> None:
    assert await store.read(lambda c: branch_of_forgotten(c, "C1")) is None
    await store.write(lambda c: forget_code(c, "C1", pepper=bytes(32), at=AT, branch="BUN"))
    assert await store.read(lambda c: branch_of_forgotten(c, "C1")) == "BUN"
    assert await store.read(lambda c: branch_of_forgotten(c, "C2")) is None


async def test_first_pepper_stays(store: Store) -> None:
    await forget(store, "C1")
    await forget(store, "C2", pepper=bytes(range(32)))
    assert await known(store, "C1", "C2", "C3") == {"C1", "C2"}


async def test_code_is_kept_once_and_never_bare(store: Store) -> None:
    for _ in range(2):
        await forget(store, "CODE-77")
    assert len(await store.read(lambda c: rows_of(c, forgotten, "code_hash"))) == 1
    assert await store.read(lambda c: found_bare(c, ["CODE-77"])) == set()


async def test_hash_is_not_one_of_our_keys(store: Store, vault: Vault) -> None:
    """So that it outlives every key, and nobody makes it who holds the database alone."""
    await forget(store, "C1")
    [(hashed,)] = await store.read(lambda c: rows_of(c, forgotten, "code_hash"))
    assert bytes(hashed) not in vault.digests("C1")
