from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy import update

from spm_bot.messages import Address
from spm_bot.storage import people
from spm_bot.storage.people import Chat, Client
from spm_bot.storage.store import Conflict, Connection, Store, vault_of
from spm_bot.storage.tables import addresses, holders
from spm_bot.storage.vault import Vault
from tests.seed import AT, HOUR, enrol, enter, found_bare, hire, meet, row, rows_of

HANDLE = "254700111222"
PHONE = Address("test", HANDLE)


async def test_chat_is_made_on_first_sight_and_found_again(store: Store) -> None:
    assert await store.read(lambda c: people.find_chat(c, PHONE)) is None
    first = await store.write(lambda c: people.meet(c, PHONE, language="sw"))
    assert first == Chat(first.id, "test", "sw", reachable=True)
    assert await store.write(lambda c: people.meet(c, PHONE, language="fr")) == first
    assert await store.read(lambda c: people.chat(c, first.id)) == first
    assert await store.read(lambda c: people.handles(c, [first.id, 999])) == {first.id: PHONE}


async def test_same_handle_on_another_channel_is_another_chat(store: Store) -> None:
    first = await store.write(lambda c: people.meet(c, PHONE, language="en"))
    other = await store.write(lambda c: people.meet(c, Address("tg", HANDLE), language="en"))
    assert other.id != first.id
    assert await store.read(lambda c: people.find_chat(c, PHONE)) == first


async def test_second_row_for_an_address_is_a_conflict(store: Store) -> None:
    """Whoever loses the race to make a chat tries again, and then finds it."""
    await store.write(lambda c: meet(c, HANDLE))

    def again(connection: Connection) -> None:
        digest = vault_of(connection).digest(HANDLE)
        double = {"channel": "test", "handle": b"x", "handle_hash": digest, "language": "en"}
        connection.execute(addresses.insert(), double)

    with pytest.raises(Conflict):
        await store.write(again)


async def test_chat_of_an_older_key_is_found_and_read(database_url: str) -> None:
    old, new = bytes(32), bytes(range(32))
    before = await Store.open(database_url, vault=Vault((old,)), durability="off", lanes=1)
    known = await before.write(lambda c: people.meet(c, PHONE, language="en"))
    await before.close()
    after = await Store.open(database_url, vault=Vault((new, old)), durability="off", lanes=1)
    assert await after.write(lambda c: people.meet(c, PHONE, language="en")) == known
    assert await after.read(lambda c: people.handles(c, [known.id])) == {known.id: PHONE}
    await after.close()


async def test_names_phones_and_handles_are_never_in_the_clear(store: Store) -> None:
    await store.write(lambda c: enter(c, row(name="Nafula Barasa", phone="+254733999888")))
    await store.write(lambda c: meet(c, HANDLE))
    secrets = ("Nafula", "Barasa", "733999888", HANDLE)
    assert await store.read(lambda c: found_bare(c, secrets)) == set()
    assert await store.read(lambda c: found_bare(c, ["subject-C1"])) == {"subject-C1"}


async def test_chat_knows_its_people_in_the_order_they_came(store: Store) -> None:
    first, second = await store.write(lambda c: enter(c, row("C1"), row("C2")))
    address = await store.write(lambda c: meet(c, HANDLE))
    await store.write(lambda c: people.hold(c, address, client=second, at=AT))
    await store.write(lambda c: people.hold(c, address, client=first, at=AT))
    staff = await store.write(lambda c: hire(c, "boss", role="manager"))
    shared = await store.read(lambda c: people.chat(c, address))
    assert (shared.clients, shared.staff) == ((second, first), None)
    boss = await store.read(lambda c: people.find_chat(c, Address("test", "boss")))
    assert boss == Chat(boss.id if boss else 0, "test", "en", reachable=True, staff=staff)


async def test_tying_a_chat_to_the_same_person_twice_is_a_conflict(store: Store) -> None:
    [client] = await store.write(lambda c: enrol(c, row()))
    staff = await store.write(lambda c: hire(c, "boss", role="manager"))
    with pytest.raises(Conflict):
        await store.write(lambda c: people.hold(c, meet(c, "C1"), client=client, at=AT))
    with pytest.raises(Conflict):
        await store.write(lambda c: people.hold(c, meet(c, "boss"), staff_member=staff, at=AT))


async def test_client_has_one_chat_however_many_cards_are_redeemed_at_once(store: Store) -> None:
    [client] = await store.write(lambda c: enrol(c, row()))
    address = await store.write(lambda c: meet(c, "another phone"))
    with pytest.raises(Conflict):
        await store.write(lambda c: people.hold(c, address, client=client, at=AT))
    moves = [
        store.write(partial(people.move_client, client=client, address_id=address, at=AT), lane=lane)
        for lane in ("a", "b", "c", "d")
    ]
    ends = await asyncio.gather(*moves, return_exceptions=True)
    assert all(end is None or isinstance(end, Conflict) for end in ends)
    assert await store.read(lambda c: rows_of(c, holders, "address_id", "client_id")) == [(address, client)]


