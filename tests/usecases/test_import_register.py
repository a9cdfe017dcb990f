from __future__ import annotations

import pytest

from spm_bot.fieldwork.register import RegisterRow
from spm_bot.storage import audits, people, peppers
from spm_bot.storage.audits import Audit
from spm_bot.storage.store import Conflict, Store
from spm_bot.storage.tables import clients, loans
from spm_bot.usecases import import_register
from spm_bot.usecases.import_register import import_clients
from tests.seed import AT, row, rows_of

ROWS = [row(f"C{number}") for number in range(5)]


Counts = tuple[int, int, int]


async def bring_in(store: Store, *, as_of: str = "2026-11-20") -> Counts:
    return await take_in(store, ROWS, as_of=as_of)


async def take_in(store: Store, rows: list[RegisterRow], *, as_of: str = "2026-11-20") -> Counts:
    return await import_clients(rows, store=store, currency="KES", as_of=as_of, actor="cli:root", now=AT)


async def test_all_clients_come_in_chunk_by_chunk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_register, "CHUNK", 2)
    assert await bring_in(store) == (5, 0, 0)
    assert [client.code for client in await store.read(people.clients_where)] == [each.code for each in ROWS]


async def test_subjects_are_random_and_stay(store: Store) -> None:
    await bring_in(store)
    first = await store.read(lambda c: rows_of(c, clients, "subject"))
    assert {len(subject) for (subject,) in first} == {32}
    assert len(set(first)) == 5
    assert await bring_in(store, as_of="2026-11-27") == (0, 5, 0)
    assert await store.read(lambda c: rows_of(c, clients, "subject")) == first
    assert set(await store.read(lambda c: rows_of(c, loans, "currency", "as_of"))) == {("KES", "2026-11-27")}


async def test_nothing_to_import_changes_nothing(store: Store) -> None:
    assert await take_in(store, []) == (0, 0, 0)


async def test_import_that_fails_half_way_is_written_down(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_register, "CHUNK", 2)
    doubled = [*ROWS, ROWS[-1]]
    with pytest.raises(Conflict):
        await take_in(store, doubled)
    assert len(await store.read(people.clients_where)) == 4
    assert await store.read(lambda c: audits.lines(c, limit=9)) == [
        Audit(AT, "cli:root", "register_imported", {"read": 6, "as_of": "2026-11-20"})
    ]


async def test_whoever_asked_to_be_forgotten_does_not_come_back(store: Store) -> None:
    await store.write(lambda c: peppers.forget_code(c, "C3", pepper=bytes(32), at=AT))
    assert await bring_in(store) == (4, 0, 1)
    assert await bring_in(store) == (0, 4, 1)
    assert [client.code for client in await store.read(people.clients_where)] == ["C0", "C1", "C2", "C4"]
