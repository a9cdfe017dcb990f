from __future__ import annotations

from dataclasses import replace

import pytest

from spm_bot.fieldwork.quotas import Standing
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.storage import draws, rounds
from spm_bot.storage.draws import Draw, Part
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.storage.tables import draws as draw_rows
from spm_bot.storage.tables import strata
from tests.seed import AT, asked, enter, open_round, row, rows_of

PARTS = [Part("BUN", 20, 2, 1), Part("BUS", 9, 1, None)]


def three(connection: Connection) -> tuple[Round, list[tuple[int, str]]]:
    ids = enter(connection, row("C1"), row("C2"), row("C3"))
    return open_round(connection), list(zip(ids, ("BUN", "BUS", "BUN"), strict=True))


async def finished(store: Store) -> tuple[Round, list[tuple[int, str]]]:
    """A round whose first wave is drawn."""
    round_, drawn = await store.write(three)
    assert await store.write(lambda c: draws.start_over(c, round_))
    assert await store.write(lambda c: draws.add(c, round_, drawn))
    assert await store.write(lambda c: draws.finish(c, round_, drawn, PARTS))
    return await store.read(lambda c: rounds.get_round(c, round_.id)), drawn


async def test_wave_counts_once_it_is_finished_and_keeps_its_order(store: Store) -> None:
    round_, drawn = await store.write(three)
    await store.write(lambda c: draws.add(c, round_, drawn[:2]))
    assert await store.read(lambda c: draws.waiting(c, round_, limit=9)) == []
    await store.write(lambda c: draws.add(c, round_, drawn[2:]))
    assert await store.write(lambda c: draws.finish(c, round_, drawn, PARTS))
    now = await store.read(lambda c: rounds.get_round(c, round_.id))
    assert now.waves == 1
    found = await store.read(lambda c: draws.waiting(c, now, limit=9))
    assert found == [Draw(each.id, *pair) for each, pair in zip(found, drawn, strict=True)]
    assert await store.read(lambda c: draws.waiting(c, now, limit=1)) == found[:1]
    parts = await store.read(lambda c: rows_of(c, strata, "stratum", "people", "places", "quota"))
    assert parts == [("BUN", 20, 2, 1), ("BUS", 9, 1, None)]


async def test_half_a_draw_is_thrown_away(store: Store) -> None:
    round_, drawn = await store.write(three)
    await store.write(lambda c: draws.add(c, round_, drawn[:2]))
    assert not await store.write(lambda c: draws.finish(c, round_, drawn, PARTS))
    assert await store.write(lambda c: draws.start_over(c, round_))
    assert await store.read(lambda c: rows_of(c, draw_rows, "id")) == []


async def test_client_is_drawn_once_a_round(store: Store) -> None:
    round_, drawn = await finished(store)
    with pytest.raises(Conflict):
        await store.write(lambda c: draws.add(c, round_, drawn[:1]))


@pytest.mark.parametrize("change", ["is drawn already", "is paused"])
async def test_nothing_is_drawn_for_a_round_that_moved_on(store: Store, change: str) -> None:
    round_, drawn = await store.write(three)
    if change == "is paused":
        await store.write(lambda c: rounds.set_state(c, round_.id, RoundState.PAUSED))
    else:
        await store.write(lambda c: draws.add(c, round_, drawn))
        await store.write(lambda c: draws.finish(c, round_, drawn, PARTS))
    before = await store.read(lambda c: rows_of(c, draw_rows, "id"))
    assert not await store.write(lambda c: draws.start_over(c, round_))
    assert not await store.write(lambda c: draws.add(c, round_, drawn))
    assert not await store.write(lambda c: draws.finish(c, round_, [], PARTS))
    assert await store.read(lambda c: rows_of(c, draw_rows, "id")) == before


async def test_standings_count_what_became_of_each_stratum(store: Store) -> None:
    round_, [(one, _), (two, _), (three_, _)] = await finished(store)
    first, second, _ = await store.read(lambda c: draws.waiting(c, round_, limit=9))
    await store.write(lambda c: draws.settle(c, {first.id: None, second.id: "no_consent"}))
    made = await store.write(lambda c: rounds.invite(c, round_, [asked(one, stratum="BUN")]))
    await store.write(lambda c: rounds.set_outcome(c, made[one], "partial"))
    assert await store.read(lambda c: draws.standings(c, round_)) == {
        "BUN": Standing(2, quota=1, waiting=1, invited=1, answers=1),
        "BUS": Standing(1),
    }
    await store.write(lambda c: rounds.invite(c, round_, [asked(two, stratum="BUN")]))
    standing = (await store.read(lambda c: draws.standings(c, round_)))["BUN"]
    assert (standing.answers, standing.under_way) == (1, 1)
    states = ("client_id", "state", "reason")
    assert await store.write(lambda c: draws.pass_by(c, round_, ["BUN"], reason="full")) == 1
    await store.write(lambda c: draws.give_back(c, round_.id, [one], reason="stopped"))
    assert await store.read(lambda c: rows_of(c, draw_rows, *states)) == [
        (one, "passed", "stopped"),
        (two, "passed", "no_consent"),
        (three_, "passed", "full"),
    ]
    await store.write(lambda c: draws.settle(c, {}))


async def test_drawn_wait_in_order_by_stratum_and_after_one_another(store: Store) -> None:
    round_, _ = await finished(store)
    first, second, third = await store.read(lambda c: draws.waiting(c, round_, limit=9))
    assert await store.read(lambda c: draws.waiting(c, round_, limit=9, among=["BUN"])) == [first, third]
    assert await store.read(lambda c: draws.waiting(c, round_, limit=9, after=first.id)) == [second, third]
    await store.write(lambda c: draws.take_turn(c, round_.id))
    later = replace(round_, waves=2)
    assert await store.read(lambda c: draws.waiting(c, later, limit=1)) == [first]


@pytest.mark.parametrize(
    ("outcome", "arrived", "left"),
    [
        ("not_eligible", False, ("passed", "not_eligible")),
        ("expired", False, ("passed", "expired")),
        ("not_eligible", True, ("invited", "")),
        ("no_answer", True, ("invited", "")),
        ("completed", False, ("invited", "")),
        (None, False, ("invited", "")),
    ],
)
async def test_place_of_who_was_never_written_to_is_free_again(
    store: Store, outcome: str | None, arrived: object, left: tuple[str, str]
) -> None:
    round_, [(one, _), *_] = await finished(store)
    [first, *_] = await store.read(lambda c: draws.waiting(c, round_, limit=9))
    await store.write(lambda c: draws.settle(c, {first.id: None}))
    made = await store.write(lambda c: rounds.invite(c, round_, [asked(one, stratum="BUN")]))
    if arrived:
        await store.write(lambda c: rounds.set_delivered(c, [made[one]], at=AT))
    if outcome is not None:
        await store.write(lambda c: rounds.set_outcome(c, made[one], outcome))
    assert await store.write(lambda c: draws.reclaim(c, round_)) == (left[0] == "passed")
    assert (await store.read(lambda c: rows_of(c, draw_rows, "state", "reason")))[0] == left