async def test_handle_that_no_key_opens_is_left_out(store: Store) -> None:
    first, second = await store.write(lambda c: (meet(c, "1"), meet(c, "2")))
    sealed = Vault((bytes(32),)).encrypt("1")
    mine = addresses.c.id == first
    await store.write(lambda c: c.execute(update(addresses).where(mine).values(handle=sealed)).rowcount)
    assert await store.read(lambda c: people.handles(c, [first, second])) == {second: Address("test", "2")}


async def test_client_who_moves_leaves_the_old_chat(store: Store) -> None:
    first, second = await store.write(lambda c: enrol(c, row("C1"), row("C2")))
    await store.write(lambda c: people.move_client(c, first, meet(c, "C2"), at=AT + HOUR))
    assert await store.read(lambda c: people.chat(c, meet(c, "C1")).clients) == ()
    assert await store.read(lambda c: people.chat(c, meet(c, "C2")).clients) == (second, first)
    known = await store.read(lambda c: rows_of(c, holders, "client_id", "since"))
    assert known == [(second, AT), (first, AT + HOUR)]


async def test_language_and_reach_belong_to_the_chat(store: Store) -> None:
    one, other = await store.write(lambda c: (meet(c, "1"), meet(c, "2")))
    await store.write(lambda c: people.set_language(c, one, "fr"))
    await store.write(lambda c: people.set_reachable(c, one, reachable=False))
    assert await store.read(lambda c: people.chat(c, one)) == Chat(one, "test", "fr", reachable=False)
    assert await store.read(lambda c: people.chat(c, other)) == Chat(other, "test", "en", reachable=True)


async def test_client_is_read_as_the_register_gives_them(store: Store) -> None:
    [known] = await store.write(lambda c: enter(c, row(days_in_arrears=12, has_savings=True, officer="LO-1")))
    expected = Client(
        id=known,
        code="C1",
        subject="subject-C1",
        branch="BUN",
        product="business_loan",
        loan_method="individual",
        gender="female",
        birth_year=1985,
        joined_on="2020-01-10",
        has_loan=True,
        has_savings=True,
        days_in_arrears=12,
        status="active",
        hour=None,
        officer="LO-1",
        born_on=None,
        works_here=False,
    )
    assert await store.read(lambda c: people.client(c, known)) == expected
    assert await store.read(lambda c: people.client_by_code(c, "C1")) == expected
    assert await store.read(lambda c: people.clients_by_id(c, [known, 999])) == [expected]


async def test_what_is_not_there_is_a_lookup_error(store: Store) -> None:
    for work in (
        lambda c: people.client(c, 999),
        lambda c: people.client_by_code(c, "nobody"),
        lambda c: people.chat(c, 999),
    ):
        with pytest.raises(LookupError):
            await store.read(work)


async def test_clients_are_chosen_by_branch_or_code_and_only_while_active(store: Store) -> None:
    rows = [row("C1"), row("C2", branch="BUS"), row("C3", status="closed"), row("C4")]
    one, two, _, four = await store.write(lambda c: enter(c, *rows))

    def ids(connection: Connection, *, branch: str | None = None, code: str | None = None) -> list[int]:
        return [client.id for client in people.clients_where(connection, branch=branch, code=code)]

    assert await store.read(ids) == [one, two, four]
    assert await store.read(lambda c: ids(c, branch="BUN")) == [one, four]
    assert await store.read(lambda c: ids(c, code="C2")) == [two]
    assert await store.read(lambda c: ids(c, code="C3")) == []


async def test_chats_are_found_by_whose_they_are(store: Store) -> None:
    first, second, alone = await store.write(
        lambda c: [*enrol(c, row("C1"), row("C2")), *enter(c, row("C3"))]
    )
    staff = await store.write(lambda c: hire(c, "boss", role="manager"))
    chats = await store.read(lambda c: people.chats_of_clients(c, [first, second, alone]))
    assert {client: chat.clients for client, chat in chats.items()} == {first: (first,), second: (second,)}
    bosses = await store.read(lambda c: people.chats_of_staff(c, [staff, 999]))
    assert {member: chat.staff for member, chat in bosses.items()} == {staff: staff}


@pytest.mark.parametrize(("name", "first"), [("Nafula Barasa", "Nafula"), ("  Chebet ", "Chebet"), (" ", "")])
async def test_first_name_is_the_first_word_of_the_name(store: Store, name: str, first: str) -> None:
    [known] = await store.write(lambda c: enter(c, row(name=name)))
    assert await store.read(lambda c: people.first_name(c, known)) == first
    assert await store.read(lambda c: people.first_name(c, 999)) == ""


async def test_phone_number_finds_active_clients_alone(store: Store) -> None:
    rows = (
        row("C1", phone="+254712345678"),
        row("C2", phone="+254712345678", status="closed"),
        row("C3", phone="+254733111222"),
        row("C4", phone=""),
    )
    first, *_, last = await store.write(lambda c: enter(c, *rows))
    assert [
        client.code for client in await store.read(lambda c: people.clients_with_phone(c, "+254712345678"))
    ] == ["C1"]
    assert await store.read(lambda c: people.clients_with_phone(c, "+254700000000")) == []
    assert await store.read(lambda c: people.phone_number(c, first)) == "+254712345678"
    assert await store.read(lambda c: people.phone_number(c, last)) == ""
