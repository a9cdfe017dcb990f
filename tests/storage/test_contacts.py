from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import update

from spm_bot.analytics.diligence import EndingRow
from spm_bot.analytics.heard import ContactRow, Span
from spm_bot.storage import responses, rounds
from spm_bot.storage.contacts import contact_rows, ending_rows
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import invitations, sessions
from spm_bot.times import Week
from tests.seed import AT, asked, enter, open_round, row
from tests.storage.test_responses import answered

WEEK = Week(2026, 48)


async def over(store: Store, span: Span, week: Week = WEEK) -> list[ContactRow]:
    return [row for row in await store.read(lambda c: contact_rows(c, week)) if row.span is span]


def invited(
    connection: Connection,
    round_: Round,
    client: int,
    *,
    outcome: str | None = None,
    delivered: bool = True,
    **changes: Any,
) -> None:
    [made] = rounds.invite(connection, round_, [asked(client, **changes)]).values()
    rounds.set_delivered(connection, [made] if delivered else [], at=AT)
    rounds.set_outcome(connection, made, outcome)


async def test_each_client_counts_once_whatever_asked_them(store: Store) -> None:
    def fill(connection: Connection) -> None:
        stress, sat = open_round(connection), open_round(connection, "sat", survey="client_satisfaction")
        one, two, three, four = enter(connection, *(row(f"C{number}") for number in range(4)))
        invited(connection, stress, one, outcome="completed")
        invited(connection, sat, one, outcome="no_answer", delivered=False)
        invited(connection, stress, two, outcome="partial")
        invited(connection, stress, three, outcome="unreachable", delivered=False)
        invited(connection, stress, four, outcome="break_off", branch="BUS", in_arrears=True)

    await store.write(fill)
    found = await over(store, Span.WEEK)
    assert found == [
        ContactRow(Span.WEEK, "BUN", arrears=False, borrower=True, asked=3, delivered=2, answered=2),
        ContactRow(Span.WEEK, "BUS", arrears=True, borrower=True, asked=1, delivered=1, answered=0),
    ]


async def test_client_in_arrears_once_counts_as_in_arrears(store: Store) -> None:
    def fill(connection: Connection) -> None:
        round_ = open_round(connection)
        [one] = enter(connection, row())
        invited(connection, round_, one, week="2026-W40", in_arrears=True)
        invited(connection, round_, one, week="2026-W48", wave=1, outcome="completed")

    await store.write(fill)
    found = await over(store, Span.QUARTER)
    assert found == [
        ContactRow(Span.QUARTER, "BUN", arrears=True, borrower=True, asked=1, delivered=1, answered=1)
    ]


async def test_client_counts_as_borrower_by_the_day_of_the_invitation(store: Store) -> None:
    def fill(connection: Connection) -> None:
        round_ = open_round(connection)
        one, two = enter(connection, row("C1"), row("C2", loan=""))
        invited(connection, round_, one, outcome="completed", has_loan=False)
        invited(connection, round_, two, week="2026-W40", has_loan=True)
        invited(connection, round_, two, wave=1, has_loan=False)

    await store.write(fill)
    found = await over(store, Span.QUARTER)
    assert found == [
        ContactRow(Span.QUARTER, "BUN", arrears=False, borrower=False, asked=1, delivered=1, answered=1),
        ContactRow(Span.QUARTER, "BUN", arrears=False, borrower=True, asked=1, delivered=1, answered=0),
    ]


