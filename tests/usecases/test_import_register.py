from __future__ import annotations

import pytest

from spm_bot.storage import people
from spm_bot.storage.store import Store
from spm_bot.storage.tables import clients, loans
from spm_bot.usecases import import_register
from spm_bot.usecases.import_register import import_clients
from tests.seed import row, rows_of

ROWS = [row(f"C{number}") for number in range(5)]


async def bring_in(store: Store, *, as_of: str = "2026-11-20") -> tuple[int, int]:
    return await import_clients(ROWS, store=store, currency="KES", as_of=as_of)


async def test_all_clients_come_in_chunk_by_chunk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_register, "CHUNK", 2)
    assert await bring_in(store) == (5, 0)
    assert [client.code for client in await store.read(people.clients_where)] == [each.code for each in ROWS]


async def test_subjects_are_random_and_stay(store: Store) -> None:
    await bring_in(store)
    first = await store.read(lambda c: rows_of(c, clients, "subject"))
    assert {len(subject) for (subject,) in first} == {32}
    assert len(set(first)) == 5
    assert await bring_in(store, as_of="2026-11-27") == (0, 5)
    assert await store.read(lambda c: rows_of(c, clients, "subject")) == first
    assert set(await store.read(lambda c: rows_of(c, loans, "currency", "as_of"))) == {("KES", "2026-11-27")}


async def test_nothing_to_import_changes_nothing(store: Store) -> None:
    assert await import_clients([], store=store, currency="KES", as_of="2026-11-20") == (0, 0)
