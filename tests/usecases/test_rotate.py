"""Going over to a new key: complete, safe at any instant, and honest about what stays behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import pytest
from sqlalchemy import select

from spm_bot.fieldwork.register import StaffRow
from spm_bot.messages import Address, Outbound
from spm_bot.storage import (
    audits,
    colleagues,
    decisions,
    links,
    outbox,
    people,
    peppers,
    promises,
    quotes,
    rounds,
    seals,
    sessions,
    survey_versions,
)
from spm_bot.storage.audits import Audit
from spm_bot.storage.sealed_columns import SEALED
from spm_bot.storage.store import Connection, Store, vault_of
from spm_bot.storage.tables import comments, staff
from spm_bot.storage.vault import Vault
from spm_bot.surveys.session import Answer, Session
from spm_bot.usecases import rotate as module
from spm_bot.usecases.rotate import BotBehind, Rotation, Standing, move_chunk, rotate, stand
from tests.seed import AT, DAY, DRAFT, enrol, hire, meet, row
from tests.stage.world import desk

OLD, NEW, OTHER = bytes(32), bytes(range(32)), bytes([7] * 32)
CLIENTS = 5
SURVEY = desk().library.survey("debt_stress")
HANDLES = next(each for each in SEALED if each.name == "addresses.handle")
CLEAN = Standing(older=(0,), unlisted=0, codes=0)


@asynccontextmanager
async def opened(url: str, *keys: bytes) -> AsyncIterator[Store]:
    store = await Store.open(url, vault=Vault(keys), durability="off", lanes=2)
    try:
        yield store
    finally:
        await store.close()


def fill(connection: Connection) -> None:
    """Something in every sealed column, by the functions that write there."""
    seals.put_on(connection)
    enrol(connection, *(row(f"C{each}", phone=f"+25470000000{each}") for each in range(CLIENTS)))
    hire(connection, "boss", role="manager")
    connection.execute(staff.update(), {"code": "S1"})
    colleagues.change_colleague(connection, StaffRow("S1", "Zawadi", phone="+254711000001"))
    rounds.open_round(
        connection,
        code="r",
        survey=SURVEY.code,
        origin="adhoc",
        audience="{}",
        seed=1,
        at=AT,
        reason="new hours",
    )
    began = sessions.open_session(
        connection,
        Session(SURVEY.code, SURVEY.version, "en", AT, turn=1, current="ds1"),
        version=survey_versions.keep(connection, SURVEY),
        form=False,
        address=meet(connection, "C0"),
        client=None,
        invitation=None,
        lasts=DAY,
    )
    said = replace(began.session, answers=MappingProxyType({"c": Answer((), text="I owe my brother", at=AT)}))
    sessions.save(connection, began, said, status=sessions.ACTIVE, at=AT)
    [comment] = connection.execute(select(comments.c.id)).scalars()
    settle = partial(quotes.settle, week=DRAFT.week, branch="BUN", theme="price", by="S1", at=AT)
    settle(connection, comment, words="I owe somebody")
    number = decisions.write(connection, replace(DRAFT, reason="clients do not know it"), by="S1", at=AT)
    decisions.review(connection, number, at=AT, minute="Board, item 4")
    promises.write(connection, {"en": "We did it"}, branch="BUN", by="S1", at=AT, until=AT + DAY)
    outbox.put(connection, meet(connection, "C0"), [Outbound("Hello Asha")], kind="reply", at=AT)
    outbox.keep_file(connection, b"a picture \xff")
    peppers.forget_code(connection, "C9", pepper=bytes(32), at=AT)


def plain(connection: Connection) -> dict[str, list[tuple[object, bytes]]]:
    """All sealed values, deciphered, by column."""
    vault = vault_of(connection)
    return {
        each.name: [
            (key, vault.decrypt_bytes(sealed, associated=each.name))
            for key, sealed in connection.execute(
                select(each.key, each.sealed).where(each.sealed.is_not(None)).order_by(each.key)
            )
        ]
        for each in SEALED
    }


async def turn(store: Store) -> Rotation:
    return await rotate(store, actor="cli:root", now=AT)


async def filled(url: str) -> dict[str, list[tuple[object, bytes]]]:
    """A database under the old key, and what is in it."""
    async with opened(url, OLD) as store:
        await store.write(fill)
        found = await store.read(plain)
    assert [name for name, values in found.items() if not values] == []  # a new column: fill it above
    return found


async def test_everything_is_read_with_the_new_key_alone(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    before = await filled(database_url)
    moved = sum(map(len, before.values()))
    async with opened(database_url, NEW, OLD) as store:
        assert await turn(store) == Rotation(moved, 0, CLEAN)
        assert await turn(store) == Rotation(0, 0, CLEAN)
        assert await store.read(lambda c: audits.lines(c, limit=2)) == [
            Audit(AT, "cli:root", "keys_rotated", {"moved": count, "left": 0}) for count in (moved, 0)
        ]
    async with opened(database_url, NEW) as store:
        assert await store.read(plain) == before
        assert await store.read(seals.fits) is True
        assert await store.read(partial(peppers.forgotten_among, codes=["C8", "C9"])) == {"C9"}
        for each in range(CLIENTS):
            chat = await store.read(partial(people.find_chat, address=Address("test", f"C{each}")))
            assert chat is not None
            assert len(chat.clients) == 1
        assert await store.read(partial(stand, now=AT)) == Standing((), 0, 0)


async def test_rotation_cut_short_goes_on_where_it_was(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    before = await filled(database_url)
    total = sum(map(len, before.values()))
    async with opened(database_url, NEW, OLD) as store:
        moved, damaged, last = await move_chunk(store, HANDLES)
        assert (moved, damaged) == (2, 0)
        assert last is not None
        assert await store.read(plain) == before
        chats = [
            await store.read(partial(people.find_chat, address=Address("test", f"C{each}")))
            for each in range(CLIENTS)
        ]
        assert None not in chats
    # What is left under the old key keeps it in the list: the seal does not open without it.
    async with opened(database_url, NEW) as store:
        assert await store.read(seals.fits) is False
    async with opened(database_url, NEW, OLD) as store:
        assert await turn(store) == Rotation(total - 2, 0, CLEAN)
    async with opened(database_url, NEW) as store:
        assert await store.read(plain) == before


async def test_people_are_served_while_keys_rotate(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 1)
    await filled(database_url)
    async with opened(database_url, NEW, OLD) as store, opened(database_url, NEW, OLD) as bot:
        await bot.write(seals.bot_began)
        moved, _, last = await move_chunk(store, HANDLES)
        await bot.write(lambda c: meet(c, "newcomer"))
        await bot.write(lambda c: meet(c, "C4"))
        assert (await turn(store)).standing == CLEAN
        assert (moved, last) == (1, 1)
        found = await store.read(plain)
        handles = [value for _, value in found["addresses.handle"]]
        assert handles == [*(f"C{each}".encode() for each in range(CLIENTS)), b"boss", b"newcomer"]


async def test_bot_that_does_not_know_the_new_key_stops_the_rotation(database_url: str) -> None:
    before = await filled(database_url)
    async with opened(database_url, OLD) as bot, opened(database_url, NEW, OLD) as store:
        await bot.write(seals.bot_began)
        with pytest.raises(BotBehind):
            await turn(store)
        left = await store.read(partial(stand, now=AT))
        assert left == Standing((sum(map(len, before.values())) + 2 + 2 * CLIENTS + 1,), 0, 0)
        await bot.write(seals.bot_ended)
        assert (await turn(store)).standing == CLEAN


async def test_program_with_an_older_list_is_noticed_and_the_next_rotation_clears_up(
    database_url: str,
) -> None:
    await filled(database_url)
    async with opened(database_url, NEW, OLD) as store, opened(database_url, OLD) as importer:
        await turn(store)
        await importer.write(lambda c: meet(c, "late"))
        assert await store.read(partial(stand, now=AT)) == Standing((2,), 0, 0)
        assert await turn(store) == Rotation(1, 0, CLEAN)


async def test_chat_met_twice_is_left_and_told(database_url: str) -> None:
    await filled(database_url)
    async with opened(database_url, NEW, OLD) as store, opened(database_url, OLD) as behind:
        await turn(store)
        await behind.write(lambda c: meet(c, "C1"))
        assert await turn(store) == Rotation(0, 0, Standing((2,), 0, 0))


async def test_damaged_and_foreign_values_do_not_stop_the_others(database_url: str) -> None:
    await filled(database_url)
    async with opened(database_url, NEW, OLD) as store, opened(database_url, OTHER) as stranger:
        name = Vault((OLD,)).encrypt("Zawadi", associated="elsewhere")
        await store.write(lambda c: c.execute(staff.update(), {"name": name}).rowcount)
        await stranger.write(lambda c: meet(c, "stranger"))
        done = await turn(store)
        assert (done.damaged, done.standing) == (1, Standing((1,), 2, 0))
    async with opened(database_url, NEW) as store:
        assert await store.read(seals.fits) is True


async def test_codes_that_end_with_the_old_key_are_counted(database_url: str) -> None:
    add = partial(links.add_link, at=AT, expires_at=AT + DAY)
    async with opened(database_url, OLD) as store:
        await store.write(partial(add, token="open", code="AAAA2222"))
        await store.write(partial(add, token="over", code="BBBB2222", expires_at=AT))
        await store.write(partial(add, token="staff", code=None, role="manager"))
    async with opened(database_url, NEW, OLD) as store:
        await store.write(partial(add, token="new", code="CCCC2222"))
        assert (await turn(store)).standing == Standing((0,), 0, codes=1)
    async with opened(database_url, NEW) as store:
        found = {
            secret: await store.read(partial(links.find_link, secret=secret)) is not None
            for secret in ("open", "AAAA2222", "staff", "new", "CCCC2222")
        }
    assert found == {"open": True, "AAAA2222": False, "staff": True, "new": True, "CCCC2222": True}


async def test_nothing_is_lost_when_two_rotate_at_once(database_url: str) -> None:
    before = await filled(database_url)
    async with opened(database_url, NEW, OLD) as one, opened(database_url, NEW, OLD) as other:
        done = await asyncio.gather(turn(one), turn(other))
        assert sum(each.moved for each in done) == sum(map(len, before.values()))
    async with opened(database_url, NEW) as store:
        assert await store.read(plain) == before
