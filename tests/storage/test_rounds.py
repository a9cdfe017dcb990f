from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spm_bot.fieldwork.round_states import RoundState
from spm_bot.storage import rounds
from spm_bot.storage.rounds import Invitation, Round
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.storage.tables import invitations
from tests.seed import AT, DAY, HOUR, asked, enter, found_bare, names_of, open_round, row, rows_of


def three(connection: Connection) -> tuple[Round, list[int]]:
    return open_round(connection), enter(connection, row("C1"), row("C2"), row("C3"))


async def test_round_is_opened_once(store: Store) -> None:
    first = await store.write(open_round)
    assert first == Round(first.id, "stress", "debt_stress", "standing", "{}", 7, AT, "open")
    assert await store.write(lambda c: open_round(c, at=AT + DAY)) == first
    other = await store.write(lambda c: open_round(c, "satisfaction", survey="client_satisfaction"))
    assert await store.read(rounds.all_rounds) == [first, other]
    assert await store.read(lambda c: rounds.find_round(c, "stress")) == first
    assert await store.read(lambda c: rounds.find_round(c, "none")) is None


async def test_terms_of_a_sample_are_kept(store: Store) -> None:
    terms: dict[str, Any] = {
        "starts_at": AT + HOUR,
        "requested_by": "staff-1",
        "size": 60,
        "quota": 20,
        "strata": ("branch", "gender"),
        "spread_hours": 48,
        "window_hours": 96,
        "replacements": 2,
        "state": RoundState.WAITING,
    }
    plain: dict[str, Any] = {"survey": "branch_visit", "origin": "adhoc", "audience": "{}", "seed": 1}
    made = await store.write(lambda c: rounds.open_round(c, code="visit", at=AT, **plain, **terms))
    assert made == Round(made.id, code="visit", opened_at=AT, **plain, **terms)
    assert await store.read(lambda c: rounds.get_round(c, made.id)) == made
    with pytest.raises(LookupError):
        await store.read(lambda c: rounds.get_round(c, 999))


async def test_round_moves_only_where_it_may_go(store: Store) -> None:
    made = await store.write(open_round)

    async def move(state: RoundState, **said: Any) -> bool:
        return await store.write(lambda c: rounds.set_state(c, made.id, state, **said))

    assert not await move(RoundState.REFUSED)
    assert await move(RoundState.PAUSED)
    assert not await move(RoundState.PAUSED)
    assert await move(RoundState.OPEN, approved_by="staff-2", approved_at=AT)
    assert await move(RoundState.CLOSED, closes_at=AT + DAY)
    assert not await move(RoundState.OPEN)
    ended = replace(made, state=RoundState.CLOSED, approved_by="staff-2", approved_at=AT, closes_at=AT + DAY)
    assert await store.read(rounds.all_rounds) == [ended]
    assert await store.read(lambda c: rounds.rounds_in(c, RoundState.OPEN, RoundState.PAUSED)) == []
    assert await store.read(lambda c: rounds.rounds_in(c, RoundState.CLOSED)) == [ended]


async def test_reason_of_a_round_is_sealed(store: Store) -> None:
    def ask(connection: Connection) -> None:
        rounds.open_round(
            connection,
            code="visit",
            survey="branch_visit",
            origin="adhoc",
            audience="{}",
            seed=1,
            at=AT,
            requested_by="staff-1",
            reason="complaints about Mr Kamau",
        )

    await store.write(ask)
    assert await store.read(lambda c: found_bare(c, ["Kamau", "staff-1"])) == {"staff-1"}
    assert await store.read(lambda c: rounds.reason_of(c, 1)) == "complaints about Mr Kamau"
    assert await store.read(lambda c: rounds.reason_of(c, 2)) == ""


async def test_client_is_invited_once_a_round_and_wave(store: Store) -> None:
    round_, [one, two, three_] = await store.write(three)
    first = await store.write(lambda c: rounds.invite(c, round_, [asked(one), asked(two)]))
    assert set(first) == {one, two}
    again = await store.write(lambda c: rounds.invite(c, round_, [asked(two), asked(three_)]))
    assert set(again) == {three_}
    assert await store.write(lambda c: rounds.invite(c, round_, [asked(one)])) == {}
    assert await store.write(lambda c: rounds.invite(c, round_, [])) == {}
    assert set(await store.write(lambda c: rounds.invite(c, round_, [asked(one, wave=1)]))) == {one}
    other = await store.write(lambda c: open_round(c, "other"))
    assert set(await store.write(lambda c: rounds.invite(c, other, [asked(one)]))) == {one}
    assert await store.read(rounds.sizes) == {round_.id: 4, other.id: 1}


async def test_invitation_written_meanwhile_is_a_conflict(store: Store) -> None:
    round_, [one, *_] = await store.write(three)
    await store.write(lambda c: rounds.invite(c, round_, [asked(one)]))
    names = names_of(invitations)
    [same] = await store.read(lambda c: rows_of(c, invitations, *names))
    double: dict[str, Any] = dict(zip(names, same, strict=True))
    with pytest.raises(Conflict):
        await store.write(lambda c: c.execute(invitations.insert(), double).rowcount)


async def test_invitation_is_read_with_the_origin_of_its_round(store: Store) -> None:
    round_, [one, two, _] = await store.write(three)
    made = await store.write(lambda c: rounds.invite(c, round_, [asked(one), asked(two)]))
    expected = Invitation(
        made[one], round_.id, one, "debt_stress", "standing", 0, AT, AT + 3 * DAY, None, None
    )
    assert await store.read(lambda c: rounds.invitation(c, made[one])) == expected
    assert await store.read(lambda c: rounds.invitation(c, 999)) is None
    found = await store.read(lambda c: rounds.invitations_by_id(c, [made[one], made[two], 999]))
    assert found == {made[one]: expected, made[two]: replace(expected, id=made[two], client=two)}


async def test_outcome_and_delivery_are_noted(store: Store) -> None:
    round_, [one, two, _] = await store.write(three)
    made = await store.write(lambda c: rounds.invite(c, round_, [asked(one), asked(two)]))
    await store.write(lambda c: rounds.set_delivered(c, [made[one]], at=AT + HOUR))
    await store.write(lambda c: rounds.set_delivered(c, [], at=AT))
    await store.write(lambda c: rounds.set_outcome(c, made[two], "refused"))
    await store.write(lambda c: rounds.set_outcome(c, made[two], "completed"))
    assert await store.read(lambda c: rows_of(c, invitations, "delivered_at", "outcome")) == [
        (AT + HOUR, None),
        (None, "completed"),
    ]


async def test_open_invitations_of_some_clients_are_closed_together(store: Store) -> None:
    round_, ids = await store.write(three)
    made = await store.write(lambda c: rounds.invite(c, round_, [asked(client) for client in ids]))
    await store.write(lambda c: rounds.set_outcome(c, made[ids[0]], "completed"))
    await store.write(lambda c: rounds.close_open(c, ids[:2], "refused"))
    assert await store.read(lambda c: rows_of(c, invitations, "outcome")) == [
        *(("completed",), ("refused",), (None,))
    ]
