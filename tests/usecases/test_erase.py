from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, LargeBinary, Table, insert, select

from spm_bot.messages import Contact, Other, Start
from spm_bot.storage import people, requests
from spm_bot.storage.peppers import forgotten_among
from spm_bot.storage.sealed_columns import SEALED
from spm_bot.storage.store import Store, vault_of
from spm_bot.storage.tables import (
    addresses,
    audits,
    clients,
    consents,
    draws,
    forgotten,
    invitations,
    metadata,
    observations,
    outbox,
    responses,
    rounds,
    sessions,
    tries,
)
from spm_bot.storage.vault import Undecipherable
from spm_bot.usecases.erase import erase
from spm_bot.usecases.hand_links import invite_clients
from tests.seed import row, rows_of
from tests.stage.world import World

HOUR = timedelta(hours=1)
CODE, NAME, PHONE = "ZQMARK-4711", "Zqmarkwanjiku Zqmarkotieno", "+254711987654"
OLD_HANDLE, HANDLE = "zqmarkhandle-1", "zqmarkhandle-2"
COMMENT, VOICE, OFFICER = "zqmark they were kind to me", "zqmarkvoicefile", "zqmarkofficer"
MARKS = ("zqmark", "711987654")
"""Stands in everything that is only this client's, in any case of letters, and in no random key."""


def marked(words: str) -> bool:
    return any(mark in words.casefold() for mark in MARKS)


def opened(connection: Connection, column: str, cell: Any) -> str:
    """What stands in a cell, deciphered if it is sealed."""
    if not isinstance(cell, bytes):
        return str(cell)
    try:
        return vault_of(connection).decrypt_bytes(cell, associated=column).decode("utf-8", "replace")
    except Undecipherable:
        return cell.hex()


def hashes(connection: Connection) -> set[str]:
    """Every hash that could give one of the marks away."""
    secrets = (CODE, NAME, PHONE, OLD_HANDLE, HANDLE, COMMENT, VOICE)
    keyed = {digest.hex() for secret in secrets for digest in vault_of(connection).digests(secret)}
    return keyed | {sha256(secret.encode()).hexdigest() for secret in secrets}


def places(connection: Connection) -> set[str]:
    """Every column in which a mark, or the hash of one, stands."""
    known = hashes(connection)
    found = set()
    for table in metadata.sorted_tables:
        for line in connection.execute(select(table)).mappings():
            for name, cell in line.items():
                column = f"{table.name}.{name}"
                words = opened(connection, column, cell)
                if marked(words) or (isinstance(cell, bytes) and cell.hex() in known):
                    found.add(column)
    return found


def ciphertexts(connection: Connection) -> list[bytes]:
    """The sealed values that hold a mark, as they stand in the database."""
    return [
        bytes(cell)
        for each in SEALED
        for cell in connection.execute(select(each.sealed)).scalars()
        if cell is not None and marked(opened(connection, each.name, cell))
    ]


async def live(world: World) -> None:
    """A client who leaves a trace everywhere: two phones, cards, a survey, tries, a voice note."""
    await world.register(
        [
            row(
                CODE,
                name=NAME,
                phone=PHONE,
                officer=OFFICER,
                loan="ZQMARK-L1",
                has_savings=True,
                centre="Zqmark centre",
                poverty_band="zqmark band",
                exit_reason="zqmark reason",
            )
        ]
    )
    for handle in (OLD_HANDLE, HANDLE):
        [card] = await invite_clients(
            store=world.store, branch=None, code=CODE, actor="cli:a", now=world.clock.now()
        )
        await world.receive(Contact("+254700000999", own=True), handle=handle)
        await world.receive(Start(card.token), handle=handle)
        for said in ("English", "1985"):
            await world.say(said, handle=handle)
        await world.let_in()
        for said in ("yes", "yes"):
            await world.say(said, handle=handle)
    await world.invite(CODE, "client_satisfaction")
    await world.tap("Start", handle=HANDLE)
    await world.say("4", handle=HANDLE)
    await world.say("9", handle=HANDLE)
    await world.say(COMMENT, handle=HANDLE)
    await world.receive(Other("voice", VOICE, "m1"), handle=HANDLE)


async def ask_for_everything(world: World, handle: str) -> None:
    for said in ("/mydata", "yes", "yes, those too", "1985"):
        await world.say(said, handle=handle)


async def ask_to_be_forgotten(world: World, handle: str) -> None:
    for said in ("/forget", "yes, erase", "1985"):
        await world.say(said, handle=handle)


