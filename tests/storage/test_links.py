from __future__ import annotations

from functools import partial

import pytest

from spm_bot.storage import links
from spm_bot.storage.links import Link
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.storage.tables import links as table
from spm_bot.storage.vault import Vault
from tests.seed import AT, DAY, HOUR, enter, found_bare, row, rows_of

TOKEN, CODE = "a-token-of-128-bits", "KMPX2345"


def make(connection: Connection) -> int:
    [client] = enter(connection, row())
    links.add_link(connection, token=TOKEN, code=CODE, client=client, at=AT, expires_at=AT + DAY)
    return client


async def test_link_is_found_by_its_token_and_by_its_printed_code(store: Store) -> None:
    client = await store.write(make)
    link = await store.read(lambda c: links.find_link(c, TOKEN))
    assert link is not None
    assert link == Link(link.id, client, None, "", AT + DAY, None, None)
    assert await store.read(lambda c: links.find_link(c, CODE)) == link
    assert await store.read(lambda c: links.find_link(c, "another")) is None


async def test_link_of_staff_carries_a_role_and_a_branch(store: Store) -> None:
    await store.write(
        lambda c: links.add_link(
            c, token="t", code=None, role="manager", branch="BUN", at=AT, expires_at=AT + DAY
        )
    )
    link = await store.read(lambda c: links.find_link(c, "t"))
    assert link is not None
    assert (link.client, link.role, link.branch) == (None, "manager", "BUN")


async def test_link_can_be_used_once(store: Store) -> None:
    await store.write(make)
    link = await store.read(lambda c: links.find_link(c, TOKEN))
    assert link is not None
    assert link.open_at(AT)
    assert await store.write(lambda c: links.use_link(c, link.id, at=AT + HOUR)) is True
    assert await store.write(lambda c: links.use_link(c, link.id, at=AT + 2 * HOUR)) is False
    used = await store.read(lambda c: links.find_link(c, TOKEN))
    assert used is not None
    assert used.used_at == AT + HOUR
    assert not used.open_at(AT + HOUR)


def test_link_is_open_until_it_expires_or_is_revoked() -> None:
    link = Link(1, 1, None, "", AT + DAY, None, None)
    assert link.open_at(AT + DAY - HOUR)
    assert not link.open_at(AT + DAY)
    assert not Link(1, 1, None, "", AT + DAY, None, AT).open_at(AT)


async def test_open_links_of_a_client_are_revoked_and_no_others(store: Store) -> None:
    one, two, three = await store.write(lambda c: enter(c, row("C1"), row("C2"), row("C3")))
    lasting = {"used": DAY, "old": HOUR, "open": DAY, "other": DAY, "third": DAY}
    owners = {"used": one, "old": one, "open": one, "other": two, "third": three}

    def make_all(connection: Connection) -> None:
        for token, lasts in lasting.items():
            links.add_link(
                connection, token=token, code=None, client=owners[token], at=AT, expires_at=AT + lasts
            )
        links.use_link(connection, 1, at=AT)

    await store.write(make_all)
    later = AT + 2 * HOUR
    assert await store.write(lambda c: links.revoke_links(c, one, at=later)) == 1
    assert await store.write(lambda c: links.revoke_links(c, one, three, at=later + HOUR)) == 1
    found = [await store.read(partial(links.find_link, secret=token)) for token in lasting]
    revoked = [link.revoked_at for link in found if link is not None]
    assert revoked == [None, None, later, None, later + HOUR]


async def test_unused_links_of_staff_are_listed_and_end(store: Store) -> None:
    def make_all(connection: Connection) -> None:
        make(connection)
        for token, lasts in {"used": DAY, "old": HOUR, "ended": DAY, "open": DAY}.items():
            links.add_link(
                connection,
                token=token,
                code=None,
                role="manager",
                at=AT,
                expires_at=AT + lasts,
                made_by=token,
            )
        links.use_link(connection, 2, at=AT)

    await store.write(make_all)
    later = AT + 2 * HOUR
    ended = [await store.write(partial(links.end_staff_link, link_id=link, at=later)) for link in range(1, 5)]
    assert ended == [False, False, False, True]
    found = await store.read(partial(links.open_staff_links, now=later))
    assert [link.made_by for link in found] == ["open"]
    assert await store.write(partial(links.use_link, link_id=4, at=later)) is False


async def test_newest_link_of_a_printed_code_counts(store: Store) -> None:
    await store.write(make)
    await store.write(
        lambda c: links.add_link(c, token="t2", code=CODE, role="manager", at=AT, expires_at=AT + DAY)
    )
    link = await store.read(lambda c: links.find_link(c, CODE))
    assert link is not None
    assert link.role == "manager"


async def test_token_twice_is_a_conflict(store: Store) -> None:
    await store.write(make)
    with pytest.raises(Conflict):
        await store.write(
            lambda c: links.add_link(c, token=TOKEN, code="other", role="manager", at=AT, expires_at=AT)
        )


async def test_card_outlives_the_key_it_was_made_with_but_for_its_code(database_url: str) -> None:
    before = await Store.open(database_url, vault=Vault((bytes(32),)), durability="off", lanes=1)
    await before.write(make)
    await before.close()
    after = await Store.open(database_url, vault=Vault((bytes(range(32)),)), durability="off", lanes=1)
    found = [await after.read(partial(links.find_link, secret=secret)) for secret in (TOKEN, CODE)]
    assert [each is not None for each in found] == [True, False]
    assert await after.read(partial(links.count_ending_codes, at=AT)) == 1
    assert await after.read(partial(links.count_ending_codes, at=AT + DAY)) == 0
    await after.close()


async def test_only_hashes_are_kept(store: Store) -> None:
    await store.write(make)
    assert await store.read(lambda c: found_bare(c, [TOKEN, CODE])) == set()
    [(token, code)] = await store.read(lambda c: rows_of(c, table, "token_hash", "code_hash"))
    assert (len(token), len(code)) == (32, 36)


async def test_link_hashed_with_an_older_key_is_found(database_url: str) -> None:
    old, new = bytes(32), bytes(range(32))
    before = await Store.open(database_url, vault=Vault((old,)), durability="off", lanes=1)
    await before.write(make)
    await before.close()
    after = await Store.open(database_url, vault=Vault((new, old)), durability="off", lanes=1)
    for secret in (TOKEN, CODE):
        assert await after.read(partial(links.find_link, secret=secret)) is not None
    await after.close()
