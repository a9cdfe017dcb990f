"""Whom a standing round invites and when, rule by rule and whatever goes wrong meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from spm_bot.clauses import Round
from spm_bot.fieldwork.sampling import panel_week
from spm_bot.messages import Action, Subject, Token
from spm_bot.protection.consent import Purpose
from spm_bot.storage import consents, outbox, people, rounds, sessions, survey_versions, tables
from spm_bot.storage.outbox import QUEUED, Due
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.vault import Vault
from spm_bot.surveys.session import Session
from spm_bot.times import Week, Weekday
from spm_bot.usecases import invite, invite_in_turn
from spm_bot.usecases.eligibility import candidates
from spm_bot.usecases.find_hour import allowed_from
from spm_bot.usecases.take_turns import invite_due
from tests.seed import AT, DAY, HOUR, asked, enrol, enter, meet, open_round, row, rows_of, say_yes, sign
from tests.stage.world import desk

VISIT = desk().library.survey("branch_visit")
STRESS = desk().library.survey("debt_stress")
WINDOW = timedelta(hours=72)
WEEK = timedelta(weeks=1)
Change = Callable[[Connection], None]


@pytest.fixture
async def sqlite_store(filled_sqlite: Path, tmp_path: Path, vault: Vault) -> AsyncIterator[Store]:
    """For tables of cases in which the database plays no part."""
    copied = shutil.copy(filled_sqlite, tmp_path / "rules.db")
    opened = await Store.open(f"sqlite+aiosqlite:///{copied}", vault=vault, durability="off", lanes=1)
    yield opened
    await opened.close()


def standing(survey: str = "branch_visit", *, weeks: int = 1) -> Round:
    return Round(
        code=survey, survey=survey, weekday=Weekday.TUESDAY, time=time(10), cycle_weeks=weeks, window_hours=72
    )


def prepare(connection: Connection, *, count: int = 1) -> list[int]:
    for survey in (VISIT, STRESS):
        sign(connection, survey, "en", "fr")
    return enrol(connection, *(row(f"C{number}") for number in range(count)))


async def invited(store: Store, *columns: str) -> list[tuple[Any, ...]]:
    return await store.read(lambda c: rows_of(c, tables.invitations, *columns))


async def waiting(store: Store, now: datetime) -> list[Due]:
    return await store.read(partial(outbox.due, now=now, limit=1000))


async def test_invitation_and_message_are_written_together(store: Store) -> None:
    [client] = await store.write(prepare)
    assert await invite_due(standing(), AT, store=store, desk=desk()) == 1
    times = ("invited_at", "expires_at", "delivered_at")
    assert await invited(store, "client_id", "wave", "survey", *times, "outcome") == [
        (client, 0, "branch_visit", AT, AT + WINDOW, None, None)
    ]
    [(identity, branch, arrears, week)] = await invited(store, "id", "branch", "in_arrears", "week")
    assert (branch, arrears, week) == ("BUN", False, "2026-W48")
    [due] = await waiting(store, AT)
    assert (due.kind, due.invitation, due.expires_at) == ("invitation", identity, AT + WINDOW)
    assert due.message.ref == f"i{identity}.0"
    tokens = [button.token for buttons in due.message.buttons for button in buttons]
    actions = (Action.START, Action.LATER, Action.NO)
    assert tokens == [Token(Subject.INVITATION, identity, 0, action) for action in actions]


async def test_invitation_tells_a_bystander_nothing_of_the_client(store: Store) -> None:
    await store.write(lambda c: sign(c, STRESS, "en"))
    await store.write(lambda c: enrol(c, row(days_in_arrears=40)))
    await invite_due(standing("debt_stress"), AT, store=store, desk=desk())
    [due] = await waiting(store, AT)
    intro, rest = due.message.text.split("\n")
    assert intro == "We would like to hear how you and your family are doing."
    assert "Umoja Microfinance asks: " in rest
    assert "the Client Voice team at head office" in rest
    for secret in ("Wanjiku", "loan officer", "arrears", "debt", "stress"):
        assert secret not in due.message.text


async def test_invitation_is_sent_only_in_a_signed_language(store: Store) -> None:
    await store.write(lambda c: sign(c, VISIT, "fr"))
    await store.write(lambda c: [*enrol(c, row("C1"), language="fr"), *enrol(c, row("C2"))])
    assert await invite_due(standing(), AT, store=store, desk=desk()) == 1
    [due] = await waiting(store, AT)
    assert VISIT.intro is not None
    assert due.message.text.split("\n")[0] == VISIT.intro.in_("fr")


async def test_private_questions_count_only_for_who_agreed_to_them(store: Store) -> None:
    def agree(connection: Connection) -> None:
        prepare(connection, count=2)
        consents.record(
            connection,
            subject=people.client_by_code(connection, "C1").subject,
            purpose=Purpose.PRIVATE,
            given=True,
            text_version="v1",
            language="en",
            channel="test",
            at=AT,
        )

    await store.write(agree)
    await invite_due(standing("debt_stress"), AT, store=store, desk=desk())
    first, second = await waiting(store, AT)
    assert "4 questions" in first.message.text
    assert "11 questions" in second.message.text


async def test_running_again_invites_nobody_twice(store: Store) -> None:
    await store.write(partial(prepare, count=3))
    assert await invite_due(standing(), AT, store=store, desk=desk()) == 3
    assert await invite_due(standing(), AT, store=store, desk=desk()) == 0
    assert await invite_due(standing(), AT + HOUR, store=store, desk=desk()) == 0
    assert len(await invited(store, "id")) == len(await waiting(store, AT)) == 3


async def test_killed_between_chunks_it_goes_on_where_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invite_in_turn, "CHUNK", 2)
    ids = await store.write(partial(prepare, count=5))
    broken, free = fault_at(ids[3])
    await store.write(broken)
    with pytest.raises(Exception, match="killed"):
        await invite_due(standing(), AT, store=store, desk=desk())
    before = [client for (client,) in await invited(store, "client_id")]
    assert len(before) in {0, 2, 4}, "whole chunks or nothing"
    assert ids[3] not in before
    await store.write(free)
    assert await invite_due(standing(), AT, store=store, desk=desk()) == 5 - len(before)
    after = [client for (client,) in await invited(store, "client_id")]
    assert (after[: len(before)], sorted(after)) == (before, ids)
    assert len(await waiting(store, AT)) == 5


def fault_at(client: int) -> tuple[Change, Change]:
    """Works that make the invitation of one client fail, and that let it pass again."""

    def broken(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                f"CREATE TRIGGER fault BEFORE INSERT ON invitations WHEN NEW.client_id = {client}"
                " BEGIN SELECT RAISE(ABORT, 'killed'); END"
            )
        else:
            check = f"ALTER TABLE invitations ADD CONSTRAINT killed CHECK (client_id <> {client})"
            connection.exec_driver_sql(check)

    def free(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER fault")
        else:
            connection.exec_driver_sql("ALTER TABLE invitations DROP CONSTRAINT killed")

    return broken, free


async def test_everybody_has_their_week_and_is_asked_once_a_cycle(store: Store) -> None:
    ids = await store.write(partial(prepare, count=12))
    counts = [
        await invite_due(standing(weeks=4), AT + number * WEEK, store=store, desk=desk())
        for number in range(8)
    ]
    [round_] = await store.read(rounds.all_rounds)
    turns = {client: panel_week(client, seed=round_.seed, cycle_weeks=4) for client in ids}
    assert counts == [list(turns.values()).count(number % 4) for number in range(8)]
    found = await invited(store, "client_id", "wave", "invited_at")
    assert sorted((client, wave) for client, wave, _ in found) == [
        (client, turns[client] + begun) for client in ids for begun in (0, 4)
    ]
    assert all(at == AT + wave * WEEK for _, wave, at in found)


async def test_who_joins_after_their_week_is_asked_in_a_later_one(store: Store) -> None:
    await store.write(prepare)
    await invite_due(standing(weeks=4), AT, store=store, desk=desk())
    [late] = await store.write(lambda c: enrol(c, row("late")))
    await invite_due(standing(weeks=4), AT + 3 * WEEK, store=store, desk=desk())
    assert late in {client for (client,) in await invited(store, "client_id")}


def closed(connection: Connection) -> None:
    enter(connection, row("C0", status="closed"))


def young(connection: Connection) -> None:
    enter(connection, row("C0", birth_year=2010))


def ageless(connection: Connection) -> None:
    enter(connection, row("C0", birth_year=None))


def loanless(connection: Connection) -> None:
    enter(connection, row("C0", loan=""))


def silent(connection: Connection) -> None:
    people.set_reachable(connection, meet(connection, "C0"), reachable=False)


def withdrawn(connection: Connection) -> None:
    say_yes(connection, "C0", given=False)


def foreign(connection: Connection) -> None:
    people.set_language(connection, meet(connection, "C0"), "sw")


def chatless(connection: Connection) -> None:
    client = people.client_by_code(connection, "C0").id
    connection.execute(tables.holders.delete().where(tables.holders.c.client_id == client))


def busy(connection: Connection) -> None:
    sessions.open_session(
        connection,
        Session(VISIT.code, VISIT.version, "en", AT, turn=1),
        version=survey_versions.keep(connection, VISIT),
        form=False,
        address=meet(connection, "C0"),
        client=people.client_by_code(connection, "C0").id,
        lasts=WINDOW,
    )


def hired(connection: Connection) -> None:
    client = people.client_by_code(connection, "C0").id
    connection.execute(update(tables.clients).where(tables.clients.c.id == client).values(works_here=True))


def born_late(connection: Connection) -> None:
    client = people.client_by_code(connection, "C0").id
    mine = tables.clients.c.id == client
    connection.execute(update(tables.clients).where(mine).values(born_on="2008-11-25"))


def asked_lately(connection: Connection) -> None:
    client = people.client_by_code(connection, "C0").id
    other = open_round(connection, "other", survey="client_satisfaction")
    rounds.invite(connection, other, [asked(client, at=AT - 20 * DAY)])


@pytest.mark.parametrize(
    "change",
    [
        closed,
        young,
        ageless,
        loanless,
        silent,
        withdrawn,
        foreign,
        chatless,
        busy,
        hired,
        born_late,
        asked_lately,
    ],
)
async def test_whom_a_rule_protects_is_not_invited(sqlite_store: Store, change: Change) -> None:
    _, other = await sqlite_store.write(partial(prepare, count=2))
    await sqlite_store.write(change)
    assert await invite_due(standing("debt_stress"), AT, store=sqlite_store, desk=desk()) == 1
    assert (await invited(sqlite_store, "client_id"))[-1] == (other,)


async def test_clients_in_arrears_are_asked_like_all_others(store: Store) -> None:
    await store.write(prepare)
    await store.write(lambda c: enrol(c, row("late", days_in_arrears=90)))
    assert await invite_due(standing("debt_stress"), AT, store=store, desk=desk()) == 2
    assert await invited(store, "in_arrears") == [(False,), (True,)]


@pytest.mark.parametrize(
    ("slot", "allowed"),
    [
        ("2026-11-24T07:00", "2026-11-24T07:00"),
        ("2026-11-24T15:59", "2026-11-24T15:59"),
        ("2026-11-24T16:00", "2026-11-25T06:00"),
        ("2026-11-24T03:00", "2026-11-24T06:00"),
        ("2026-11-22T07:00", "2026-11-23T06:00"),
        ("2026-12-12T07:00", "2026-12-14T06:00"),
        ("2026-12-24T17:00", "2026-12-28T06:00"),
    ],
    ids=["open", "last minute", "evening", "night", "Sunday", "holiday before a Sunday", "Christmas"],
)
async def test_it_waits_for_an_hour_at_which_clients_may_be_written_to(
    sqlite_store: Store, slot: str, allowed: str
) -> None:
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (slot, allowed))
    await sqlite_store.write(prepare)
    await invite_due(standing(), at, store=sqlite_store, desk=desk())
    week = str(Week.of(expected, desk().institution.time_zone))
    assert await invited(sqlite_store, "invited_at", "expires_at", "week") == [
        (expected, expected + WINDOW, week)
    ]
    queued = await sqlite_store.read(lambda c: rows_of(c, tables.outbox, "not_before", "expires_at", "state"))
    assert queued == [(expected, expected + WINDOW, QUEUED)]


def pays(day: str, frequency: str) -> Change:
    def change(connection: Connection) -> None:
        paid = {"next_due_on": day, "repayment_frequency": frequency}
        connection.execute(update(tables.loans).values(paid))

    return change


@pytest.mark.parametrize(
    ("day", "frequency", "slot", "allowed"),
    [
        ("2026-11-26", "weekly", "2026-11-24T07:00", "2026-11-24T07:00"),
        ("2026-11-26", "weekly", "2026-11-25T07:00", "2026-11-28T06:00"),
        ("2026-09-10", "weekly", "2026-11-25T07:00", "2026-11-28T06:00"),
        # From Thursday to Saturday it is quiet, on Sunday is rest: Monday is in time.
        ("2026-11-27", "weekly", "2026-11-26T07:00", "2026-11-30T06:00"),
        ("2026-10-26", "monthly", "2026-11-25T07:00", "2026-11-28T06:00"),
        ("2026-11-25", "bullet", "2026-11-25T07:00", "2026-11-27T06:00"),
        ("2026-10-25", "bullet", "2026-11-25T07:00", "2026-11-25T07:00"),
        ("2026-11-25", "daily", "2026-11-25T06:00", "2026-11-25T07:00"),
    ],
)
async def test_it_waits_until_the_due_date_is_over(
    sqlite_store: Store, day: str, frequency: str, slot: str, allowed: str
) -> None:
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (slot, allowed))
    await sqlite_store.write(prepare)
    await sqlite_store.write(pays(day, frequency))
    await invite_due(standing(), at, store=sqlite_store, desk=desk())
    assert await invited(sqlite_store, "invited_at") == [(expected,)]


async def test_whom_no_day_of_the_week_is_left_for_is_not_invited(sqlite_store: Store) -> None:
    """They pay on Wednesday, and Christmas and a Sunday follow: nothing is open for more than a week."""
    days = tuple(date(2026, 12, day) for day in range(24, 32))
    shut = desk().institution.model_copy(update={"holidays": days})
    closed_desk = replace(desk(), institution=shut)
    await sqlite_store.write(prepare)
    await sqlite_store.write(pays("2026-12-23", "weekly"))
    at = datetime(2026, 12, 22, 7, tzinfo=UTC)
    assert await invite_due(standing(), at, store=sqlite_store, desk=closed_desk) == 0
    assert await invite_due(standing(), at + WEEK, store=sqlite_store, desk=closed_desk) == 1


def test_branch_with_its_own_days_is_written_to_on_them() -> None:
    institution = desk().institution
    branches = tuple(
        branch.model_copy(update={"rest_days": (Weekday.TUESDAY,), "holidays": ()})
        if branch.code == "BUS"
        else branch
        for branch in institution.branches
    )
    own = replace(desk(), institution=institution.model_copy(update={"branches": branches}))
    assert allowed_from(own, "BUN", AT) == AT
    assert allowed_from(own, "BUS", AT) == AT + 23 * HOUR
    assert allowed_from(own, "unknown to the file", AT) == AT


@pytest.mark.parametrize("missing", ["helplines", "remedies"])
async def test_who_cannot_help_may_not_ask(sqlite_store: Store, missing: str) -> None:
    await sqlite_store.write(prepare)
    helpless = replace(desk(), institution=desk().institution.model_copy(update={missing: ()}))
    assert await invite_due(standing(), AT, store=sqlite_store, desk=helpless) == 0
    assert await sqlite_store.read(rounds.all_rounds) == []


async def test_wording_that_nobody_signed_is_sent_to_nobody(store: Store) -> None:
    await store.write(lambda c: enrol(c, row()))
    assert await invite_due(standing(), AT, store=store, desk=desk()) == 0


async def test_candidate_without_a_chat_gets_no_message(store: Store) -> None:
    """Rules let none through; should one be, nothing is queued for a chat that is not there."""

    def write(connection: Connection) -> int:
        [client] = enter(connection, row())
        [candidate] = candidates(connection, people.clients_by_id(connection, [client]), now=AT)
        round_ = open_round(connection, survey="branch_visit")
        return invite.write_invitations(
            connection, desk(), round_, VISIT, [candidate], when={client: AT}, wave=0, window=WINDOW
        )

    assert await store.write(write) == 1
    assert await waiting(store, AT) == []


@pytest.mark.parametrize("cycle", [1, 4])
@pytest.mark.parametrize("gaps", [(0, 0, 1, 2), (3, 1, 3, 1), (9, 0, 2, 5, 1)])
async def test_however_irregularly_it_runs_nobody_is_asked_too_soon(
    sqlite_store: Store, gaps: tuple[int, ...], cycle: int
) -> None:
    """Slots may be missed or repeated; the rules of contact hold all the same."""
    await sqlite_store.write(partial(prepare, count=6))
    now = AT
    for gap in gaps:
        now += gap * WEEK
        await invite_due(standing(weeks=cycle), now, store=sqlite_store, desk=desk())
    found = await invited(sqlite_store, "client_id", "wave", "invited_at")
    assert len({(client, wave) for client, wave, _ in found}) == len(found) > 0
    for client in {client for client, _, _ in found}:
        own = sorted(at for who, _, at in found if who == client)
        assert all(later - earlier >= 21 * DAY for earlier, later in pairwise(own))
