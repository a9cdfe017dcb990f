from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from spm_bot.storage import links, waiting
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.waiting import Waiting
from tests.seed import AT, enter, meet, row

MINUTE = timedelta(minutes=1)


async def test_client_waits_once_in_the_newest_chat(store: Store) -> None:
    first, second = await store.write(lambda c: enter(c, row("C1"), row("C2")))
    chat, other = await store.write(lambda c: (meet(c, "1"), meet(c, "2")))
    await store.write(partial(waiting.wait, client=first, address=chat, reason="third_client", at=AT))
    await store.write(partial(waiting.wait, client=second, address=chat, reason="no_fact", at=AT + MINUTE))
    await store.write(
        partial(waiting.wait, client=first, address=other, reason="same_officer", at=AT + 2 * MINUTE)
    )
    held = await store.read(waiting.everybody)
    assert held == [
        Waiting(held[0].id, second, "C2", chat, "no_fact", AT + MINUTE),
        Waiting(held[1].id, first, "C1", other, "same_officer", AT + 2 * MINUTE),
    ]
    assert await store.read(partial(waiting.of_client, client=first)) == held[1]
    assert await store.read(partial(waiting.get, waiting_id=held[0].id)) == held[0]


async def test_client_leaves_the_list_once(store: Store) -> None:
    [client] = await store.write(lambda c: enter(c, row("C1")))
    chat = await store.write(lambda c: meet(c, "1"))
    await store.write(partial(waiting.wait, client=client, address=chat, reason="no_fact", at=AT))
    [held] = await store.read(waiting.everybody)
    dropped = [await store.write(partial(waiting.drop, waiting_id=held.id)) for _ in range(2)]
    assert dropped == [True, False]
    assert await store.read(partial(waiting.get, waiting_id=held.id)) is None
    assert await store.read(partial(waiting.of_client, client=client)) is None


async def test_used_cards_are_counted_by_officer_and_client(store: Store) -> None:
    rows = (row("C1", officer="LO-1"), row("C2", officer="LO-1"), row("C3", officer="LO-2"))
    clients = await store.write(lambda c: enter(c, *rows))
    uses = [(clients[0], AT), (clients[0], AT + MINUTE), (clients[1], AT + MINUTE), (clients[2], AT)]

    def use(connection: Connection, number: int, client: int, at: datetime) -> None:
        token = f"token-{number}"
        links.add_link(connection, token=token, code=None, client=client, at=AT, expires_at=AT + 9 * MINUTE)
        link = links.find_link(connection, token)
        assert link is not None
        assert links.use_link(connection, link.id, at=at)

    for number, (client, at) in enumerate(uses):
        await store.write(partial(use, number=number, client=client, at=at))

    async def lately(officer: str, since: datetime) -> int:
        return await store.read(partial(waiting.redeemed_lately, officer=officer, since=since))

    assert await lately("LO-1", AT) == 2
    assert await lately("LO-1", AT + 2 * MINUTE) == 0
    assert (await lately("LO-2", AT), await lately("LO-3", AT)) == (1, 0)
