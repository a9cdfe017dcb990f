from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from spm_bot.fieldwork.audience import Audience
from spm_bot.storage import consents, draws, frames, people, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import clients
from spm_bot.storage.tables import rounds as round_rows
from tests.seed import AT, enrol, enter, row, rows_of, say_yes

ALL = ("branch", "product", "gender")


def sample(connection: Connection, **terms: Any) -> Round:
    plain: dict[str, Any] = {
        "survey": "branch_visit",
        "origin": "adhoc",
        "audience": "{}",
        "strata": ("branch",),
        "size": 30,
        "seed": 1,
    }
    return rounds.open_round(connection, code="visit", at=AT, **{**plain, **terms})


def crowd(connection: Connection) -> list[int]:
    return enrol(
        connection,
        row("C1"),
        row("C2", branch="BUS", gender="male"),
        row("C3", product="group_loan"),
        row("C4", branch="BUS"),
        row("C5"),
    )


async def frame(store: Store, **terms: Any) -> dict[str, list[int]]:
    round_ = await store.write(lambda c: sample(c, **terms))
    page = await store.read(lambda c: frames.read_page(c, round_))
    assert page.last is None
    return {stratum: list(ids) for stratum, ids in page.people.items()}


async def test_clients_come_by_stratum_in_the_order_of_the_register(store: Store) -> None:
    one, two, three, four, five = await store.write(crowd)
    assert await frame(store, strata=ALL) == {
        "BUN/business_loan/female": [one, five],
        "BUN/group_loan/female": [three],
        "BUS/business_loan/female": [four],
        "BUS/business_loan/male": [two],
    }


async def test_without_strata_all_are_one(store: Store) -> None:
    assert await frame(store, strata=()) == {}
    ids = await store.write(crowd)
    round_ = await store.read(lambda c: rounds.find_round(c, "visit"))
    assert round_ is not None
    page = await store.read(lambda c: frames.read_page(c, round_))
    assert page.people == {"": array("q", ids)}


async def test_pages_together_are_the_frame(store: Store) -> None:
    ids = await store.write(crowd)
    round_ = await store.write(sample)
    found: list[int] = []
    after: int | None = 0
    pages = 0
    while after is not None:
        start = after
        page = await store.read(lambda c, start=start: frames.read_page(c, round_, after=start, span=2))  # type: ignore[misc]
        found += sorted(client for each in page.people.values() for client in each)
        after, pages = page.last, pages + 1
    assert (found, pages) == (ids, 3)


@pytest.mark.parametrize(
    ("audience", "left"),
    [
        (Audience(), [0, 1, 2, 3, 4]),
        (Audience(branches=frozenset({"BUS"})), [1, 3]),
        (Audience(products=frozenset({"group_loan", "other"})), [2]),
        (Audience(branches=frozenset({"BUS"}), genders=frozenset({"male"})), [1]),
        (Audience(genders=frozenset({"nobody"})), []),
    ],
)
async def test_frame_keeps_to_the_audience(store: Store, audience: Audience, left: list[int]) -> None:
    ids = await store.write(crowd)
    found = await frame(store, audience=audience.to_json())
    assert sorted(client for each in found.values() for client in each) == [ids[place] for place in left]


def column(**values: Any) -> Callable[[Connection, int], object]:
    return lambda connection, client: connection.execute(
        update(clients).where(clients.c.id == client).values(values)
    )


def silent(connection: Connection, _: int) -> None:
    say_yes(connection, "C1", given=False)


def unreachable(connection: Connection, client: int) -> None:
    chat = people.chats_of_clients(connection, [client])[client]
    people.set_reachable(connection, chat.id, reachable=False)


@pytest.mark.parametrize(
    "change",
    [silent, unreachable, column(works_here=True), column(status="closed"), column(status="written_off")],
)
async def test_who_cannot_be_asked_is_not_in_it(
    store: Store, change: Callable[[Connection, int], object]
) -> None:
    one, two = await store.write(lambda c: enrol(c, row("C1"), row("C2")))
    await store.write(lambda c: enter(c, row("C3")))
    await store.write(lambda c: [change(c, one)][:0])
    assert await frame(store) == {"BUN": [two]}


async def test_frame_knows_what_a_survey_needs(store: Store) -> None:
    borrower, saver, former = await store.write(
        lambda c: enrol(c, row("C1"), row("C2", loan=""), row("C3", loan="", status="written_off"))
    )
    assert await frame(store, survey="debt_stress") == {"BUN": [borrower]}
    await store.write(lambda c: c.execute(update(round_rows).values(survey="client_exit")).rowcount)
    exits = await store.read(lambda c: rounds.find_round(c, "visit"))
    assert exits is not None
    page = await store.read(lambda c: frames.read_page(c, exits))
    assert list(page.people["BUN"]) == [saver, former]


async def test_later_wave_leaves_out_who_was_drawn(store: Store) -> None:
    ids = await store.write(crowd)
    round_ = await store.write(sample)
    drawn = [(ids[0], "BUN"), (ids[3], "BUS")]
    await store.write(lambda c: draws.add(c, round_, drawn))
    await store.write(lambda c: draws.finish(c, round_, drawn, []))
    again = await store.read(lambda c: rounds.get_round(c, round_.id))
    page = await store.read(lambda c: frames.read_page(c, again))
    assert {name: list(found) for name, found in page.people.items()} == {
        "BUN": [ids[2], ids[4]],
        "BUS": [ids[1]],
    }


async def test_last_word_of_the_ledger_stands_with_the_client(store: Store) -> None:
    ids = await store.write(crowd)
    await store.write(lambda c: say_yes(c, "C1", given=False))
    await store.write(lambda c: say_yes(c, "C2", given=False))
    await store.write(lambda c: say_yes(c, "C2"))
    agreeing = await store.read(lambda c: consents.clients_agreeing(c, "survey"))
    kept = await store.read(lambda c: rows_of(c, clients, "id", "agrees"))
    assert {client for client, agrees in kept if agrees} == agreeing == set(ids[1:])
