from __future__ import annotations

import pytest
from sqlalchemy import update

from spm_bot.fieldwork.contact_rules import Asked, History
from spm_bot.storage import histories, rounds
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import rounds as table
from tests.seed import AT, DAY, HOUR, asked, enrol, open_round, row


def three(connection: Connection) -> list[int]:
    return enrol(connection, *(row(f"C{number}") for number in range(3)))


async def test_history_is_what_each_client_was_asked_oldest_first(store: Store) -> None:
    def fill(connection: Connection) -> list[int]:
        ids = three(connection)
        stress, other = open_round(connection), open_round(connection, "s", survey="client_satisfaction")
        rounds.invite(connection, stress, [asked(ids[0]), asked(ids[1], at=AT - 9 * DAY)])
        made = rounds.invite(connection, other, [asked(ids[0], at=AT - DAY)])
        rounds.set_delivered(connection, made.values(), at=AT - DAY + HOUR)
        return ids

    ids = await store.write(fill)
    found = await store.read(lambda c: histories.of_clients(c, ids, since=AT - 2 * DAY))
    assert found == {
        ids[0]: History(
            (
                Asked("client_satisfaction", AT - DAY + HOUR, invitation=3, arrived=True),
                Asked("debt_stress", AT, invitation=1, arrived=False),
            )
        )
    }


@pytest.mark.parametrize("outcome", [None, "refused", "unreachable", "not_eligible"])
async def test_history_as_known_is_that_of_an_instant_whatever_came_since(
    outcome: str | None, store: Store
) -> None:
    def fill(connection: Connection) -> list[int]:
        ids = three(connection)
        stress, other = open_round(connection), open_round(connection, "s", survey="client_satisfaction")
        rounds.invite(connection, stress, [asked(ids[0], at=AT + HOUR)])
        made = rounds.invite(connection, other, [asked(ids[0], at=AT - DAY), asked(ids[1], at=AT - 9 * DAY)])
        rounds.set_outcome(connection, made[ids[0]], outcome)
        rounds.set_outcome(connection, made[ids[1]], "expired")
        return ids

    ids = await store.write(fill)
    found = await store.read(lambda c: histories.as_known(c, ids, since=AT - 20 * DAY, at=AT))
    assert found == {ids[0]: History((Asked("client_satisfaction", AT - DAY),))}


async def test_how_the_round_of_an_invitation_stands(store: Store) -> None:
    def fill(connection: Connection) -> list[int]:
        ids = three(connection)
        made = [
            rounds.invite(connection, open_round(connection, code), [asked(client)])[client]
            for code, client in zip("ab", ids, strict=False)
        ]
        connection.execute(update(table).where(table.c.code == "b").values(state="paused"))
        return made

    one, two = await store.write(fill)
    found = await store.read(lambda c: histories.states_of_rounds(c, [one, two, 999]))
    assert found == {one: "open", two: "paused"}
