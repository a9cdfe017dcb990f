from __future__ import annotations

import pytest
from sqlalchemy import update

from spm_bot.fieldwork.register import RegisterRow
from spm_bot.protection.consent import Purpose
from spm_bot.storage import people, registers
from spm_bot.storage.registers import Coverage, PortfolioRow
from spm_bot.storage.store import Conflict, Connection, Store, vault_of
from spm_bot.storage.tables import clients, loans
from spm_bot.storage.tables import people as people_table
from tests.seed import enrol, enter, meet, row, rows_of, say_yes


def write(
    connection: Connection,
    *rows: RegisterRow,
    currency: str = "KES",
    as_of: str = "2026-11-20",
    subjects: list[str] | None = None,
) -> tuple[int, int]:
    fresh = subjects or [f"subject-{each.code}" for each in rows]
    return registers.write_clients(connection, rows, subjects=fresh, currency=currency, as_of=as_of)


async def test_code_decides_who_is_who(store: Store) -> None:
    assert await store.write(lambda c: write(c, row("C1"), row("C2"))) == (2, 0)
    later = [row("C2", branch="BUS", loan="", days_in_arrears=0), row("C3")]
    assert await store.write(lambda c: write(c, *later, subjects=["other", "third"])) == (1, 1)
    assert await store.read(lambda c: rows_of(c, clients, "code", "subject", "branch", "has_loan")) == [
        ("C1", "subject-C1", "BUN", True),
        ("C2", "subject-C2", "BUS", False),
        ("C3", "third", "BUN", True),
    ]
    assert await store.read(lambda c: rows_of(c, loans, "code")) == [("L-C1",), ("L-C3",)]


async def test_savers_without_a_loan_come_in_alone(store: Store) -> None:
    assert await store.write(lambda c: write(c, row("C1", loan=""), row("C2", loan=""))) == (2, 0)
    assert await store.read(lambda c: rows_of(c, loans, "id")) == []


async def test_same_rows_again_change_nothing_that_counts(store: Store) -> None:
    rows = [row("C1", phone="+254700"), row("C2")]
    columns = list(clients.c.keys())
    await store.write(lambda c: write(c, *rows))
    before = await store.read(lambda c: rows_of(c, clients, *columns))
    assert await store.write(lambda c: write(c, *rows)) == (0, 2)
    assert await store.read(lambda c: rows_of(c, clients, *columns)) == before
    assert len(await store.read(lambda c: rows_of(c, loans, "id"))) == 2


async def test_code_twice_in_one_import_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.write(lambda c: write(c, row("C1"), row("C1"), subjects=["a", "b"]))


async def test_phone_is_sealed_and_found_by_its_hash(store: Store) -> None:
    await store.write(lambda c: write(c, row("C1", phone="+254700"), row("C2")))

    def look(connection: Connection) -> list[tuple[str, str | None, bool]]:
        vault = vault_of(connection)
        wanted = vault.digest("+254700")
        return [
            (
                vault.decrypt(name, associated=people.NAME),
                phone and vault.decrypt(phone, associated=people.PHONE),
                hashed == wanted,
            )
            for name, phone, hashed in rows_of(connection, people_table, "name", "phone", "phone_hash")
        ]

    assert await store.read(look) == [("Wanjiku C1", "+254700", True), ("Wanjiku C2", None, False)]
    await store.write(lambda c: write(c, row("C1")))
    assert ("Wanjiku C1", None, False) in await store.read(look)


async def test_portfolio_adds_up_by_branch_and_currency(store: Store) -> None:
    rows = [
        row("C1", outstanding=100.5, days_in_arrears=30),
        row("C2", outstanding=50.0, days_in_arrears=31, written_off=7.5),
        row("C3", branch="BUS", outstanding=25.0, days_in_arrears=90),
        row("C4", loan=""),
    ]
    await store.write(lambda c: write(c, *rows))
    await store.write(lambda c: write(c, row("C5", outstanding=9.0), currency="USD", as_of="2026-10-31"))
    await store.write(lambda c: write(c, row("C6", outstanding=1.0), as_of="2026-09-30"))
    assert await store.read(registers.portfolio) == [
        PortfolioRow("BUN", "KES", 151.5, 50.0, 7.5, "2026-09-30"),
        PortfolioRow("BUN", "USD", 9.0, 0.0, 0.0, "2026-10-31"),
        PortfolioRow("BUS", "KES", 25.0, 25.0, 0.0, "2026-11-20"),
    ]


async def test_closed_loans_leave_the_portfolio_but_what_was_written_off_stays(store: Store) -> None:
    await store.write(lambda c: write(c, row("C1", outstanding=100.0, written_off=40.0)))
    await store.write(lambda c: c.execute(update(loans).values(status="closed")).rowcount)
    assert await store.read(registers.portfolio) == [PortfolioRow("BUN", "KES", 0.0, 0.0, 40.0, "2026-11-20")]


async def test_coverage_counts_borrowers_whom_a_chat_reaches_and_who_agreed(store: Store) -> None:
    def fill(connection: Connection) -> None:
        enrol(connection, row("joined"), row("gone"), row("late", days_in_arrears=5))
        enter(connection, row("never", days_in_arrears=1))
        enrol(connection, row("withdrew"), row("saver", loan=""), row("closed", status="closed"))
        enrol(connection, row("there", branch="BUS"))
        say_yes(connection, "withdrew", given=False)
        people.set_reachable(connection, meet(connection, "gone"), reachable=False)

    await store.write(fill)
    assert await store.read(lambda c: registers.coverage(c, purpose=Purpose.SURVEY)) == [
        Coverage("BUN", borrowers=5, joined=2, in_arrears=2, joined_in_arrears=1),
        Coverage("BUS", borrowers=1, joined=1, in_arrears=0, joined_in_arrears=0),
    ]


async def test_empty_register_has_no_portfolio_and_no_coverage(store: Store) -> None:
    assert await store.read(registers.portfolio) == []
    assert await store.read(lambda c: registers.coverage(c, purpose=Purpose.SURVEY)) == []
