from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from spm_bot.fieldwork.changes import Change, Kind, Terms
from spm_bot.fieldwork.register import BranchFacts, ClientRow, LoanRow, Register, StaffRow
from spm_bot.storage import audits, branch_months, colleagues, people, peppers, roles, rounds
from spm_bot.storage.audits import Audit
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import clients, invitations, loans, portfolios, responses, staff
from spm_bot.storage.tables import people as people_table
from spm_bot.usecases import import_register as importing
from spm_bot.usecases.import_register import carry_out_import, import_register
from spm_bot.usecases.plan_import import Incoming, Plan, Shrunken, Untimely, plan_import
from tests.seed import AT, DAY, asked, enrol, hire, open_round, row, rows_of
from tests.stage.world import World

ROWS = tuple(row(f"C{number}") for number in range(5))
CREW = tuple(StaffRow(f"S{number}", f"Name {number}") for number in range(5))
COUNTED = ("added", "changed", "closed", "unchanged")


def lists(
    *rows: ClientRow,
    as_of: str = "2026-11-20",
    staff: tuple[StaffRow, ...] | None = None,
    whole: bool = True,
    spared: frozenset[str] = frozenset(),
    **rest: Any,
) -> Incoming:
    return Incoming(Register(as_of, rows, staff), Terms(as_of, whole=whole, spared=spared), **rest)


async def bring_in(store: Store, *rows: ClientRow, **terms: Any) -> Plan:
    return await import_register(lists(*rows, **terms), store=store, actor="cli:root", now=AT)


def counts(plan: Plan) -> tuple[int, int, int, int]:
    tally = plan.clients
    return tally[Kind.ADDED], tally[Kind.CHANGED], tally.closed, tally[Kind.UNCHANGED]


async def states(store: Store) -> list[tuple[Any, ...]]:
    return await store.read(lambda c: rows_of(c, clients, "code", "status", "exit_on"))


async def test_all_clients_come_in_chunk_by_chunk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    assert counts(await bring_in(store, *ROWS)) == (5, 0, 0, 0)
    assert [client.code for client in await store.read(people.clients_where)] == [each.code for each in ROWS]


async def test_subjects_are_random_and_stay(store: Store) -> None:
    await bring_in(store, *ROWS)
    first = await store.read(lambda c: rows_of(c, clients, "subject"))
    assert {len(subject) for (subject,) in first} == {32}
    assert len(set(first)) == 5
    assert counts(await bring_in(store, *ROWS, as_of="2026-11-24")) == (0, 0, 0, 5)
    assert await store.read(lambda c: rows_of(c, clients, "subject")) == first
    assert set(await store.read(lambda c: rows_of(c, loans, "currency", "as_of"))) == {("KES", "2026-11-24")}


async def test_same_lists_again_write_one_line_in_the_log_and_nothing_else(store: Store) -> None:
    incoming = replace(
        lists(row("C1", phone="+254700"), row("C2"), staff=(StaffRow("S1", "Neema", phone="+254701"),)),
    )
    facts = (BranchFacts("BUN", "2026-10", new_clients=7),)
    incoming = replace(incoming, register=replace(incoming.register, facts=facts))
    await import_register(incoming, store=store, actor="cli:root", now=AT)
    written: list[str] = []

    def watch(connection: Connection) -> None:
        def note(*arguments: Any) -> None:
            written.append(arguments[2])

        event.listen(connection.engine, "before_cursor_execute", note)

    await store.write(watch)
    plan = await import_register(incoming, store=store, actor="cli:root", now=AT)
    assert counts(plan) == (0, 0, 0, 2)
    assert not [
        text for text in written if text.startswith(("UPDATE", "INSERT", "DELETE")) and "audit" not in text
    ]
    lines = await store.read(lambda c: audits.lines(c, limit=9))
    assert [line.event for line in lines] == ["register_imported"] * 2


