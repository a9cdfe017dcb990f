from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from spm_bot.analytics.digest import ContactRow, CoverageRow, ObservationRow, PortfolioRow, Span, from_json
from spm_bot.storage import (
    digests,
    observations,
    outbox,
    people,
    responses,
    rounds,
    sessions,
    survey_versions,
)
from spm_bot.storage.observations import Segments
from spm_bot.storage.responses import Response
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import digests as digest_table
from spm_bot.storage.tables import files as file_table
from spm_bot.surveys.session import Session
from spm_bot.times import Week
from spm_bot.usecases.report import Inputs, compute, gather, weekly
from spm_bot.usecases.visit import Desk
from tests.seed import AT, DAY, asked, enrol, hire, meet, open_round, row, rows_of
from tests.stage.world import desk

WEEK = Week.parse("2026-W47")
SURVEY = desk().library.survey("debt_stress")


def small_desk() -> Desk:
    """The example institution with two branches: a digest each takes its time."""
    institution = desk().institution
    return replace(desk(), institution=institution.model_copy(update={"branches": institution.branches[:2]}))


def answer(
    connection: Connection,
    code: str,
    *,
    week: Week,
    value: float | None = 1.0,
    origin: str = "standing",
    days_in_arrears: int = 0,
    branch: str = "BUN",
    invited: Week | None = None,
) -> int:
    """A client who answered in `week`, and was asked in that week unless `invited` says when."""
    [client] = enrol(connection, row(code, branch=branch, days_in_arrears=days_in_arrears))
    round_ = open_round(connection, origin, origin=origin)
    fresh = asked(client, week=str(invited or week), branch=branch, in_arrears=days_in_arrears > 0)
    [made] = rounds.invite(connection, round_, [fresh]).values()
    rounds.set_delivered(connection, [made], at=AT)
    rounds.set_outcome(connection, made, "completed")
    opened = sessions.open_session(
        connection,
        Session(SURVEY.code, SURVEY.version, "en", AT, turn=1),
        version=survey_versions.keep(connection, SURVEY),
        form=False,
        address=meet(connection, code),
        client=client,
        invitation=made,
        lasts=timedelta(hours=72),
    )
    response = Response(
        session=opened.id,
        client=client,
        survey="debt_stress",
        origin=origin,
        partial=False,
        late=False,
        language="en",
        channel="test",
        started_at=AT,
        ended_at=AT,
        week=str(week),
        scored={},
    )
    observations.add(
        connection,
        responses.record(connection, response),
        [("DST5", value)],
        week=str(week),
        survey="debt_stress",
        origin=origin,
        partial=False,
        segments=Segments(branch, "", "", "", days_in_arrears > 0, "en", "test"),
    )
    return client


async def test_everything_a_digest_needs_is_gathered(store: Store) -> None:
    """W44 closed the last month: who answered after it is not yet heard in what is said of a branch."""
    first, before = WEEK.minus(47), WEEK.minus(48)

    def contact(span: Span, branch: str, *, arrears: bool, asked: int = 1, answered: int = 1) -> ContactRow:
        return ContactRow(span, branch, arrears, True, asked, asked, answered)

    def fill(connection: Connection) -> list[int]:
        old = answer(connection, "old", week=first)
        answer(connection, "too old", week=before)
        now = answer(connection, "now", week=WEEK, value=None, days_in_arrears=40, branch="BUS")
        answer(connection, "next", week=WEEK.next())
        answer(connection, "adhoc", week=WEEK, origin="adhoc")
        quarter = answer(connection, "quarter", week=WEEK.minus(12), value=0.0)
        fresh = answer(connection, "fresh", week=WEEK.minus(4))
        late = answer(connection, "late", week=WEEK.minus(2), invited=WEEK.minus(3))
        return [old, now, quarter, fresh, late]

    old, now, quarter, fresh, late = await store.write(fill)
    assert await store.read(partial(gather, week=WEEK)) == Inputs(
        observations=(
            ObservationRow(str(first), "debt_stress", "DST5", 1.0, "BUN", old),
            ObservationRow("2026-W47", "debt_stress", "DST5", None, "BUS", now),
            ObservationRow("2026-W35", "debt_stress", "DST5", 0.0, "BUN", quarter),
            ObservationRow("2026-W43", "debt_stress", "DST5", 1.0, "BUN", fresh),
            ObservationRow("2026-W45", "debt_stress", "DST5", 1.0, "BUN", late),
        ),
        contacts=(
            contact(Span.QUARTER, "BUN", arrears=False, asked=3, answered=3),
            contact(Span.QUARTER, "BUS", arrears=True),
            contact(Span.WEEK, "BUS", arrears=True),
            contact(Span.BRANCH, "BUN", arrears=False, asked=3, answered=2),
            contact(Span.MONTH, "BUN", arrears=False, asked=2, answered=1),
        ),
        coverage=(
            CoverageRow("BUN", borrowers=7, joined=7, in_arrears=0, joined_in_arrears=0),
            CoverageRow("BUS", borrowers=1, joined=1, in_arrears=1, joined_in_arrears=1),
        ),
        portfolio=(
            PortfolioRow("BUN", "KES", 7000.0, 0.0, 0.0, date(2026, 11, 20)),
            PortfolioRow("BUS", "KES", 1000.0, 1000.0, 0.0, date(2026, 11, 20)),
        ),
    )


