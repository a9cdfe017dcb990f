from __future__ import annotations

from spm_bot.protection.consent import Purpose
from spm_bot.storage import coverages, people
from spm_bot.storage.coverages import Coverage
from spm_bot.storage.store import Connection, Store
from tests.seed import enrol, enter, meet, row, say_yes


async def test_coverage_counts_borrowers_whom_a_chat_reaches_and_who_agreed(store: Store) -> None:
    def fill(connection: Connection) -> None:
        enrol(connection, row("joined"), row("gone"), row("late", days_in_arrears=5))
        enter(connection, row("never", days_in_arrears=1))
        enrol(connection, row("withdrew"), row("saver", loan=""), row("closed", status="closed"))
        enrol(connection, row("there", branch="BUS"))
        say_yes(connection, "withdrew", given=False)
        people.set_reachable(connection, meet(connection, "gone"), reachable=False)

    await store.write(fill)
    assert await store.read(lambda c: coverages.coverage(c, purpose=Purpose.SURVEY)) == [
        Coverage("BUN", borrowers=5, joined=2, in_arrears=2, joined_in_arrears=1),
        Coverage("BUS", borrowers=1, joined=1, in_arrears=0, joined_in_arrears=0),
    ]


async def test_empty_register_has_no_coverage(store: Store) -> None:
    assert await store.read(lambda c: coverages.coverage(c, purpose=Purpose.SURVEY)) == []


async def test_officers_are_counted_where_the_list_names_them(store: Store) -> None:
    assert await store.read(coverages.count_with_officer) == (0, 0)
    await store.write(lambda c: enter(c, row("C1", officer="LO-1"), row("C2"), row("C3", status="closed")))
    assert await store.read(coverages.count_with_officer) == (2, 1)