async def test_line_in_the_log_counts_what_the_lists_change(store: Store) -> None:
    await bring_in(store, *ROWS, staff=(StaffRow("S1", "Neema"),))
    later = [replace(ROWS[0], branch="BUS"), *ROWS[1:4], row("C9")]
    await bring_in(store, *later, refused=1, as_of="2026-11-24")
    [_, line] = await store.read(lambda c: audits.lines(c, limit=9))
    assert line == Audit(
        AT,
        "cli:root",
        "register_imported",
        {
            "as_of": "2026-11-24",
            "read": 5,
            "forgotten": 0,
            "refused": 1,
            "facts": 0,
            "partial": 0,
            "lists": "clients loans",
            "active": 5,
            "allowed": 0,
            "clients_added": 1,
            "clients_changed": 1,
            "clients_closed": 1,
            "loans_added": 1,
            "loans_changed": 1,
            "loans_closed": 1,
            "staff_added": 0,
            "staff_changed": 0,
            "staff_closed": 0,
        },
    )


async def test_nothing_to_import_changes_nothing(store: Store) -> None:
    assert counts(await bring_in(store)) == (0, 0, 0, 0)
    nothing = Incoming(Register("2026-11-20"), Terms("2026-11-20"))
    await bring_in(store, *ROWS)
    assert counts(await import_register(nothing, store=store, actor="cli:root", now=AT)) == (0, 0, 0, 0)
    assert len(await store.read(people.clients_where)) == 5


async def test_import_that_fails_half_way_is_finished_by_the_same_command(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 2)
    await bring_in(store, *ROWS, row("C9"))
    later = [replace(each, name="Other") for each in ROWS]

    def stop(done: int) -> None:
        steps.append(done)
        if len(steps) == 2:
            raise KeyboardInterrupt

    for attempt in range(4):
        steps: list[int] = []
        plan = await plan_import(lists(*later), store=store, now=AT)
        assert counts(plan) == [(0, 5, 1, 0), (0, 1, 1, 4), (0, 0, 0, 5), (0, 0, 0, 5)][attempt]
        try:
            await carry_out_import(plan, store=store, actor="cli:root", now=AT, progress=stop)
        except KeyboardInterrupt:
            assert attempt < 2
    assert await states(store) == [
        *((each.code, "active", None) for each in ROWS),
        ("C9", "closed", "2026-11-20"),
    ]
    lines = await store.read(lambda c: audits.lines(c, limit=9))
    assert [line.detail["clients_changed"] for line in lines] == [0, 5, 1, 0, 0]


async def test_whoever_asked_to_be_forgotten_does_not_come_back(store: Store) -> None:
    await store.write(lambda c: peppers.forget_code(c, "C3", pepper=bytes(32), at=AT))
    first, again = await bring_in(store, *ROWS), await bring_in(store, *ROWS)
    assert (counts(first), first.forgotten) == ((4, 0, 0, 0), 1)
    assert (counts(again), again.forgotten) == ((0, 0, 0, 4), 1)
    assert [client.code for client in await store.read(people.clients_where)] == ["C0", "C1", "C2", "C4"]


async def test_who_is_missing_is_closed_last_and_not_asked_any_more(store: Store) -> None:
    def invite(connection: Connection) -> None:
        ids = enrol(connection, *ROWS)
        rounds.invite(connection, open_round(connection), [asked(each) for each in ids])

    await store.write(invite)
    plan = await bring_in(
        store, *ROWS[:3], replace(ROWS[3], status="closed"), as_of="2026-11-24", allow_closing=True
    )
    assert counts(plan) == (0, 0, 2, 3)
    assert await states(store) == [
        *((each.code, "active", None) for each in ROWS[:3]),
        ("C3", "closed", "2026-11-24"),
        ("C4", "closed", "2026-11-24"),
    ]
    assert await store.read(lambda c: rows_of(c, loans, "code", "status", "closed_on")) == [
        *((f"L-{each.code}", "active", None) for each in ROWS[:4]),
        ("L-C4", "closed", "2026-11-24"),
    ]
    outcomes = await store.read(lambda c: rows_of(c, invitations, "outcome"))
    assert outcomes == [(None,)] * 3 + [("not_eligible",)] * 2
    assert counts(await bring_in(store, *ROWS, as_of="2026-11-24")) == (0, 2, 0, 3)
    assert {state for _, state, _ in await states(store)} == {"active"}


