from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import update

from spm_bot.analytics.portfolio import PortfolioRow
from spm_bot.fieldwork.register import ClientRow, LoanRow
from spm_bot.storage import portfolio_days, registers
from spm_bot.storage.portfolio_days import PortfolioDay
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import loans, portfolios
from tests.seed import row, rows_of


def write(connection: Connection, *rows: ClientRow, as_of: str = "2026-11-20") -> None:
    subjects = [f"subject-{each.code}" for each in rows]
    registers.write_clients(connection, rows, subjects=subjects, as_of=as_of)


def standing(day: date) -> Callable[[Connection], tuple[PortfolioRow, ...]]:
    return partial(portfolio_days.portfolio_on, day=day)


async def keep(store: Store, as_of: str, *rows: ClientRow) -> None:
    await store.write(lambda c: write(c, *rows, as_of=as_of))
    await store.write(lambda c: portfolio_days.keep_day(c, as_of))


async def test_portfolio_adds_up_by_branch_product_and_currency(store: Store) -> None:
    group = LoanRow("L9", product="group_loan", currency="KES", outstanding=10.0, restructured=True)
    await keep(store, "2026-10-31", row("C5", currency="USD", outstanding=9.0))
    await keep(
        store,
        "2026-11-20",
        row("C1", outstanding=100.5, days_in_arrears=30, officer="LO-1"),
        row("C2", outstanding=50.0, days_in_arrears=31, written_off=7.5, officer="LO-2"),
        row("C3", branch="BUS", outstanding=25.0, days_in_arrears=90),
        row("C4", loans=(group,)),
    )
    assert await store.read(standing(date(2026, 11, 22))) == (
        PortfolioRow("BUN", "business_loan", "KES", 150.5, 50.0, 0.0, 7.5, date(2026, 11, 20)),
        PortfolioRow("BUN", "business_loan", "USD", 9.0, 0.0, 0.0, 0.0, date(2026, 10, 31)),
        PortfolioRow("BUN", "group_loan", "KES", 10.0, 0.0, 10.0, 0.0, date(2026, 11, 20)),
        PortfolioRow("BUS", "business_loan", "KES", 25.0, 25.0, 0.0, 0.0, date(2026, 11, 20)),
    )


async def test_portfolio_of_an_old_week_never_shows_newer_money(store: Store) -> None:
    await keep(store, "2026-10-30", row("C1", outstanding=10.0))
    await keep(store, "2026-11-20", row("C1", outstanding=4.0))
    then = PortfolioRow("BUN", "business_loan", "KES", 10.0, 0.0, 0.0, 0.0, date(2026, 10, 30))
    assert await store.read(standing(date(2026, 11, 19))) == (then,)
    assert await store.read(standing(date(2026, 11, 20))) == (
        replace(then, outstanding=4.0, as_of=date(2026, 11, 20)),
    )
    assert await store.read(standing(date(2026, 10, 29))) == ()


async def test_day_kept_before_its_lists_were_told_apart_is_as_old_as_it_says(store: Store) -> None:
    await keep(store, "2026-11-20", row("C1", outstanding=10.0))
    await store.write(lambda c: c.execute(update(portfolios).values(oldest=None)).rowcount)
    [found] = await store.read(standing(date(2026, 11, 20)))
    assert found.as_of == date(2026, 11, 20)


async def test_closed_loans_leave_the_portfolio_but_what_was_written_off_stays(store: Store) -> None:
    await store.write(lambda c: write(c, row("C1", outstanding=100.0, written_off=40.0)))
    await store.write(lambda c: c.execute(update(loans).values(status="closed")).rowcount)
    await store.write(lambda c: portfolio_days.keep_day(c, "2026-11-20"))
    assert await store.read(standing(date(2026, 11, 20))) == (
        PortfolioRow("BUN", "business_loan", "KES", 0.0, 0.0, 0.0, 40.0, date(2026, 11, 20)),
    )


async def test_what_was_written_off_counts_as_long_as_the_lists_name_it(store: Store) -> None:
    lost = LoanRow("L0", currency="KES", status="written_off", written_off=40.0)
    paid = LoanRow("L1", currency="KES", outstanding=100.0)
    await keep(store, "2026-11-20", row("C1", loans=(lost, paid)))
    await keep(store, "2026-11-27", row("C1", loans=(paid,)))
    [named] = await store.read(standing(date(2026, 11, 26)))
    [dropped] = await store.read(standing(date(2026, 11, 27)))
    assert (named.written_off, dropped.written_off) == (40.0, 0.0)


async def test_empty_register_has_no_portfolio(store: Store) -> None:
    assert await store.read(standing(date(2026, 11, 20))) == ()
    assert await store.write(lambda c: portfolio_days.keep_day(c, "2026-11-20")) is False
    assert await store.read(portfolio_days.newest_kept) is None


async def test_day_is_kept_by_branch_product_officer_and_currency(store: Store) -> None:
    def loan(code: str, **facts: Any) -> LoanRow:
        return replace(LoanRow(code, currency="KES", outstanding=100.0, days_in_arrears=31), **facts)

    rows = [
        row("C1", officer="LO-1", loans=(loan("L1"), loan("L2", days_in_arrears=30, restructured=True))),
        row("C2", officer="LO-2", loans=(loan("L3", restructured=True), loan("L4", currency="USD"))),
        row("C3", branch="BUS", loans=(loan("L5", status="written_off", written_off=7.0),)),
        row("C4", branch="KIS", loans=(loan("L6", status="closed"),)),
    ]
    await store.write(lambda c: write(c, *rows))
    assert await store.write(lambda c: portfolio_days.keep_day(c, "2026-11-20")) is True
    assert await store.read(lambda c: portfolio_days.day(c, "2026-11-20")) == [
        PortfolioDay("BUN", "business_loan", "LO-1", "KES", 2, 200.0, 100.0, 100.0, 0.0, "2026-11-20"),
        PortfolioDay("BUN", "business_loan", "LO-2", "KES", 1, 100.0, 100.0, 100.0, 0.0, "2026-11-20"),
        PortfolioDay("BUN", "business_loan", "LO-2", "USD", 1, 100.0, 100.0, 0.0, 0.0, "2026-11-20"),
        PortfolioDay("BUS", "business_loan", "", "KES", 0, 0.0, 0.0, 0.0, 7.0, "2026-11-20"),
    ]


async def test_same_day_again_is_replaced_and_others_stay(store: Store) -> None:
    await store.write(lambda c: write(c, row("C1", outstanding=10.0)))
    await store.write(lambda c: portfolio_days.keep_day(c, "2026-11-20"))
    before = await store.read(lambda c: rows_of(c, portfolios, "id"))
    assert await store.write(lambda c: portfolio_days.keep_day(c, "2026-11-20")) is False
    assert await store.read(lambda c: rows_of(c, portfolios, "id")) == before
    await store.write(lambda c: write(c, row("C1", outstanding=9.0)))
    await store.write(lambda c: portfolio_days.keep_day(c, "2026-11-20"))
    await store.write(lambda c: write(c, row("C1", outstanding=8.0), as_of="2026-11-27"))
    await store.write(lambda c: portfolio_days.keep_day(c, "2026-11-27"))
    assert await store.read(lambda c: rows_of(c, portfolios, "as_of", "outstanding")) == [
        ("2026-11-20", 9.0),
        ("2026-11-27", 8.0),
    ]
    assert await store.read(portfolio_days.newest_kept) == "2026-11-27"