async def test_nothing_is_left_of_a_forgotten_client(
    world: World, store: Store, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await live(world)
    await ask_to_be_forgotten(world, HANDLE)
    await world.wait(24 * HOUR - timedelta(minutes=1))
    await ask_for_everything(world, HANDLE)
    assert await store.read(places) >= {
        *("people.name", "people.phone", "people.phone_hash", "clients.code", "clients.officer"),
        *("addresses.handle", "addresses.handle_hash", "comments.body", "outbox.body", "files.body"),
        *("loans.code", "loans.officer", "clients.centre", "clients.poverty_band", "clients.exit_reason"),
    }
    sealed = await store.read(ciphertexts)
    await world.wait(timedelta(minutes=1))
    assert "is erased" in world.phones.texts(HANDLE)[-1]
    await world.wait(timedelta(minutes=15))
    assert await store.read(places) == set()
    assert await store.read(partial(forgotten_among, codes=[CODE, "Amina"])) == {CODE}
    assert not marked(caplog.text)
    if database_url.startswith("sqlite"):
        assert on_disk(database_url, sealed, await store.read(hashes)) == []


def on_disk(url: str, sealed: Iterable[bytes], known: Iterable[str]) -> list[str]:
    """What of the client stands in the bytes of the database file and those beside it."""
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    bare = b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
    secrets = [*sealed, *(bytes.fromhex(each) for each in known), CODE.encode(), OFFICER.encode()]
    return [secret.hex() for secret in secrets if secret in bare]


async def test_ledgers_and_counts_stay_without_a_name(world: World, store: Store) -> None:
    await live(world)
    subject = await store.read(lambda c: people.client_by_code(c, CODE).subject)
    await store.write(_draw)
    await ask_to_be_forgotten(world, HANDLE)
    await world.wait(25 * HOUR)
    assert {s for (s,) in await store.read(lambda c: rows_of(c, consents, "subject"))} == {subject}
    assert await store.read(lambda c: rows_of(c, invitations, "client_id", "outcome", "branch")) == [
        (None, "not_eligible", "BUN")
    ]
    assert await store.read(lambda c: rows_of(c, draws, "client_id", "stratum")) == [(None, "BUN")]
    assert await store.read(lambda c: rows_of(c, forgotten, "branch")) == [("BUN",)]
    events = [event for (event,) in await store.read(lambda c: rows_of(c, audits, "event"))]
    assert events[-2:] == ["forget_planned", "client_forgotten"]
    for table, key in (
        (addresses, "id"),
        (outbox, "id"),
        (sessions, "id"),
        (responses, "id"),
        (tries, "key"),
    ):
        assert await store.read(partial(rows_of_table, table=table, key=key)) == []


def _draw(connection: Connection) -> None:
    """The client stands in a sample."""
    drawn = {"client_id": people.client_by_code(connection, CODE).id, "wave": 0, "stratum": "BUN"}
    first = connection.execute(select(rounds.c.id)).scalars().first()
    connection.execute(insert(draws), {**drawn, "round_id": first, "state": "invited"})


def rows_of_table(connection: Connection, *, table: Table, key: str) -> list[tuple[Any, ...]]:
    return rows_of(connection, table, key)


async def test_other_client_of_a_shared_phone_keeps_everything(world: World, store: Store) -> None:
    await world.register([row(CODE, name=NAME, phone=PHONE)])
    await world.enrol("David", handle="both")
    await world.enrol(CODE, handle="both")
    for code in ("David", CODE):
        await world.invite(code, "client_satisfaction")
    await world.tap("Start", handle="both")
    await world.say("4", handle="both")
    await world.say("/forget", handle="both")
    await world.say("Zqmarkwanjiku", handle="both")
    for said in ("yes, erase", "1985"):
        await world.say(said, handle="both")
    await world.wait(24 * HOUR)
    assert world.phones.texts("both")[-1].splitlines()[0] == "For Zqmarkwanjiku:"
    await world.wait(HOUR)
    assert await store.read(places) == set()
    david = await store.read(lambda c: people.client_by_code(c, "David"))
    chats = await store.read(partial(people.chats_of_clients, ids=[david.id]))
    assert [chat.clients for chat in chats.values()] == [(david.id,)]
    await world.say("/mydata", handle="both")
    assert world.phones.texts("both")[-1].startswith("Do you want all of it")


async def test_answers_stay_where_enough_others_look_the_same(world: World, store: Store) -> None:
    await answered(world, 9)
    await forget_now(world, "BUN-1")
    small = await store.read(lambda c: rows_of(c, responses, "client_id"))
    assert len(small) == 8
    await answered(world, 12, branch="BUS")
    await forget_now(world, "BUS-1")
    kept = await store.read(lambda c: rows_of(c, responses, "client_id", "session_id", "scored", "week"))
    assert kept[8] == (None, None, "{}", "2026-W48")
    assert len(kept) == 20
    assert len(await store.read(lambda c: rows_of(c, observations, "id"))) == 20


async def answered(world: World, count: int, *, branch: str = "BUN") -> None:
    """So many clients of a branch gave one answer each, and look the same."""
    await world.enrol_crowd(count, branch=branch)
    for number in range(1, count + 1):
        code = f"{branch}-{number}"
        await world.store.write(partial(_respond, code=code, at=world.clock.now()))


def _respond(connection: Connection, *, code: str, at: Any) -> None:
    client = people.client_by_code(connection, code)
    response = connection.execute(
        insert(responses).returning(responses.c.id),
        {
            "client_id": client.id,
            "survey": "client_satisfaction",
            "origin": "standing",
            "partial": False,
            "late": False,
            "language": "en",
            "channel": "test",
            "started_at": at,
            "ended_at": at,
            "week": "2026-W48",
            "scored": '{"scores": {}}',
        },
    ).scalar_one()
    connection.execute(
        insert(observations),
        {
            "response_id": response,
            "week": "2026-W48",
            "survey": "client_satisfaction",
            "indicator": "SAT1",
            "value": 1.0,
            "partial": False,
            "origin": "standing",
            "branch": client.branch,
            "product": client.product,
            "loan_method": client.loan_method,
            "gender": client.gender,
            "in_arrears": False,
            "language": "en",
            "channel": "test",
        },
    )


async def forget_now(world: World, code: str) -> None:
    now = world.clock.now()

    def ask(connection: Connection) -> int:
        client = people.client_by_code(connection, code).id
        return requests.ask(connection, client, kind="forget", address=None, at=now, due_at=now)

    await world.store.write(ask)
    assert await erase(now, store=world.store, desk=world.desk) == 1
    await world.postman.flush()


async def test_chat_that_cannot_be_reached_goes_all_the_same(world: World, store: Store) -> None:
    await world.enrol("Amina", handle="a")
    world.phones.blocking.add("a")
    await forget_now(world, "Amina")
    await world.wait(HOUR)
    assert await store.read(lambda c: rows_of(c, addresses, "id")) == []


async def test_chat_goes_after_a_day_although_its_channel_is_silent(world: World, store: Store) -> None:
    await world.enrol("Amina", handle="a")
    world.postman.channels = {}
    await forget_now(world, "Amina")
    await world.wait(23 * HOUR)
    assert len(await store.read(lambda c: rows_of(c, addresses, "id"))) == 1
    await world.wait(2 * HOUR)
    assert await store.read(lambda c: rows_of(c, addresses, "id")) == []


async def test_forgetting_again_finds_nothing(world: World, store: Store) -> None:
    await world.enrol("Amina", handle="a")
    await forget_now(world, "Amina")
    assert await erase(world.clock.now(), store=store, desk=world.desk) == 0
    assert len(await store.read(lambda c: rows_of(c, forgotten, "code_hash"))) == 1
    assert "Amina" not in [code for (code,) in await store.read(lambda c: rows_of(c, clients, "code"))]


async def test_kill_between_the_two_steps_leaves_nothing_behind(world: World, store: Store) -> None:
    """Only the first step has happened; another run finds what is to be done."""
    await world.enrol("Amina", handle="a")
    await ask_to_be_forgotten(world, "a")
    world.clock.advance(24 * HOUR)
    await erase(world.clock.now(), store=store, desk=world.desk)
    assert len(await store.read(lambda c: rows_of(c, addresses, "id"))) == 1
    await world.postman.flush()
    await erase(world.clock.now(), store=store, desk=world.desk)
    assert await store.read(lambda c: rows_of(c, addresses, "id")) == []
    assert world.phones.texts("a")[-1].startswith("Everything that we held")


def test_every_sealed_column_is_looked_into() -> None:
    """The search above deciphers by the name of the column."""
    binary = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and not column.name.endswith("_hash")
    }
    assert {each.name for each in SEALED} == binary


