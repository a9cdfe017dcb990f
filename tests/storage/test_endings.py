from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from spm_bot.messages import Outbound
from spm_bot.storage import draws, endings, outbox, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import draws as draw_rows
from spm_bot.storage.tables import invitations
from spm_bot.storage.tables import outbox as messages
from tests.seed import AT, DAY, HOUR, asked, enrol, open_round, row, rows_of


def three(connection: Connection) -> tuple[Round, list[int]]:
    return open_round(connection), enrol(connection, row("C1"), row("C2"), row("C3"))


def invite(connection: Connection, round_: Round, strata: Mapping[int, str]) -> dict[int, int]:
    """Invitations with a queued message each, drawn before."""
    drawn = list(strata.items())
    draws.add(connection, round_, drawn)
    made = rounds.invite(connection, round_, [asked(client, stratum=name) for client, name in drawn])
    for client, invitation in made.items():
        outbox.put(
            connection,
            client,
            [Outbound("Hello")],
            kind="invitation",
            at=AT,
            dedupe=f"invitation:{invitation}",
            invitation=invitation,
        )
    return made


async def test_overdue_are_invitations_without_an_outcome_oldest_end_first(store: Store) -> None:
    round_, ids = await store.write(three)
    ends = dict(zip(ids, (AT + 3 * HOUR, AT + HOUR, AT + 2 * HOUR), strict=True))
    fresh = [asked(client, expires_at=end) for client, end in ends.items()]
    made = await store.write(lambda c: rounds.invite(c, round_, fresh))
    await store.write(lambda c: rounds.set_outcome(c, made[ids[2]], "refused"))

    async def late(hours: int, limit: int = 9) -> list[int]:
        found = await store.read(lambda c: endings.overdue(c, now=AT + hours * HOUR, limit=limit))
        return [each.client or 0 for each in found]

    assert await late(3) == [ids[1], ids[0]]
    assert await late(3, limit=1) == [ids[1]]
    assert await late(2) == [ids[1]]
    assert await late(0) == []


async def test_withdrawing_takes_back_what_has_not_left(store: Store) -> None:
    round_, [one, two, three_] = await store.write(three)
    made = await store.write(lambda c: invite(c, round_, {one: "BUN", two: "BUN", three_: "BUS"}))
    [(sent,), *_] = await store.read(lambda c: rows_of(c, messages, "id"))
    await store.write(lambda c: outbox.settle(c, [outbox.Outcome(sent, outbox.SENT)], at=AT))

    def withdraw(connection: Connection, *strata: str) -> int:
        return endings.withdraw(connection, round_.id, now=AT, strata=strata or None, reason="stopped")

    assert await store.write(lambda c: withdraw(c, "KIS")) == 0
    assert await store.write(lambda c: withdraw(c, "BUN")) == 1
    assert await store.read(lambda c: rows_of(c, invitations, "outcome")) == [
        *((None,), ("not_eligible",), (None,))
    ]
    assert await store.read(lambda c: rows_of(c, draw_rows, "client_id", "state", "reason")) == [
        (one, "drawn", ""),
        (two, "passed", "stopped"),
        (three_, "drawn", ""),
    ]
    assert await store.write(withdraw) == 1
    assert await store.write(withdraw) == 0
    assert await store.read(lambda c: rows_of(c, messages, "state")) == [
        *(("sent",), ("dropped",), ("dropped",))
    ]
    assert len(made) == 3


async def test_a_round_lasts_as_long_as_the_last_invitation_that_was_not_taken_back(store: Store) -> None:
    round_, [one, two, three_] = await store.write(three)

    async def last() -> datetime | None:
        return await store.read(lambda c: endings.last_end(c, round_.id))

    assert await last() is None
    fresh = [asked(client, expires_at=AT + days * DAY) for client, days in ((one, 1), (two, 2), (three_, 3))]
    made = await store.write(lambda c: rounds.invite(c, round_, fresh))
    assert await last() == AT + 3 * DAY
    await store.write(lambda c: rounds.set_outcome(c, made[three_], "not_eligible"))
    assert await last() == AT + 2 * DAY
    await store.write(lambda c: rounds.set_delivered(c, [made[three_]], at=AT))
    assert await last() == AT + 3 * DAY
