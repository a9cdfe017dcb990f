from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from spm_bot.messages import Outbound
from spm_bot.storage import outbox, people, reminders, rounds, sessions, survey_versions
from spm_bot.storage.outbox import DROPPED, QUEUED, SENT
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import clients, invitations, loans, signatures
from spm_bot.storage.tables import outbox as table
from spm_bot.storage.tables import rounds as rounds_table
from spm_bot.storage.tables import sessions as sessions_table
from spm_bot.storage.vault import Vault
from spm_bot.surveys.session import Session
from spm_bot.usecases import recheck
from spm_bot.usecases.deliver import Postman
from spm_bot.usecases.lapse import lapse
from tests.seed import AT, DAY, HOUR, asked, enrol, enter, meet, open_round, row, rows_of, say_yes, sign
from tests.stage.clock import FakeClock
from tests.stage.phones import Phones
from tests.stage.world import desk

EVENING = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # 19:00 in Nairobi: the hours are over
MORNING = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


@pytest.fixture
async def sqlite_store(filled_sqlite: Path, tmp_path: Path, vault: Vault) -> AsyncIterator[Store]:
    """For cases in which the database plays no part."""
    copied = shutil.copy(filled_sqlite, tmp_path / "recheck.db")
    opened = await Store.open(f"sqlite+aiosqlite:///{copied}", vault=vault, durability="off", lanes=1)
    yield opened
    await opened.close()


def write(connection: Connection, *, kind: str = "invitation") -> int:
    """An invitation to C1 that waits in the outbox for three days at most."""
    sign(connection, desk().library.survey("debt_stress"), "en")
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


async def test_invitation_that_stands_is_sent_and_noted(store: Store) -> None:
    await store.write(write)
    assert await deliver(store, AT + HOUR) == ["please answer"]
    assert await state(store) == ([(SENT, AT + HOUR)], [(None, AT + HOUR)])


async def test_reminder_that_stands_is_sent_and_noted_with_its_moment(store: Store) -> None:
    made = await store.write(partial(write, kind="reminder"))
    await store.write(lambda c: reminders.set_reminded(c, made, at=AT))
    assert await deliver(store, AT + HOUR) == ["please answer"]
    assert await state(store) == ([(SENT, AT + HOUR)], [(None, None)])
    assert await store.read(lambda c: rows_of(c, invitations, "reminded_at")) == [(AT + HOUR,)]


def withdraws(connection: Connection) -> None:
    say_yes(connection, "C1", given=False)


def closes(connection: Connection) -> None:
    enter(connection, row(status="closed"))


def dies(connection: Connection) -> None:
    enter(connection, row(status="deceased"))


def moves(connection: Connection) -> None:
    client = people.client_by_code(connection, "C1").id
    people.move_client(connection, client, meet(connection, "a new phone"), at=AT)


def is_hired(connection: Connection) -> None:
    connection.execute(update(clients).values(works_here=True))


def pays_back(connection: Connection) -> None:
    connection.execute(update(clients).values(has_loan=False))


def turns_out_young(connection: Connection) -> None:
    connection.execute(update(clients).values(born_on="2010-01-01"))


def speaks_otherwise(connection: Connection) -> None:
    people.set_language(connection, meet(connection, "C1"), "sw")


def loses_its_signatures(connection: Connection) -> None:
    connection.execute(delete(signatures))


def was_asked_meanwhile(connection: Connection) -> None:
    """By another process, at the same time."""
    client = people.client_by_code(connection, "C1").id
    [other] = rounds.invite(
        connection, open_round(connection, "v", survey="branch_visit"), [asked(client, at=AT - HOUR)]
    ).values()
    rounds.set_delivered(connection, [other], at=AT - HOUR)


def is_stopped(connection: Connection) -> None:
    connection.execute(update(rounds_table).values(state="stopped"))


def is_undone(connection: Connection) -> None:
    connection.execute(update(rounds_table).values(state="undone"))