async def test_what_was_asked_after_somebody_left_is_not_taken_back(store: Store) -> None:
    await bring_in(store, *ROWS)
    await bring_in(store, *ROWS[:4])

    def invite(connection: Connection) -> None:
        leaver = people.client_by_code(connection, "C4").id
        rounds.invite(connection, open_round(connection, survey="client_exit"), [asked(leaver)])

    await store.write(invite)
    await bring_in(store, *ROWS[:4], as_of="2026-11-24")
    await bring_in(store, *ROWS[:4], replace(ROWS[4], status="closed"), as_of="2026-11-24")
    assert await store.read(lambda c: rows_of(c, invitations, "outcome")) == [(None,)]


async def test_list_that_shrinks_is_refused_before_anything_is_written(store: Store) -> None:
    await bring_in(store, *ROWS)
    with pytest.raises(
        Shrunken, match=r"^2 of 5 active clients would be gone \(2 missing in the list, 0 ended by it\)$"
    ):
        await bring_in(store, *ROWS[:3], row("C9"))
    assert len(await states(store)) == 5
    assert counts(await bring_in(store, *ROWS[:4])) == (0, 0, 1, 4)


async def test_list_without_the_loans_is_refused(store: Store) -> None:
    await bring_in(store, *ROWS)
    with pytest.raises(
        Shrunken, match=r"^5 of 5 active loans would be gone \(5 missing in the list, 0 ended by it\)$"
    ):
        await bring_in(store, *(replace(each, loans=()) for each in ROWS))


@pytest.mark.parametrize(
    ("rows", "crew", "complaint"),
    [
        ([replace(each, status="closed") for each in ROWS], CREW, "5 of 5 active clients"),
        ([replace(each, status="deceased") for each in ROWS], CREW, "5 of 5 active clients"),
        (
            [replace(each, loans=(replace(each.loans[0], status="closed"),)) for each in ROWS],
            CREW,
            "5 of 5 active loans",
        ),
        (ROWS, [replace(each, left_on="2026-11-19") for each in CREW], "5 of 5 members of staff"),
    ],
    ids=["clients closed", "clients deceased", "loans closed", "staff left"],
)
async def test_list_that_ends_everything_by_its_words_is_refused(
    store: Store, rows: Iterable[ClientRow], crew: Iterable[StaffRow], complaint: str
) -> None:
    await bring_in(store, *ROWS, staff=CREW)
    before = await states(store)
    with pytest.raises(Shrunken) as refused:
        await bring_in(store, *rows, staff=tuple(crew))
    assert str(refused.value) == f"{complaint} would be gone (0 missing in the list, 5 ended by it)"
    assert await states(store) == before
    await bring_in(store, *rows, staff=tuple(crew), allow_closing=True)


async def test_part_that_ends_everything_by_its_words_is_refused_too(store: Store) -> None:
    await bring_in(store, *ROWS)
    with pytest.raises(Shrunken):
        await bring_in(store, *(replace(each, status="closed") for each in ROWS[:2]), whole=False)


async def test_clients_who_go_little_by_little_are_counted_over_a_month(store: Store) -> None:
    ten = [row(f"C{number}", loan="") for number in range(10)]
    await bring_in(store, *ten)
    await bring_in(store, *ten[:9])
    await bring_in(store, *ten[:8])
    bleeding = r"^3 of 10 clients who were active in the last 30 days would be gone$"
    with pytest.raises(Shrunken, match=bleeding):
        await bring_in(store, *ten[:7])
    allowed = await bring_in(store, *ten[:7], allow_closing=True)
    assert allowed.clients.closed == 1
    assert (await bring_in(store, *ten[:6])).clients.closed == 1
    month_later = lists(*ten[:5])
    plan = await plan_import(month_later, store=store, now=AT + 31 * DAY)
    assert plan.clients.closed == 1