async def test_empty_database_gathers_nothing(store: Store) -> None:
    assert await store.read(partial(gather, week=WEEK)) == Inputs((), (), (), ())


def fill(connection: Connection) -> None:
    for number in range(12):
        answer(connection, f"C{number}", week=WEEK, value=float(number < 4))
    hire(connection, "head", role="spm_manager")
    hire(connection, "bungoma", role="manager", branch="BUN")


async def sent(store: Store) -> dict[str, list[str]]:
    due = await store.read(partial(outbox.due, now=AT + DAY, limit=100))
    handles = await store.read(partial(people.handles, address_ids={each.address_id for each in due}))
    return {handles[each.address_id].handle: each.message.text.splitlines()[:1] for each in due}


async def test_weekly_makes_stores_and_hands_out_each_scope_once(store: Store) -> None:
    await store.write(fill)
    small = small_desk()
    made = await weekly(WEEK, store=store, desk=small, now=AT)
    assert [report.digest.scope for report in made] == [None, "BUN", "BUS"]
    for report in made:
        stored = await store.read(partial(digests.find, week="2026-W47", scope=report.digest.scope or ""))
        assert stored is not None
        assert (from_json(stored.body), stored.card) == (report.digest, report.card)
        assert stored.picture is not None
        assert await store.read(partial(outbox.file_body, name=stored.picture)) == report.picture
    handed = await sent(store)
    assert handed == {"head": [made[0].card.splitlines()[0]], "bungoma": [made[1].card.splitlines()[0]]}

    again = await weekly(WEEK, store=store, desk=small, now=AT + DAY)
    assert again == made
    assert len(await store.read(partial(outbox.due, now=AT + DAY, limit=100))) == 2
    assert len(await store.read(lambda c: rows_of(c, digest_table, "id"))) == 3
    assert len(await store.read(lambda c: rows_of(c, file_table, "id"))) == len(
        {report.picture for report in made}
    )


async def test_all_digests_of_a_week_are_read_at_one_moment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is answered while they are made, the institution's and the branches' figures agree."""
    await store.write(fill)
    read, reads = store.read, []

    async def counted(work: Callable[[Connection], Any]) -> object:
        reads.append(work)
        return await read(work)

    monkeypatch.setattr(store, "read", counted)
    made = await weekly(WEEK, store=store, desk=small_desk(), now=AT)
    assert (len(made), len(reads)) == (3, 1)


async def test_digest_counts_what_clients_said(store: Store) -> None:
    await store.write(fill)
    digest = await compute(WEEK, None, store=store, desk=small_desk())
    figure = digest.figure("DST5")
    assert figure is not None
    assert digest.minimum_cell == 10
    assert digest.institution == "Umoja Microfinance"


async def test_unknown_branch_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="XXX"):
        await compute(WEEK, "XXX", store=store, desk=small_desk())
