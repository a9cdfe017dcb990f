from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from spm_bot.messages import Outbound
from spm_bot.storage import outbox, people, rounds
from spm_bot.storage.outbox import DROPPED, QUEUED, SENT
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import invitations
from spm_bot.storage.tables import outbox as table
from spm_bot.usecases import recheck
from spm_bot.usecases.deliver import Postman
from tests.seed import AT, DAY, HOUR, asked, enrol, enter, meet, open_round, row, rows_of, say_yes
from tests.stage.clock import FakeClock
from tests.stage.phones import Phones
from tests.stage.world import desk

EVENING = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # 19:00 in Nairobi: the hours are over
MORNING = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


def write(connection: Connection, *, kind: str = "invitation") -> int:
    """An invitation to C1 that waits in the outbox for three days at most."""
    [client] = enrol(connection, row())
    [made] = rounds.invite(connection, open_round(connection), [asked(client)]).values()
    outbox.put(
        connection,
        meet(connection, "C1"),
        [Outbound("please answer", ref=f"i{made}.0")],
        kind=kind,
        at=AT,
        expires_at=AT + 3 * DAY,
        invitation=made,
    )
    return made


async def deliver(store: Store, now: datetime) -> list[str]:
    """What C1's phone shows after the outbox was looked at."""
    phones = Phones(FakeClock(now))
    await Postman(store, desk(), FakeClock(now), {"test": phones}).flush()
    return phones.texts("C1")


async def state(store: Store) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The messages with their times, and the invitations with outcome and delivery."""

    def look(connection: Connection) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        queued = rows_of(connection, table, "state", "not_before")
        return queued, rows_of(connection, invitations, "outcome", "delivered_at")

    return await store.read(look)


@pytest.mark.parametrize("kind", ["invitation", "reminder"])
async def test_invitation_that_stands_is_sent_and_noted(store: Store, kind: str) -> None:
    await store.write(partial(write, kind=kind))
    assert await deliver(store, AT) == ["please answer"]
    assert await state(store) == ([(SENT, AT)], [(None, AT)])


def withdraws(connection: Connection) -> None:
    say_yes(connection, "C1", given=False)


def closes(connection: Connection) -> None:
    enter(connection, row(status="closed"))


def dies(connection: Connection) -> None:
    enter(connection, row(status="deceased"))


def moves(connection: Connection) -> None:
    client = people.client_by_code(connection, "C1").id
    people.move_client(connection, client, meet(connection, "a new phone"), at=AT)


@pytest.mark.parametrize("change", [withdraws, closes, dies, moves])
async def test_what_changed_since_it_was_written_holds_it_back(
    store: Store, change: Callable[[Connection], None]
) -> None:
    await store.write(write)
    await store.write(change)
    assert await deliver(store, AT) == []
    assert await state(store) == ([(DROPPED, AT)], [("not_eligible", None)])


@pytest.mark.parametrize("kind", ["invitation", "reminder"])
async def test_invitation_with_an_outcome_is_dropped_and_keeps_it(store: Store, kind: str) -> None:
    made = await store.write(partial(write, kind=kind))
    await store.write(lambda c: rounds.set_outcome(c, made, "refused"))
    assert await deliver(store, AT) == []
    assert await state(store) == ([(DROPPED, AT)], [("refused", None)])


async def test_dropped_reminder_does_not_end_its_invitation(store: Store) -> None:
    await store.write(partial(write, kind="reminder"))
    await store.write(withdraws)
    assert await deliver(store, AT) == []
    assert await state(store) == ([(DROPPED, AT)], [(None, None)])


async def test_last_minute_before_quiet_hours_is_still_in_time(store: Store) -> None:
    await store.write(write)
    assert await deliver(store, EVENING - HOUR / 60) == ["please answer"]


async def test_in_quiet_hours_it_waits_while_replies_go_out(store: Store) -> None:
    await store.write(write)
    await store.write(lambda c: outbox.put(c, meet(c, "C1"), [Outbound("a reply")], kind="reply", at=EVENING))
    assert await deliver(store, EVENING) == ["a reply"]
    assert await state(store) == ([(QUEUED, MORNING), (SENT, EVENING)], [(None, None)])
    assert await deliver(store, MORNING) == ["please answer"]
    assert await state(store) == ([(SENT, MORNING), (SENT, EVENING)], [(None, MORNING)])


async def test_edit_of_an_invitation_put_off_does_not_hold_up_its_chat(store: Store) -> None:
    """It left shortly before the bot died, was tapped, and is to be sent once more in the evening."""
    made = await store.write(write)
    words = [Outbound("✓", edits=f"i{made}.0"), Outbound("first question")]
    await store.write(lambda c: outbox.put(c, meet(c, "C1"), words, kind="reply", at=EVENING))
    assert await deliver(store, EVENING) == ["first question"]
    assert await deliver(store, MORNING) == ["✓"]


async def test_past_its_time_it_is_dropped_and_its_end_left_to_others(store: Store) -> None:
    await store.write(write)
    assert await deliver(store, AT + 3 * DAY) == []
    assert await state(store) == ([(DROPPED, AT + 3 * DAY)], [(None, None)])


async def test_replies_are_not_judged(store: Store) -> None:
    await store.write(partial(write, kind="reply"))
    await store.write(withdraws)
    assert await deliver(store, EVENING) == ["please answer"]


async def test_outcome_that_came_first_is_not_overwritten(store: Store) -> None:
    """The client answers while the postman is on his way."""
    made = await store.write(write)
    [due] = await store.read(partial(outbox.due, now=AT, limit=9))
    await store.write(lambda c: rounds.set_outcome(c, made, "completed"))
    await store.write(lambda c: recheck.not_wanted(c, due, now=AT))
    gone = replace(due, invitation=999)
    await store.write(lambda c: recheck.not_wanted(c, gone, now=AT))
    assert (await state(store))[1] == [("completed", None)]