def blocks(connection: Connection) -> None:
    people.set_reachable(connection, meet(connection, "C1"), reachable=False)


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (withdraws, "refused"),
        (blocks, "unreachable"),
        (closes, "not_eligible"),
        (dies, "not_eligible"),
        (moves, "unreachable"),
        (is_hired, "not_eligible"),
        (pays_back, "not_eligible"),
        (turns_out_young, "not_eligible"),
        (speaks_otherwise, "not_eligible"),
        (loses_its_signatures, "not_eligible"),
        (was_asked_meanwhile, "not_eligible"),
        (is_stopped, "not_eligible"),
        (is_undone, "not_eligible"),
    ],
)
async def test_what_changed_since_it_was_written_holds_it_back(
    store: Store, change: Callable[[Connection], None], outcome: str
) -> None:
    await store.write(write)
    await store.write(change)
    assert await deliver(store, AT) == []
    queued, ended = await state(store)
    assert (queued, ended[0]) == ([(DROPPED, AT)], (outcome, None))


@pytest.mark.parametrize("kind", ["invitation", "reminder"])
async def test_invitation_with_an_outcome_is_dropped_and_keeps_it(store: Store, kind: str) -> None:
    made = await store.write(partial(write, kind=kind))
    await store.write(lambda c: rounds.set_outcome(c, made, "refused"))
    assert await deliver(store, AT) == []
    assert await state(store) == ([(DROPPED, AT)], [("refused", None)])


@pytest.mark.parametrize("change", [withdraws, is_hired, speaks_otherwise, is_stopped])
async def test_dropped_reminder_does_not_end_its_invitation(
    store: Store, change: Callable[[Connection], None]
) -> None:
    await store.write(partial(write, kind="reminder"))
    await store.write(change)
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


def spent(connection: Connection) -> None:
    """Twelve messages within a year, the reminder of the last invitation not counted."""
    client = people.client_by_code(connection, "C1").id
    round_ = open_round(connection, "v", survey="branch_visit")
    for wave in range(6):
        at = AT - (60 + 40 * wave) * DAY
        [made] = rounds.invite(connection, round_, [asked(client, at=at, wave=wave)]).values()
        if wave:
            reminders.set_reminded(connection, made, at=at + DAY)


async def test_budget_of_messages_holds_for_reminders_as_they_leave(sqlite_store: Store) -> None:
    """Eleven and the invitation make twelve; so there is none left to remind of it."""
    made = await sqlite_store.write(partial(write, kind="reminder"))
    await sqlite_store.write(spent)
    await sqlite_store.write(lambda c: reminders.set_reminded(c, made, at=AT))
    assert await deliver(sqlite_store, AT) == []
    await sqlite_store.write(lambda c: c.execute(update(table).values(kind="wished", state=QUEUED)).rowcount)
    assert await deliver(sqlite_store, AT) == ["please answer"]


async def test_while_its_round_is_paused_it_waits_and_its_time_runs_on(store: Store) -> None:
    await store.write(write)
    await store.write(lambda c: c.execute(update(rounds_table).values(state="paused")).rowcount)
    assert await deliver(store, AT) == []
    assert await state(store) == ([(QUEUED, AT + HOUR)], [(None, None)])
    last = AT + 3 * DAY - HOUR / 2
    assert await deliver(store, last) == []
    assert await state(store) == ([(QUEUED, AT + 3 * DAY)], [(None, None)])
    await store.write(lambda c: c.execute(update(rounds_table).values(state="open")).rowcount)
    assert await deliver(store, AT + 3 * DAY) == []
    assert await state(store) == ([(DROPPED, AT + 3 * DAY)], [(None, None)])


async def test_round_that_goes_on_sends_what_waited(store: Store) -> None:
    await store.write(write)
    await store.write(lambda c: c.execute(update(rounds_table).values(state="paused")).rowcount)
    assert await deliver(store, AT) == []
    await store.write(lambda c: c.execute(update(rounds_table).values(state="open")).rowcount)
    assert await deliver(store, AT + HOUR) == ["please answer"]