async def test_part_of_a_list_adds_and_changes_only(store: Store) -> None:
    await bring_in(store, *ROWS)
    plan = await bring_in(store, replace(ROWS[0], branch="BUS", loans=()), row("C9"), whole=False)
    assert counts(plan) == (1, 1, 0, 0)
    assert {state for _, state, _ in await states(store)} == {"active"}
    assert {state for (state,) in await store.read(lambda c: rows_of(c, loans, "status"))} == {"active"}
    assert (await store.read(lambda c: people.client_by_code(c, "C0"))).has_loan


async def test_refused_rows_are_not_missing(store: Store) -> None:
    two = (LoanRow("L1", currency="KES"), LoanRow("L2", currency="KES"))
    await bring_in(store, *ROWS, row("C9", loans=two))
    spared = frozenset({"C4", "L2"})
    plan = await bring_in(store, *ROWS[:4], row("C9", loans=two[:1]), refused=2, spared=spared)
    assert counts(plan) == (0, 0, 0, 5)
    assert {state for (state,) in await store.read(lambda c: rows_of(c, loans, "status"))} == {"active"}


async def test_lists_of_an_older_day_or_a_day_to_come_are_refused(store: Store) -> None:
    await bring_in(store, *ROWS)
    with pytest.raises(Untimely) as older:
        await bring_in(store, *ROWS, as_of="2026-11-19")
    assert (
        str(older.value)
        == "the lists are of 2026-11-19, and the register already holds clients of 2026-11-20"
    )
    with pytest.raises(Untimely) as ahead:
        await bring_in(store, *ROWS, as_of="2026-11-25")
    assert str(ahead.value) == "the lists are of 2026-11-25, and that day is still to come"


async def test_every_kind_of_list_has_a_newest_day_of_its_own(store: Store) -> None:
    def clients_alone(as_of: str) -> Incoming:
        return Incoming(Register(as_of, ROWS), Terms(as_of, unsaid=frozenset({"loans"})))

    def staff_alone(as_of: str) -> Incoming:
        return Incoming(Register(as_of, staff=CREW), Terms(as_of))

    async def come(incoming: Incoming) -> Plan:
        return await import_register(incoming, store=store, actor="cli:root", now=AT)

    without_loans = Incoming(
        Register("2026-11-20", tuple(replace(each, loans=()) for each in ROWS)),
        Terms("2026-11-20", unsaid=frozenset({"loans"})),
    )
    await come(without_loans)
    with pytest.raises(Untimely, match=r"already holds clients of 2026-11-20$"):
        await come(replace(without_loans, register=replace(without_loans.register, as_of="2026-11-19")))
    await come(staff_alone("2026-11-18"))
    with pytest.raises(Untimely, match=r"already holds staff of 2026-11-18$"):
        await come(staff_alone("2026-11-17"))
    facts = Incoming(Register("2026-11-01", facts=(BranchFacts("BUN", "2026-10"),)), Terms("2026-11-01"))
    await come(facts)
    with pytest.raises(Untimely, match=r"already holds facts of 2026-11-01$"):
        await come(replace(facts, register=replace(facts.register, as_of="2026-10-31")))


async def test_day_to_come_is_one_where_the_institution_is(store: Store) -> None:
    late = AT.replace(hour=22)
    nairobi = replace(lists(*ROWS, as_of="2026-11-25"), zone=ZoneInfo("Africa/Nairobi"))
    assert (await plan_import(nairobi, store=store, now=late)).clients[Kind.ADDED] == 5
    with pytest.raises(Untimely):
        await plan_import(replace(nairobi, zone=ZoneInfo("UTC")), store=store, now=late)


async def test_deceased_are_told_and_stay(store: Store) -> None:
    await bring_in(store, *ROWS[:4], row("C4", status="deceased", loan=""))
    plan = await bring_in(store, *ROWS[:4], row("C4", loan=""))
    assert (plan.risen, counts(plan)) == (["C4"], (0, 0, 0, 5))
    assert (await states(store))[4][1] == "deceased"


