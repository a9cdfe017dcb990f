from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert

from spm_bot.analytics.workloads import CrewRow, GrowthRow, LoadRow
from spm_bot.fieldwork.register import StaffRow
from spm_bot.storage import caseloads, colleagues, roles
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import portfolios
from tests.seed import enter, row

ON = date(2026, 11, 22)


def employ(connection: Connection, *rows: StaffRow) -> None:
    colleagues.add_colleagues(connection, {f"subject-{each.code}": each for each in rows})


def member(code: str, **facts: Any) -> StaffRow:
    return StaffRow(code, f"Name {code}", **{"branch": "BUN", **facts})


async def test_loads_name_officers_of_the_staff_list_alone(store: Store) -> None:
    def fill(connection: Connection) -> None:
        employ(
            connection,
            member("LO-1"),
            member("LO-2", left_on="2026-11-22"),
            member("LO-3", left_on="2026-12-01"),
        )
        enter(connection, row("C1", officer="LO-1"), row("C2", officer="LO-1"), row("C3", officer="LO-2"))
        enter(connection, row("C4", officer="LO-3"), row("C5", officer="elsewhere"), row("C6"))
        enter(connection, row("C7", branch="BUS", officer="LO-1"), row("C8", officer="LO-1", loan=""))
        enter(connection, row("C9", officer="LO-1", status="closed"))

    await store.write(fill)
    assert await store.read(lambda c: caseloads.loads(c, on=ON)) == (
        LoadRow("BUN", "", 3),
        LoadRow("BUN", "LO-1", 2),
        LoadRow("BUN", "LO-3", 1),
        LoadRow("BUS", "LO-1", 1),
    )


async def test_crews_are_those_of_the_day(store: Store) -> None:
    def fill(connection: Connection) -> None:
        employ(
            connection,
            member("S1", trained_on="2024-11-23"),
            member("S2", trained_on="2024-11-22"),
            member("S3", trained_on="2026-12-01"),
            member("S4", left_on="2025-11-23"),
            member("S5", left_on="2025-11-22"),
            member("S6", left_on="2026-12-01"),
            member("S7", started_on="2026-12-01"),
            member("S8", branch="BUS"),
        )
        roles.add_staff(connection, subject="nobody-lists-me")

    await store.write(fill)
    assert await store.read(lambda c: caseloads.crews(c, on=ON)) == (
        CrewRow("BUN", staff=4, dated=2, trained=1, gone=2, left=1),
        CrewRow("BUS", staff=1, dated=0, trained=0, gone=0, left=0),
    )


def keep(connection: Connection, as_of: str, **loans: int) -> None:
    plain = {"officer": "", "currency": "KES", "outstanding": 1.0, "overdue30": 0.0, "restructured": 0.0}
    rows = [
        {"as_of": as_of, "branch": branch, "product": product, "loans": number, "written_off": 0.0, **plain}
        for branch, number in loans.items()
        for product in ("group", "business")
    ]
    connection.execute(insert(portfolios), rows)


async def test_growth_sets_the_newest_day_beside_that_of_a_year_before(store: Store) -> None:
    def fill(connection: Connection) -> None:
        keep(connection, "2025-10-30", BUN=9, KIS=9)
        keep(connection, "2025-11-20", BUN=10, KIS=4)
        keep(connection, "2025-12-20", BUN=50)
        keep(connection, "2026-11-20", BUN=12, BUS=3)
        keep(connection, "2026-11-27", BUN=70)

    await store.write(fill)
    assert await store.read(lambda c: caseloads.growth(c, on=ON)) == (
        GrowthRow("BUN", 24, 20),
        GrowthRow("BUS", 6, None),
        GrowthRow("KIS", 0, 8),
    )


async def test_growth_says_nothing_of_old_lists(store: Store) -> None:
    await store.write(lambda c: keep(c, "2026-11-20", BUN=12))
    assert await store.read(lambda c: caseloads.growth(c, on=ON)) == ()
    await store.write(lambda c: keep(c, "2025-10-01", BUN=12))
    assert await store.read(lambda c: caseloads.growth(c, on=ON)) == ()
    assert await store.read(lambda c: caseloads.growth(c, on=date(2027, 2, 1))) == ()
