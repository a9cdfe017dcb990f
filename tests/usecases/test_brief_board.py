"""What the board reads of a quarter: decisions of it and open ones, processes, outreach as far as known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

from spm_bot.analytics.commitments import Outcome
from spm_bot.analytics.digest import to_json
from spm_bot.quarters import Quarter
from spm_bot.storage import decisions, digests
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.brief_board import brief_board
from tests.seed import DRAFT, enter, row
from tests.stage.digests import digest_of
from tests.stage.world import desk

QUARTER = Quarter.parse("2026-Q3")
WEEK = str(QUARTER.last_week)


def decide(connection: Connection, at: datetime, *, closed: datetime | None = None) -> int:
    number = decisions.write(connection, replace(DRAFT, branch=""), by="s1", at=at)
    if closed is not None:
        decisions.review(connection, number, at=closed, done=True, outcome=Outcome.MET)
    return number


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, 9, tzinfo=UTC)


def keep(connection: Connection) -> None:
    digests.keep(connection, week=WEEK, scope="", body=to_json(digest_of(WEEK)))


async def test_decisions_of_the_quarter_and_those_still_open(store: Store) -> None:
    await store.write(keep)
    open_before = await store.write(partial(decide, at=day(4, 10)))
    await store.write(partial(decide, at=day(4, 11), closed=day(5, 11)))
    made = await store.write(partial(decide, at=day(8, 10)))
    closed_in_it = await store.write(partial(decide, at=day(4, 12), closed=day(9, 1)))
    await store.write(partial(decide, at=day(10, 1)))
    board = await brief_board(QUARTER, store=store, desk=desk())
    assert {line.number for line in board.decisions} == {open_before, made, closed_in_it}
    assert (board.quarter, board.first, board.last) == ("2026-Q3", "2026-07-01", "2026-09-30")
    assert board.digest == digest_of(WEEK)


async def test_process_is_overdue_from_the_day_after_its_review(store: Store) -> None:
    await store.write(keep)
    institution = desk().institution
    process = institution.processes[0]
    reviews = (date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 1))
    rows = tuple(process.model_copy(update={"next_review": review}) for review in reviews)
    changed = replace(desk(), institution=institution.model_copy(update={"processes": rows}))
    board = await brief_board(QUARTER, store=store, desk=changed)
    assert [(each.next_review, each.overdue) for each in board.processes] == [
        ("2026-09-29", True),
        ("2026-09-30", False),
        ("2026-10-01", False),
    ]


async def test_outreach_is_silent_where_the_list_is(store: Store) -> None:
    """Twelve clients of known gender and age; no list says where they live or how poor they are."""
    await store.write(keep)
    await store.write(lambda c: enter(c, *(row(f"C{number}") for number in range(12))))
    found = (await brief_board(QUARTER, store=store, desk=desk())).outreach
    assert (found.clients, found.women, found.under_30) == (12, 1.0, 0.0)
    assert (found.rural, found.poor, found.poor_known, found.first_time) == (None, None, 0, None)
    assert found.balance_ratio is not None


async def test_nothing_is_said_of_an_empty_register(store: Store) -> None:
    await store.write(keep)
    board = await brief_board(QUARTER, store=store, desk=desk())
    found = board.outreach
    assert (found.clients, found.women, found.under_30, found.balance_ratio) == (0, None, None, None)
    assert (board.decisions, board.safeguards.asked_for_call) == ((), None)