async def test_portfolio_of_the_day_is_kept(store: Store) -> None:
    await bring_in(store, row("C1", outstanding=10.0), row("C2", officer="LO-1"))
    await bring_in(store, row("C1", outstanding=5.0), row("C2", officer="LO-1"), as_of="2026-11-24")
    kept = ("as_of", "officer", "loans", "outstanding")
    assert sorted(await store.read(lambda c: rows_of(c, portfolios, *kept))) == [
        ("2026-11-20", "", 1, 10.0),
        ("2026-11-20", "LO-1", 1, 1000.0),
        ("2026-11-24", "", 1, 5.0),
        ("2026-11-24", "LO-1", 1, 1000.0),
    ]


@pytest.mark.parametrize("way", ["a part", "no loans", "refused rows"])
async def test_portfolio_is_kept_of_whole_lists_of_loans_alone(store: Store, way: str) -> None:
    await bring_in(store, *ROWS)
    later = lists(*ROWS[:4], as_of="2026-11-24", whole=way != "a part")
    if way == "no loans":
        terms = replace(later.terms, unsaid=frozenset({"loans"}))
        later = Incoming(Register("2026-11-24", ROWS), terms)
    elif way == "refused rows":
        later = replace(later, refused=1, terms=replace(later.terms, spared=frozenset({"C4"})))
    await import_register(later, store=store, actor="cli:root", now=AT)
    assert {day for (day,) in await store.read(lambda c: rows_of(c, portfolios, "as_of"))} == {"2026-11-20"}
    await bring_in(store, *ROWS, as_of="2026-11-24")
    assert {day for (day,) in await store.read(lambda c: rows_of(c, portfolios, "as_of"))} == {
        "2026-11-20",
        "2026-11-24",
    }


async def test_facts_of_branches_are_added_and_replaced(store: Store) -> None:
    def facts(*rows: BranchFacts) -> Incoming:
        return Incoming(Register("2026-11-20", facts=rows), Terms("2026-11-20"))

    october = BranchFacts("BUN", "2026-10", new_clients=7)
    for new, rows in [
        (1, (october,)),
        (0, (october,)),
        (2, (replace(october, marketing=50.0), replace(october, month="2026-11"))),
    ]:
        plan = await import_register(facts(*rows), store=store, actor="cli:root", now=AT)
        assert plan.facts == new
    assert await store.read(branch_months.facts_held) == {
        ("BUN", "2026-10"): BranchFacts("BUN", "2026-10", new_clients=7, marketing=50.0),
        ("BUN", "2026-11"): BranchFacts("BUN", "2026-11", new_clients=7),
    }


async def test_plan_tells_everything_and_writes_nothing(store: Store) -> None:
    await bring_in(store, *ROWS)
    told: list[tuple[str, str, str]] = []

    def hear(what: str, change: Change) -> None:
        told.append((what, change.code, change.kind))

    before = await states(store)
    incoming = lists(replace(ROWS[0], name="Other"), *ROWS[1:4], row("C9"), staff=(StaffRow("S1", "Neema"),))
    await plan_import(incoming, store=store, now=AT, tell=hear)
    assert told == [
        ("staff", "S1", "added"),
        ("client", "C0", "changed"),
        ("client", "C9", "added"),
        ("client", "C4", "missing"),
    ]
    assert (await states(store), await store.read(lambda c: rows_of(c, staff, "id"))) == (before, [])


def told_apart(rows: Iterable[tuple[Any, ...]]) -> dict[str, bool]:
    return dict(rows)


async def works_here(store: Store) -> dict[str, bool]:
    return told_apart(await store.read(lambda c: rows_of(c, clients, "code", "works_here")))


async def test_clients_who_are_staff_are_marked(store: Store) -> None:
    crew = (StaffRow("S1", "Neema", phone="+254700"), StaffRow("S2", "Otto", phone="+254701"))
    both = (row("C1", phone="+254700"), row("C2", phone="+254702", works_here=True), row("C3"))
    await bring_in(store, *both, staff=crew)
    assert await works_here(store) == {"C1": True, "C2": True, "C3": False}
    assert counts(await bring_in(store, *both)) == (0, 0, 0, 3)
    gone = (replace(crew[0], left_on="2026-11-19"), crew[1])
    await bring_in(store, *both, staff=gone, allow_closing=True)
    assert await works_here(store) == {"C1": False, "C2": True, "C3": False}