def answers_another(connection: Connection, status: str = sessions.ACTIVE) -> None:
    visit = desk().library.survey("branch_visit")
    opened = sessions.open_session(
        connection,
        Session(visit.code, visit.version, "en", AT, turn=1),
        version=survey_versions.keep(connection, visit),
        form=False,
        address=meet(connection, "C1"),
        client=people.client_by_code(connection, "C1").id,
        lasts=3 * DAY,
    )
    sessions.save(connection, opened, opened.session, status=status, at=AT)


@pytest.mark.parametrize("kind", ["invitation", "reminder", "wished"])
async def test_while_another_survey_is_open_it_waits(sqlite_store: Store, kind: str) -> None:
    await sqlite_store.write(partial(write, kind=kind))
    await sqlite_store.write(answers_another)
    assert await deliver(sqlite_store, AT) == []
    assert (await state(sqlite_store))[0] == [(QUEUED, AT + HOUR)]
    await sqlite_store.write(lambda c: c.execute(update(sessions_table).values(status="ended")).rowcount)
    assert await deliver(sqlite_store, AT + HOUR) == ["please answer"]


def due(day: str, frequency: str) -> Callable[[Connection], None]:
    def change(connection: Connection) -> None:
        connection.execute(update(loans).values(next_due_on=day, repayment_frequency=frequency))

    return change


@pytest.mark.parametrize("kind", ["invitation", "reminder", "wished"])
async def test_around_a_due_date_it_waits(sqlite_store: Store, kind: str) -> None:
    await sqlite_store.write(partial(write, kind=kind))
    await sqlite_store.write(due("2026-11-24", "weekly"))
    assert await deliver(sqlite_store, AT) == []
    thursday = datetime(2026, 11, 26, 6, tzinfo=UTC)
    assert (await state(sqlite_store))[0] == [(QUEUED, thursday)]
    assert await deliver(sqlite_store, thursday) == ["please answer"]


async def test_before_a_daily_collection_it_waits(sqlite_store: Store) -> None:
    await sqlite_store.write(write)
    await sqlite_store.write(due("2026-11-24", "daily"))
    nine = AT - HOUR
    await sqlite_store.write(lambda c: c.execute(update(table).values(not_before=nine)).rowcount)
    assert await deliver(sqlite_store, nine) == []
    assert await deliver(sqlite_store, AT) == ["please answer"]


async def test_what_cannot_leave_in_its_time_is_dropped_when_that_is_over(sqlite_store: Store) -> None:
    """The next hour for this client would come after the invitation has closed."""
    await sqlite_store.write(write)
    await sqlite_store.write(due("2026-11-26", "weekly"))
    assert await deliver(sqlite_store, AT + DAY) == []
    end = AT + 3 * DAY
    assert (await state(sqlite_store))[0] == [(QUEUED, end)]
    assert await deliver(sqlite_store, end) == []
    await lapse(end, store=sqlite_store, desk=desk())
    assert await state(sqlite_store) == ([(DROPPED, end)], [("expired", None)])


async def test_of_two_that_wait_at_once_the_later_one_gives_way(store: Store) -> None:
    await store.write(write)
    await store.write(lambda c: sign(c, desk().library.survey("branch_visit"), "en"))

    def second(connection: Connection) -> None:
        client = people.client_by_code(connection, "C1").id
        round_ = open_round(connection, "v", survey="branch_visit")
        [made] = rounds.invite(connection, round_, [asked(client)]).values()
        outbox.put(
            connection,
            meet(connection, "C1"),
            [Outbound("and this")],
            kind="invitation",
            at=AT,
            invitation=made,
        )

    await store.write(second)
    assert await deliver(store, AT) == ["please answer"]
    assert (await state(store))[1] == [(None, AT), ("not_eligible", None)]


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
    await store.write(lambda c: recheck.not_wanted(c, due, reason=None, now=AT))
    gone = replace(due, invitation=999)
    await store.write(lambda c: recheck.not_wanted(c, gone, reason=None, now=AT))
    assert (await state(store))[1] == [("completed", None)]
