from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spm_bot.storage import rounds
from spm_bot.storage.rounds import Asked, Invitation, Round
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


async def test_overdue_are_invitations_without_an_outcome_oldest_end_first(store: Store) -> None:
    round_, ids = await store.write(three)
    ends = dict(zip(ids, (AT + 3 * HOUR, AT + HOUR, AT + 2 * HOUR), strict=True))
    fresh = [asked(client, expires_at=end) for client, end in ends.items()]
    made = await store.write(lambda c: rounds.invite(c, round_, fresh))
    await store.write(lambda c: rounds.set_outcome(c, made[ids[2]], "refused"))

    async def late(hours: int, limit: int = 9) -> list[int]:
        found = await store.read(lambda c: rounds.overdue(c, now=AT + hours * HOUR, limit=limit))
        return [each.client or 0 for each in found]

    assert await late(3) == [ids[1], ids[0]]
    assert await late(3, limit=1) == [ids[1]]
    assert await late(2) == [ids[1]]
    assert await late(0) == []


async def test_history_is_what_each_client_was_asked_oldest_first(store: Store) -> None:
    round_, [one, two, three_] = await store.write(three)
    other = await store.write(lambda c: open_round(c, "sat", survey="client_satisfaction"))
    await store.write(lambda c: rounds.invite(c, round_, [asked(one, at=AT), asked(two, at=AT - 9 * DAY)]))
    await store.write(lambda c: rounds.invite(c, other, [asked(one, at=AT - DAY)]))
    found = await store.read(lambda c: rounds.history(c, [one, two, three_], since=AT - 2 * DAY))
    assert found == {one: [Asked("client_satisfaction", AT - DAY, None), Asked("debt_stress", AT, None)]}