async def test_staff_list_alone_marks_clients_too(store: Store) -> None:
    await bring_in(store, row("C1", phone="+254700"), row("C2"))
    crew = Incoming(
        Register("2026-11-20", staff=(StaffRow("S1", "Neema", phone="+254700"),)), Terms("2026-11-20")
    )
    await import_register(crew, store=store, actor="cli:root", now=AT)
    assert await works_here(store) == {"C1": True, "C2": False}


async def test_who_is_not_on_the_staff_list_any_more_loses_every_role(store: Store) -> None:
    crew = tuple(StaffRow(f"S{number}", f"Name {number}", phone=f"+25470{number}") for number in range(6))
    await bring_in(store, staff=crew)

    def give_roles(connection: Connection) -> None:
        hire(connection, "nobody on a list", role="administrator")
        for staff_id, code in rows_of(connection, staff, "id", "code"):
            if code in {"S0", "S1", "S2"}:
                roles.grant(connection, staff_id, role="manager", branch="", at=AT)

    await store.write(give_roles)
    left = (replace(crew[1], left_on="2026-11-01"), *crew[2:])
    plan = await bring_in(store, staff=left, as_of="2026-11-24", allow_closing=True)
    assert (plan.staff.tally[Kind.MISSING], plan.staff.tally[Kind.CLOSED]) == (1, 1)
    held = await store.read(roles.roles_in_force)
    assert [role.role for role in held] == ["administrator", "manager"]
    lines = await store.read(lambda c: audits.lines(c, limit=9, event="role_revoked"))
    assert [line.actor for line in lines] == ["register"] * 2
    known = await store.read(colleagues.staff_list)
    assert [known[code].left_on for code in ("S0", "S1", "S2")] == ["2026-11-24", "2026-11-01", None]
    with pytest.raises(
        Shrunken, match=r"^2 of 4 members of staff would be gone \(2 missing in the list, 0 ended by it\)$"
    ):
        await bring_in(store, staff=crew[2:4], as_of="2026-11-24")


async def test_staff_are_sealed_and_have_random_subjects(store: Store) -> None:
    crew = (StaffRow("S1", "Neema Juma", phone="+254700", gender="female", title="cashier", branch="BUN"),)
    await bring_in(store, staff=crew)
    await bring_in(store, staff=(replace(crew[0], title="manager", trained_on="2026-01-02"),))
    [(subject, name, title)] = await store.read(lambda c: rows_of(c, staff, "subject", "name", "title"))
    assert (len(subject), b"Neema" in name, title) == (32, False, "manager")
    assert await store.read(colleagues.staff_list) == {
        "S1": replace(crew[0], title="manager", trained_on="2026-01-02")
    }


async def test_old_answers_stay_in_the_branch_where_they_were_given(world: World) -> None:
    await world.enrol("Amina", handle="amina")
    await world.invite("Amina", "client_satisfaction")
    await world.tap("Start", handle="amina")
    for _ in range(3):
        await world.say("1", handle="amina")
    await world.say("stop", handle="amina")
    await world.wait(4 * DAY)
    seen = ("branch", "product", "gender")
    before = await world.store.read(lambda c: rows_of(c, responses, *seen))
    assert {branch for branch, _, _ in before} == {"BUN"}
    moved = row("Amina", branch="BUS", product="group_loan", gender="")
    await import_register(
        lists(moved, as_of=world.clock.now().date().isoformat(), whole=False),
        store=world.store,
        actor="cli:root",
        now=world.clock.now(),
    )
    assert (await world.store.read(lambda c: people.client_by_code(c, "Amina"))).branch == "BUS"
    assert await world.store.read(lambda c: rows_of(c, responses, *seen)) == before


async def test_names_are_not_sealed_again_when_other_facts_change(store: Store) -> None:
    await bring_in(store, *ROWS)
    before = await store.read(lambda c: rows_of(c, people_table, "name"))
    assert counts(await bring_in(store, *(replace(each, branch="BUS") for each in ROWS))) == (0, 5, 0, 0)
    assert await store.read(lambda c: rows_of(c, people_table, "name")) == before
