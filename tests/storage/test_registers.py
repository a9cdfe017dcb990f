from __future__ import annotations

import pytest
from sqlalchemy import event, update

from spm_bot.fieldwork.changes import Kind
from spm_bot.fieldwork.register import ClientRow, LoanRow
from spm_bot.storage import people, registers
from spm_bot.storage.registers import Taken
from spm_bot.storage.store import Conflict, Connection, Store, vault_of
from spm_bot.storage.tables import clients, loans
from spm_bot.storage.tables import people as people_table
from tests.seed import row, rows_of


def write_all(connection: Connection, *rows: ClientRow, as_of: str = "2026-11-20") -> list[Taken]:
    subjects = [f"subject-{each.code}" for each in rows]
    return registers.write_clients(connection, rows, subjects=subjects, as_of=as_of)


def write(connection: Connection, *rows: ClientRow, as_of: str = "2026-11-20") -> list[Kind]:
    """What became of each."""
    return [each.change.kind for each in write_all(connection, *rows, as_of=as_of)]


async def test_code_decides_who_is_who(store: Store) -> None:
    assert await store.write(lambda c: write(c, row("C1"), row("C2"))) == [Kind.ADDED] * 2
    later = [row("C2", branch="BUS", loan=""), row("C3")]
    assert await store.write(lambda c: write(c, *later)) == [Kind.CHANGED, Kind.ADDED]
    assert await store.read(lambda c: rows_of(c, clients, "code", "subject", "branch", "has_loan")) == [
        ("C1", "subject-C1", "BUN", True),
        ("C2", "subject-C2", "BUS", False),
        ("C3", "subject-C3", "BUN", True),
    ]
    assert await store.read(lambda c: rows_of(c, loans, "code", "status")) == [
        ("L-C1", "active"),
        ("L-C2", "closed"),
        ("L-C3", "active"),
    ]


async def test_savers_without_a_loan_come_in_alone(store: Store) -> None:
    assert await store.write(lambda c: write(c, row("C1", loan=""), row("C2", loan=""))) == [Kind.ADDED] * 2
    assert await store.read(lambda c: rows_of(c, loans, "id")) == []


async def test_same_rows_again_change_nothing_that_counts(store: Store) -> None:
    rows = [row("C1", phone="+254700"), row("C2")]
    columns = list(clients.c.keys())
    await store.write(lambda c: write(c, *rows))
    before = await store.read(lambda c: rows_of(c, clients, *columns))
    assert await store.write(lambda c: write(c, *rows)) == [Kind.UNCHANGED] * 2
    assert await store.read(lambda c: rows_of(c, clients, *columns)) == before
    assert len(await store.read(lambda c: rows_of(c, loans, "id"))) == 2


async def test_code_twice_in_one_import_is_a_conflict(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.write(lambda c: write(c, row("C1"), row("C1")))


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


async def test_same_list_again_writes_nothing_and_seals_nothing(store: Store) -> None:
    rows = [row("C1", phone="+254700"), row("C2")]
    await store.write(lambda c: write(c, *rows))
    statements: list[str] = []

    def again(connection: Connection) -> None:
        def note(*arguments: object) -> None:
            statements.append(str(arguments[2]).split()[0])

        event.listen(connection, "before_cursor_execute", note)
        write(connection, *rows)

    await store.write(again)
    assert set(statements) == {"SELECT"}


async def test_facts_that_rules_ask_for_come_from_the_loans_they_pay_now(store: Store) -> None:
    def loan(code: str, days: int, *, status: str = "active") -> LoanRow:
        return LoanRow(code, currency="KES", days_in_arrears=days, status=status)

    facts = ("has_loan", "days_in_arrears")
    await store.write(lambda c: write(c, row("C1", loans=(loan("L1", 12), loan("L2", 90, status="closed")))))
    assert await store.read(lambda c: rows_of(c, clients, *facts)) == [(True, 12)]
    await store.write(lambda c: write(c, row("C1", loans=(loan("L1", 12, status="closed"),))))
    assert await store.read(lambda c: rows_of(c, clients, *facts)) == [(False, 0)]


async def test_loans_keep_their_rows_and_their_history(store: Store) -> None:
    await store.write(lambda c: write(c, row("C1", outstanding=50.0), row("C2")))
    first = await store.read(lambda c: rows_of(c, loans, "id", "code"))
    await store.write(
        lambda c: write(c, row("C1", outstanding=40.0), row("C2", loan="L9"), as_of="2026-11-27")
    )
    seen = ("code", "status", "closed_on", "outstanding", "as_of")
    assert (await store.read(lambda c: rows_of(c, loans, "id", "code")))[:2] == first
    assert await store.read(lambda c: rows_of(c, loans, *seen)) == [
        ("L-C1", "active", None, 40.0, "2026-11-27"),
        ("L-C2", "closed", "2026-11-27", 1000.0, "2026-11-20"),
        ("L9", "active", None, 1000.0, "2026-11-27"),
    ]


async def test_list_mends_what_no_key_opens(store: Store) -> None:
    def damage(connection: Connection) -> None:
        write(connection, row("C1", phone="+254700"))
        connection.execute(update(people_table).values(name=b"0000", phone=b"0000"))

    await store.write(damage)
    taken = await store.write(lambda c: write_all(c, row("C1", phone="+254700")))
    assert [each.change.fields for each in taken] == [("name", "phone")]
    [client] = await store.read(lambda c: people.clients_with_phone(c, "+254700"))
    assert await store.read(lambda c: people.first_name(c, client.id)) == "Wanjiku"


async def test_clients_with_the_number_of_staff_work_here(store: Store) -> None:
    await store.write(lambda c: write(c, row("C1", phone="+254700"), row("C2", phone="+254701"), row("C3")))
    assert await store.write(lambda c: registers.mark_staff(c, ["+254701", "+254799"])) == 1
    assert await store.read(lambda c: rows_of(c, clients, "code", "works_here")) == [
        ("C1", False),
        ("C2", True),
        ("C3", False),
    ]
    assert await store.write(lambda c: registers.mark_staff(c, ["+254701"])) == 0
