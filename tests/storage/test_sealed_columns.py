from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from sqlalchemy import LargeBinary

from spm_bot.storage import people, sealed_columns, seals
from spm_bot.storage.sealed_columns import LASTING, SEALED, UNKEYED, Chunk, SealedColumn
from spm_bot.storage.store import Store
from spm_bot.storage.tables import addresses, metadata
from spm_bot.storage.tables import people as people_table
from spm_bot.storage.vault import Vault
from tests.seed import enter, meet, row, rows_of

OLD, NEW = bytes(32), bytes(range(32))
BEFORE, DURING = Vault((OLD,)), Vault((NEW, OLD))
[FIRST, SECOND] = DURING.identities
NAMES = next(each for each in SEALED if each.name == "people.name")
HANDLES = next(each for each in SEALED if each.name == "addresses.handle")


async def reopened(url: str, vault: Vault) -> Store:
    return await Store.open(url, vault=vault, durability="off", lanes=1)


async def aged(url: str, *handles: str) -> Store:
    """A store whose list of keys has a new one in front, with chats sealed before that."""
    before = await reopened(url, BEFORE)
    for handle in handles:
        await before.write(partial(meet, handle=handle))
    await before.close()
    return await reopened(url, DURING)


async def chunk_of(store: Store, column: SealedColumn, *, after: object = None, limit: int = 9) -> Chunk:
    return await store.read(partial(sealed_columns.next_chunk, column=column, after=after, limit=limit))


def test_every_column_of_bytes_is_sealed_or_a_hash_with_a_known_fate() -> None:
    """A new one shows up here: it moves under new keys if it is sealed, and a hash needs its origin beside
    it, or a place in LASTING (it ends with its key) or UNKEYED (it has none)."""
    remade = {
        f"{each.sealed.table.name}.{each.hash.name}": each.name for each in SEALED if each.hash is not None
    }
    lasting = [f"{column.table.name}.{column.name}" for column in LASTING]
    unkeyed = [f"{column.table.name}.{column.name}" for column in UNKEYED]
    binary = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    ]
    assert sorted([*(each.name for each in SEALED), *remade, *lasting, *unkeyed]) == sorted(binary)
    assert {each.name for each in SEALED} == {
        *(
            "people.name",
            "people.phone",
            "addresses.handle",
            "staff.name",
            "staff.phone",
            "comments.body",
            "rounds.reason",
            "promises.words",
            "quotes.words",
        ),
        *(
            f"decisions.{name}"
            for name in ("decision", "reason", "owner", "money", "effect", "approver", "minute")
        ),
        *("sessions.state", "outbox.body", "files.body", "peppers.body", "seals.mark"),
    }
    assert remade == {
        "people.phone_hash": "people.phone",
        "staff.phone_hash": "staff.phone",
        "addresses.handle_hash": "addresses.handle",
    }


def test_seal_is_the_last() -> None:
    assert [each.name for each in SEALED].index(seals.SEAL) == len(SEALED) - 1


async def test_chunks_go_through_what_is_under_older_keys_and_nothing_else(database_url: str) -> None:
    store = await aged(database_url, "a", "b", "c")
    await store.write(partial(meet, handle="new"))
    first = await chunk_of(store, HANDLES, limit=2)
    second = await chunk_of(store, HANDLES, after=first.last, limit=2)
    assert [len(each.moves) for each in (first, second)] == [2, 1]
    assert await chunk_of(store, HANDLES, after=second.last) == Chunk((), 0, None)
    await store.close()


async def test_value_and_its_hash_move_together(database_url: str) -> None:
    store = await aged(database_url, "a")
    assert await store.read(sealed_columns.count_by_key) == Counter({SECOND: 2})
    [move] = (await chunk_of(store, HANDLES)).moves
    assert await store.write(partial(sealed_columns.apply, column=HANDLES, move=move)) == 1
    [(handle, hashed)] = await store.read(lambda c: rows_of(c, addresses, "handle", "handle_hash"))
    assert DURING.decrypt(handle, associated=people.HANDLE) == "a"
    assert hashed == Vault((NEW,)).digest("a")
    assert await store.read(sealed_columns.count_by_key) == Counter({FIRST: 2})
    await store.close()


async def test_value_changed_meanwhile_is_not_overwritten(database_url: str) -> None:
    before = await reopened(database_url, BEFORE)
    await before.write(lambda c: len(enter(c, row(name="Asha Before"))))
    await before.close()
    store = await reopened(database_url, DURING)
    [move] = (await chunk_of(store, NAMES)).moves
    await store.write(lambda c: len(enter(c, row(name="Baraka After"))))
    assert await store.write(partial(sealed_columns.apply, column=NAMES, move=move)) == 0
    [(client,)] = await store.read(lambda c: rows_of(c, people_table, "client_id"))
    assert await store.read(partial(people.first_name, client_id=client)) == "Baraka"
    await store.close()


@pytest.mark.parametrize("harm", [b"short", bytes(60)])
async def test_damaged_value_is_passed_over_and_counted(database_url: str, harm: bytes) -> None:
    store = await aged(database_url, "a", "b")
    await store.write(
        lambda c: c.execute(addresses.update().where(addresses.c.id == 1), {"handle": SECOND + harm}).rowcount
    )
    chunk = await chunk_of(store, HANDLES)
    assert ([move.key for move in chunk.moves], chunk.damaged, chunk.last) == ([2], 1, 2)
    await store.close()


async def test_hash_of_something_else_is_left_alone(database_url: str) -> None:
    store = await aged(database_url, "a")
    foreign = BEFORE.digest("another spelling")
    await store.write(lambda c: c.execute(addresses.update(), {"handle_hash": foreign}).rowcount)
    [move] = (await chunk_of(store, HANDLES)).moves
    assert list(move.new) == ["handle"]
    await store.close()