async def test_spans_are_those_of_the_digest(store: Store) -> None:
    """The digest of week 47 is no first of a month: branches stand as week 44 closed them, after week 40."""

    def fill(connection: Connection) -> None:
        standing, adhoc = open_round(connection), open_round(connection, "visit", origin="adhoc")
        weeks = (
            "2026-W31",
            "2026-W32",
            "2026-W35",
            "2026-W39",
            "2026-W40",
            "2026-W44",
            "2026-W47",
            "2026-W48",
        )
        ids = enter(connection, *(row(f"C{number}") for number in range(9)))
        for client, week in zip(ids, weeks, strict=False):
            invited(connection, standing, client, week=week)
        invited(connection, adhoc, ids[8], week="2026-W47")

    await store.write(fill)
    found = await store.read(lambda c: contact_rows(c, Week(2026, 47)))
    assert {row.span: row.asked for row in found} == {
        Span.WEEK: 1,
        Span.QUARTER: 5,
        Span.BRANCH: 5,
        Span.MONTH: 1,
    }
    assert await store.read(lambda c: contact_rows(c, Week(2025, 13))) == ()


async def test_invitations_cut_from_their_clients_count_as_one_person_each(store: Store) -> None:
    def fill(connection: Connection) -> None:
        round_ = open_round(connection)
        for client in enter(connection, row("C1"), row("C2")):
            invited(connection, round_, client, outcome="completed")
        connection.execute(update(invitations).values(client_id=None))

    await store.write(fill)
    found = await over(store, Span.QUARTER)
    assert found == [
        ContactRow(Span.QUARTER, "BUN", arrears=False, borrower=True, asked=2, delivered=2, answered=2)
    ]


async def test_endings_are_counted_by_survey_branch_and_band(store: Store) -> None:
    def fill(connection: Connection) -> None:
        stress, sat = open_round(connection), open_round(connection, "sat", survey="client_satisfaction")
        outcomes = (
            "completed",
            "partial",
            "break_off",
            "refused",
            "no_answer",
            "not_eligible",
            "expired",
            None,
        )
        late = enter(connection, *(row(f"L{n}", days_in_arrears=31) for n in range(8)))
        for client, outcome in zip(late, outcomes, strict=True):
            sent = outcome not in ("not_eligible", "expired")
            invited(connection, stress, client, outcome=outcome, delivered=sent)
        [fine] = enter(connection, row("F1"))
        invited(connection, sat, fine, outcome="unreachable", delivered=False, branch="BUS")
        invited(connection, sat, late[0], outcome="completed", week="2026-W01")
        invited(connection, open_round(connection, "visit", origin="adhoc"), fine, outcome="completed")

    await store.write(fill)
    assert [row for row in await store.read(lambda c: ending_rows(c, WEEK)) if row.span is Span.QUARTER] == [
        EndingRow(Span.QUARTER, "client_satisfaction", "BUS", "none", 1, 0, 0, 0, 0, 0, 0, unreachable=1),
        EndingRow(Span.QUARTER, "debt_stress", "BUN", "over_30", 7, 6, 1, 1, 1, 1, 1, unreachable=0),
    ]


async def test_endings_of_the_forgotten_have_no_band(store: Store) -> None:
    def fill(connection: Connection) -> None:
        round_ = open_round(connection)
        invited(connection, round_, *enter(connection, row("C1")), outcome="completed")
        connection.execute(update(invitations).values(client_id=None))

    await store.write(fill)
    [week] = [row for row in await store.read(lambda c: ending_rows(c, WEEK)) if row.span is Span.QUARTER]
    assert (week.arrears, week.completed) == ("", 1)


async def test_answer_after_the_span_is_none_yet(store: Store) -> None:
    def fill(connection: Connection) -> None:
        response = answered(connection)
        responses.record(connection, response)
        round_ = open_round(connection)
        [made] = rounds.invite(connection, round_, [asked(response.client, week="2026-W47")]).values()
        rounds.set_outcome(connection, made, "completed")
        connection.execute(update(sessions).values(invitation_id=made))

    await store.write(fill)
    [then] = await over(store, Span.QUARTER, Week(2026, 47))
    [now] = await over(store, Span.QUARTER)
    assert (then.answered, now.answered) == (0, 1)
    ended = [await store.read(partial(ending_rows, week=week)) for week in (Week(2026, 47), WEEK)]
    assert [(rows[0].completed, rows[0].unanswered) for rows in ended] == [(0, 1), (1, 0)]
