from __future__ import annotations

import pytest
from sqlalchemy import Connection

from spm_bot.storage import digests, outbox, requests
from spm_bot.storage.digests import Rendering
from spm_bot.storage.requests import DATA, DONE, FORGET, OPEN, UNDONE, Request
from spm_bot.storage.store import Store
from spm_bot.storage.tables import files
from tests.seed import AT, DAY, enter, row, rows_of


async def client(store: Store) -> int:
    [identity] = await store.write(lambda c: enter(c, row("C1")))
    return identity


async def test_request_goes_through_its_states(store: Store) -> None:
    one = await client(store)
    identity = await store.write(lambda c: requests.ask(c, one, kind=FORGET, address=None, at=AT))
    asked = Request(identity, one, "C1", FORGET, "", AT, None, OPEN)
    assert await store.read(requests.all_open) == [asked]
    assert await store.read(lambda c: requests.due(c, kind=FORGET, now=AT + DAY)) == []
    again = await store.write(
        lambda c: requests.ask(c, one, kind=FORGET, address=None, at=AT + DAY, due_at=AT + DAY)
    )
    assert again == identity
    [due] = await store.read(lambda c: requests.due(c, kind=FORGET, now=AT + DAY))
    assert (due.id, due.asked_at, due.due_at) == (identity, AT, AT + DAY)
    await store.write(lambda c: requests.settle(c, identity, state=UNDONE))
    assert await store.read(requests.all_open) == []
    assert [each.state for each in await store.read(lambda c: requests.of_client(c, one))] == [UNDONE]


async def test_file_that_was_sent_is_not_sent_by_the_same_request(store: Store) -> None:
    one = await client(store)

    def ask(connection: Connection) -> list[int]:
        return [
            requests.ask(connection, one, kind=DATA, address=None, at=AT, due_at=AT + DAY) for _ in range(2)
        ]

    first, second = await store.write(ask)
    assert first != second
    waiting = await store.write(lambda c: requests.ask(c, one, kind=DATA, address=None, at=AT))
    found = await store.read(lambda c: requests.open_one(c, one, kind=DATA))
    assert found is not None
    assert found.id == waiting


async def test_file_goes_when_nothing_else_needs_it(store: Store) -> None:
    one = await client(store)

    def two_with_one_file(connection: Connection) -> tuple[list[int], str]:
        name = outbox.keep_file(connection, b"everything")
        made = [
            requests.ask(connection, one, kind=DATA, address=None, at=AT, due_at=AT + DAY) for _ in range(2)
        ]
        for each in made:
            requests.attach(connection, each, file=name)
        return made, name

    (first, second), name = await store.write(two_with_one_file)
    await store.write(lambda c: requests.drop_file(c, first))
    assert await store.read(lambda c: rows_of(c, files, "id")) == [(name,)]
    await store.write(lambda c: requests.settle(c, first, state=DONE))
    await store.write(lambda c: requests.drop_file(c, second))
    assert await store.read(lambda c: rows_of(c, files, "id")) == []
    await store.write(lambda c: requests.drop_file(c, second))


@pytest.mark.parametrize("drawn", ["picture", "line", "pages", "workbook"])
async def test_file_of_a_digest_is_never_dropped(store: Store, drawn: str) -> None:
    one = await client(store)

    def shared(connection: Connection) -> int:
        name = outbox.keep_file(connection, b"picture")
        digests.keep_rendering(connection, Rendering("2026-W47", "", "en", "", **{drawn: name}))
        made = requests.ask(connection, one, kind=DATA, address=None, at=AT)
        requests.attach(connection, made, file=name)
        return made

    made = await store.write(shared)
    await store.write(lambda c: requests.drop_file(c, made))
    assert len(await store.read(lambda c: rows_of(c, files, "id"))) == 1