async def test_nothing_queued_for_a_forgotten_client_is_sent_and_the_other_holder_gets_theirs(
    world: World, store: Store
) -> None:
    """The channel is silent all the time; then everything that still waits goes out at once."""
    await world.enrol("Amina", handle="both")
    await world.enrol("David", handle="both")
    await world.invite("Amina", "client_satisfaction")
    channels, world.postman.channels = world.postman.channels, {}
    await ask_both(world)
    await world.invite("David", "client_satisfaction")
    await forget_now(world, "Amina")
    world.postman.channels = channels
    world.phones.take_news()
    world.clock.advance(timedelta(minutes=5))
    await world.postman.flush()
    news = [seen.message.text for seen in world.phones.take_news() if not seen.gone]
    theirs = [text for text in news if "Amina" in text]
    assert theirs == [
        "For Amina:\nEverything that we held about you here is erased. Your loans and savings stay the same."
    ]
    assert all(text == "✓" or "David" in text for text in news if text not in theirs)
    assert [text.splitlines()[1][:31] for text in news if text.startswith("For David:")] == [
        "This is everything we keep abou",
        "We would like to hear how our s",
    ]


async def ask_both(world: World) -> None:
    """Amina answers one question and asks for her data and her consent; then David for his."""
    await world.tap("Start", handle="both")
    await world.say("4", handle="both")
    for said in ("/mydata", "Amina", "yes", "no, without", "1985", "/consent", "Amina"):
        await world.say(said, handle="both")
    for said in ("/mydata", "David", "yes", "no, without", "1970"):
        await world.say(said, handle="both")
