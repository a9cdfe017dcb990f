from __future__ import annotations

from dataclasses import replace
from datetime import date

from spm_bot.analytics.board import OutreachCount
from spm_bot.analytics.heard import CoverageRow, coverage_rows
from spm_bot.analytics.populations import PopulationRow
from spm_bot.fieldwork.register import LoanRow
from spm_bot.storage import people
from spm_bot.storage.headcounts import outreach_count, population
from spm_bot.storage.store import Connection, Store
from tests.seed import enrol, enter, meet, row, say_yes

ON = date(2026, 11, 22)
LIKE = PopulationRow("BUN", "business_loan", "individual", "female", "over_3", "none", "rural", True, 1, 1)


async def test_population_counts_those_who_are_alike_and_who_joined(store: Store) -> None:
    def fill(connection: Connection) -> None:
        enrol(connection, *(row(code, area="rural") for code in ("joined", "too", "gone", "withdrew")))
        enter(connection, row("never", area="rural"), row("closed", status="closed"))
        enrol(connection, row("late", area="rural", days_in_arrears=31), row("saver", loan="", product=""))
        enrol(connection, row("new", branch="BUS", joined_on="2025-11-23", days_in_arrears=30))
        enrol(connection, row("unsaid", branch="BUS", joined_on=None, gender=""))
        say_yes(connection, "withdrew", given=False)
        people.set_reachable(connection, meet(connection, "gone"), reachable=False)

    await store.write(fill)
    assert sorted(await store.read(lambda c: population(c, on=ON)), key=repr) == sorted(
        [
            replace(LIKE, clients=5, joined=2),
            replace(LIKE, arrears="over_30"),
            replace(LIKE, product="", area="", borrower=False),
            replace(LIKE, branch="BUS", area="", tenure="under_1", arrears="to_30"),
            replace(LIKE, branch="BUS", area="", tenure="", gender=""),
        ],
        key=repr,
    )


async def test_coverage_is_that_of_borrowers(store: Store) -> None:
    def fill(connection: Connection) -> None:
        enrol(connection, row("joined"), row("late", days_in_arrears=5), row("saver", loan=""))
        enter(connection, row("never", days_in_arrears=90))
        enter(connection, row("there", branch="BUS"))

    await store.write(fill)
    assert coverage_rows(await store.read(lambda c: population(c, on=ON))) == (
        CoverageRow("BUN", borrowers=3, joined=2, in_arrears=2, joined_in_arrears=1),
        CoverageRow("BUS", borrowers=1, joined=0, in_arrears=0, joined_in_arrears=0),
    )


async def test_empty_register_has_neither_people_nor_outreach(store: Store) -> None:
    assert await store.read(lambda c: population(c, on=ON)) == ()
    nothing = OutreachCount(0, 0, 0, 0, 0, 0, 0, {}, 0, 0, 0, 0.0)
    assert await store.read(lambda c: outreach_count(c, on=ON, currency="KES")) == nothing


async def test_outreach_counts_active_clients_by_what_the_list_tells(store: Store) -> None:
    def loan(code: str, **facts: object) -> LoanRow:
        return replace(LoanRow(code, currency="KES", outstanding=100.0), **facts)  # type: ignore[arg-type]

    rows = [
        row("C1", area="rural", poverty_band="poor", birth_year=1996, loans=(loan("L1", cycle=1),)),
        row(
            "C2",
            area="urban",
            poverty_band="poor",
            birth_year=1997,
            loans=(loan("L2", cycle=2), loan("L3", cycle=1)),
        ),
        row(
            "C3",
            gender="male",
            poverty_band="other",
            birth_year=None,
            born_on="1996-11-22",
            loans=(loan("L4"),),
        ),
        row(
            "C4",
            gender="",
            birth_year=1980,
            born_on="1996-11-23",
            loans=(loan("L5", currency="USD", cycle=1),),
        ),
        row("C5", birth_year=None, loan=""),
        row("C6", status="closed", loans=(loan("L6", cycle=1),)),
    ]
    await store.write(lambda c: enter(c, *rows))
    assert await store.read(lambda c: outreach_count(c, on=ON, currency="KES")) == OutreachCount(
        clients=5,
        gender_known=4,
        women=3,
        area_known=2,
        rural=1,
        age_known=4,
        under_30=2,
        poverty={"other": 1, "poor": 2},
        cycle_known=3,
        first_time=2,
        borrowers=3,
        outstanding=400.0,
    )
