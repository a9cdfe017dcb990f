"""Rounds after an event: whose day it is, and that nobody is asked twice about the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from spm_bot.clauses import After
from spm_bot.clauses import Round as StandingRound
from spm_bot.fieldwork.register import ACTIVE, CLOSED, WRITTEN_OFF, ClientRow, LoanRow
from spm_bot.storage import loan_events
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import clients, invitations
from spm_bot.times import DAY, WEEK, Weekday, due_slots
from spm_bot.usecases.follow_events import follow_events
from tests.stage.world import World

MONDAY = datetime(2026, 11, 30, 7, tzinfo=UTC)  # ten in Nairobi
EXIT = StandingRound(
    code="exit",
    survey="client_exit",
    weekday=Weekday.MONDAY,
    time=time(10),
    after=After(event="closing", days=14),
)
WELCOME = EXIT.model_copy(
    update={
        "code": "welcome",
        "survey": "client_satisfaction",
        "after": After(event="disbursement", days=30),
    }
)


def closed(on: date, *, written_off: bool = False, code: str = "L1", paid_on: date | None = None) -> LoanRow:
    return LoanRow(
        code,
        status=WRITTEN_OFF if written_off else CLOSED,
        closed_on=(paid_on or on).isoformat(),
        written_off_on=on.isoformat() if written_off else None,
    )


def client(code: str, *loans: LoanRow, status: str = ACTIVE) -> ClientRow:
    return ClientRow(
        code=code,
        name=f"Client {code}",
        branch="BUN",
        birth_year=1980,
        joined_on="2021-01-01",
        loans=tuple(loans),
        status=status,
    )


async def enter(world: World, *rows: ClientRow) -> None:
    await world.register(rows)
    for row in rows:
        await world.enrol(row.code, handle=row.code)


def asked(connection: Connection) -> list[tuple[str, date]]:
    """Who was asked, about the event of which day."""
    query = (
        select(clients.c.code, invitations.c.wave)
        .join(clients, clients.c.id == invitations.c.client_id)
        .order_by(invitations.c.wave, clients.c.code)
    )
    return [(code, date.fromordinal(wave)) for code, wave in connection.execute(query)]


async def follow(world: World, slot: datetime, standing: StandingRound = EXIT) -> int:
    return await follow_events(standing, slot, store=world.store, desk=world.desk)


DUE = date(2026, 11, 16)
"""Two weeks before the slot."""


async def test_whoever_is_done_with_the_last_loan_is_asked_two_weeks_later_and_once(world: World) -> None:
    await enter(
        world,
        client("exactly", closed(DUE)),
        client("in the week", closed(DUE - 6 * DAY)),
        client("too early", closed(DUE + DAY)),
        client("written off", closed(DUE, written_off=True), status=WRITTEN_OFF),
        client("still active", closed(DUE), LoanRow("L2", outstanding=100.0)),
        client("two loans", closed(DUE - 40 * DAY), closed(DUE, code="L2")),
        client("long ago", closed(DUE - 60 * DAY)),
    )
    assert await follow(world, MONDAY) == 4
    first = [("in the week", DUE - 6 * DAY), ("exactly", DUE), ("two loans", DUE), ("written off", DUE)]
    assert await world.store.read(asked) == first
    assert await follow(world, MONDAY) == 0
    assert await follow(world, MONDAY + WEEK) == 1
    assert await world.store.read(asked) == [*first, ("too early", DUE + DAY)]


async def test_whoever_could_not_be_asked_at_once_is_asked_later(sqlite_world: World) -> None:
    """The list told of it late, or the client had just been asked something else."""
    world = sqlite_world
    await world.register([client("late", closed(DUE - 20 * DAY))])
    assert await follow(world, MONDAY) == 0
    await world.enrol("late", handle="late")
    assert await follow(world, MONDAY + WEEK) == 1


async def test_a_loan_written_off_and_paid_later_is_one_event(sqlite_world: World) -> None:
    world = sqlite_world
    await enter(world, client("paid", closed(DUE, written_off=True), status=WRITTEN_OFF))
    assert await follow(world, MONDAY) == 1
    again = client("paid", closed(DUE, written_off=True, paid_on=DUE + 10 * DAY), status=WRITTEN_OFF)
    await world.register([again])
    assert await follow(world, MONDAY + 2 * WEEK) == 0


async def test_clients_are_asked_days_after_a_loan_once_for_each(sqlite_world: World) -> None:
    world = sqlite_world
    got = date(2026, 10, 31)
    await enter(
        world,
        client("new", LoanRow("L1", outstanding=10.0, disbursed_on=got.isoformat())),
        client("newer", LoanRow("L1", outstanding=10.0, disbursed_on=(got + DAY).isoformat())),
    )
    assert await follow(world, MONDAY, WELCOME) == 1
    assert await follow(world, MONDAY + DAY, WELCOME) == 1
    assert await world.store.read(asked) == [("new", got), ("newer", got + DAY)]


QUARTERLY = EXIT.model_copy(
    update={"weekday": None, "time": None, "schedule": "0 10 1-7 jan,apr,jul,oct mon"}
)


@pytest.mark.parametrize("standing", [EXIT, QUARTERLY], ids=["weekly", "quarterly"])
async def test_no_event_falls_between_two_slots(sqlite_world: World, standing: StandingRound) -> None:
    """Every day of a quarter somebody closes a loan; each is asked about it once."""
    world = sqlite_world
    days = [date(2026, 11, 1) + number * DAY for number in range(91)]
    await enter(world, *(client(f"{day}", closed(day)) for day in days))
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    slots = due_slots(standing.slots, zone=ZoneInfo("Africa/Nairobi"), after=begin, until=begin + 160 * DAY)
    for slot in slots:
        await follow(world, slot, standing)
    assert await world.store.read(asked) == [(f"{day}", day) for day in days]


async def test_events_by_day(sqlite_world: World) -> None:
    world = sqlite_world
    await enter(world, client("b", closed(DUE)), client("a", closed(DUE - DAY)))
    found = await world.store.read(partial(loan_events.closings, first=DUE - DAY, last=DUE))
    assert [day for _, day in found] == [DUE - DAY, DUE]
