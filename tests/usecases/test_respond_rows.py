"""Which rows a survey leaves behind, by how it ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from spm_bot.analytics.dimensions import Dimension
from spm_bot.fieldwork.register import LoanRow
from spm_bot.storage import people, rounds, sessions, survey_versions
from spm_bot.storage.sessions import ENDED, EXPIRED, Opened
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import invitations, observations, responses
from spm_bot.surveys import engine
from spm_bot.surveys.session import State
from spm_bot.usecases.facts import client_facts
from spm_bot.usecases.respond import respond
from tests.seed import AT, DAY, HOUR, asked, enrol, enter, meet, open_round, play, row, rows_of
from tests.stage.world import desk

Said = Mapping[str, str | tuple[str, ...]]

STRESS: Said = {
    "ds0": "yes",
    "ds1": "very",
    "ds2": "behind_now",
    "ds4": "us",
    "ds3": "weeks_3_6",
    "ds5": "no",
    "ds6": ("none",),
    "ds7": "many",
    "ds8": ("shamed", "stayed"),
    "ds9": "not_enough",
    "ds10": "no",
}
SATISFACTION: Said = {
    "cs3": "4",
    "cs1": "9",
    "cs2": "the staff is kind",
    "cs4": "always",
    "cs5": "3",
    "cs6": "some",
    "cs10": "leave",
    "cs7": "afraid",
    "cs8": "staff",
    "cs9": "nottold_fear",
}
TABLES = {"invitations": invitations, "observations": observations, "responses": responses}


def begin(connection: Connection, survey: str, *, invited: bool = True, origin: str = "standing") -> Opened:
    """Client C1, who agreed to private questions too, has just begun."""
    definition = desk().library.survey(survey)
    [client] = enrol(connection, row(days_in_arrears=3))
    invitation = None
    if invited:
        round_ = open_round(connection, survey=survey, origin=origin)
        invitation = rounds.invite(connection, round_, [asked(client)])[client]
    known = people.client(connection, client)
    facts = client_facts(connection, desk(), known, language="en", now=AT)
    values = {**facts, "private_items": "yes"}
    return sessions.open_session(
        connection,
        engine.begin(definition, language="en", at=AT, values=values).session,
        version=survey_versions.keep(connection, definition),
        form=False,
        address=meet(connection, "C1"),
        client=client,
        invitation=invitation,
        lasts=timedelta(hours=72),
    )


def go_on(connection: Connection, opened: Opened, said: Said, *, end: State | None, at: datetime) -> Opened:
    """Answers, then the end of that kind (None where the last question ended it), then the response."""
    survey = desk().library.survey(opened.session.survey)
    session = play(survey, opened.session, said, at=at)
    match end:
        case State.STOPPED:
            session = engine.stop(session).session
        case State.EXPIRED:
            session = engine.expire(session).session
        case _:
            assert session.state is State.FINISHED
    status = EXPIRED if end is State.EXPIRED else ENDED
    saved = sessions.save(connection, opened, session, status=status, at=at)
    respond(connection, desk(), saved, survey, now=at)
    return saved


def answered(
    connection: Connection,
    *,
    survey: str,
    said: Said,
    end: State | None = None,
    invited: bool = True,
    origin: str = "standing",
) -> Opened:
    opened = begin(connection, survey, invited=invited, origin=origin)
    return go_on(connection, opened, said, end=end, at=AT + HOUR)


async def table(store: Store, name: str, *columns: str) -> list[tuple[Any, ...]]:
    return await store.read(lambda c: rows_of(c, TABLES[name], *columns))


async def observed(store: Store) -> list[tuple[str, float | None]]:
    found = await table(store, "observations", "indicator", "value")
    return [(indicator, value) for indicator, value in found]


async def test_debt_stress_gives_these_observations(store: Store) -> None:
    await store.write(partial(answered, survey="debt_stress", said=STRESS))
    # (15·100 + 10·100 + 20·75 + 15·75 + 15·0 + 15·0 + 10·67) / 100
    assert await observed(store) == [
        ("DST1", 1.0),
        ("DST2", 1.0),
        ("DST3", 1.0),
        ("DST4", 0.0),
        ("DST5", 1.0),
        ("DST6", pytest.approx(57.95)),
        ("DST7", 1.0),
        ("DST7g", 0.0),
        ("CAS0", 0.0),
        ("DST8", 1.0),
        ("DST9", 1.0),
    ]
    columns = ("survey", "origin", "partial", "late", "language", "channel", "started_at", "ended_at", "week")
    assert await table(store, "responses", *columns) == [
        ("debt_stress", "standing", False, False, "en", "test", AT, AT + HOUR, "2026-W48")
    ]
    [(scored,)] = await table(store, "responses", "scored")
    found = json.loads(scored)
    assert found["bands"] == {"dsi": "high"}
    assert found["flags"] == ["RF_REFINANCE", "RF_SHAME", "RF_THREAT"]
    assert await table(store, "invitations", "outcome") == [("completed",)]


async def test_satisfaction_gives_these_observations(store: Store) -> None:
    await store.write(partial(answered, survey="client_satisfaction", said=SATISFACTION))
    assert await observed(store) == [
        ("SAT1", 100.0),
        ("SAT2", 1.0),
        ("SAT3", 1.0),
        ("SAT4", 0.0),
        ("SAT5", 0.0),
        ("SAT5b", 1.0),
        ("SAT6", 1.0),
        ("SAT8", 1.0),
        ("SAT8b", 1.0),
        ("SAT9", 1.0),
    ]


async def test_response_keeps_where_the_client_stood_that_day(store: Store) -> None:
    await store.write(partial(answered, survey="client_satisfaction", said=SATISFACTION))
    await store.write(lambda c: enter(c, row(branch="BUS", days_in_arrears=0)))
    stood = ("BUN", "business_loan", "individual", "female", "over_3", "", "to_30", "en", "test", "")
    assert await table(store, "responses", *Dimension) == [stood]


async def test_skipped_and_unasked_items_give_nothing(store: Store) -> None:
    said = {**SATISFACTION, "cs3": "skip", "cs1": "skip", "cs4": "na", "cs8": "no"}
    await store.write(partial(answered, survey="client_satisfaction", said=said))
    found = [indicator for indicator, _ in await observed(store)]
    assert found == ["SAT4", "SAT5", "SAT5b", "SAT6", "SAT9"]


async def test_score_that_cannot_be_given_is_observed_as_unknown(store: Store) -> None:
    """Without the private questions too few items are answered for the index."""
    said = {"ds0": "skip_private", "ds1": "very", "ds2": "days", "ds9": "enough", "ds10": "no"}
    await store.write(partial(answered, survey="debt_stress", said=said))
    assert await observed(store) == [
        *(("DST1", 1.0), ("DST5", None), ("DST6", None), ("CAS0", 0.0), ("DST8", 0.0))
    ]


@pytest.mark.parametrize(
    ("count", "outcome"), [(0, "break_off"), (3, "break_off"), (5, "partial"), (7, "partial")]
)
@pytest.mark.parametrize("end", [State.STOPPED, State.EXPIRED])
async def test_unfinished_survey_counts_by_how_far_it_came(
    store: Store, end: State, count: int, outcome: str
) -> None:
    said = dict(list(SATISFACTION.items())[:count])
    await store.write(partial(answered, survey="client_satisfaction", said=said, end=end))
    assert await table(store, "invitations", "outcome") == [(outcome,)]
    assert await table(store, "responses", "partial") == ([(True,)] if count else [])
    assert bool(await observed(store)) == bool(count)


async def test_skips_count_as_said_but_not_as_answered(store: Store) -> None:
    said = dict.fromkeys(list(SATISFACTION)[:8], "skip")
    await store.write(partial(answered, survey="client_satisfaction", said=said, end=State.STOPPED))
    assert await table(store, "invitations", "outcome") == [("break_off",)]
    assert await table(store, "responses", "partial") == [(True,)]
    assert await observed(store) == []


async def test_late_answers_rewrite_response_observations_and_outcome(store: Store) -> None:
    first = dict(list(SATISFACTION.items())[:4])
    early = partial(answered, survey="client_satisfaction", said=first, end=State.EXPIRED)
    opened = await store.write(early)
    assert await observed(store) == [("SAT1", 100.0), ("SAT2", 1.0), ("SAT3", 1.0)]
    again = replace(opened, session=engine.reopen(opened.session))
    later = AT + 9 * DAY
    await store.write(partial(go_on, opened=again, said=SATISFACTION, end=None, at=later))
    assert await table(store, "responses", "partial", "late", "ended_at", "week") == [
        (False, True, later, "2026-W49")
    ]
    assert [indicator for indicator, _ in await observed(store)] == [
        *("SAT1", "SAT2", "SAT3", "SAT4", "SAT5", "SAT5b", "SAT6", "SAT8", "SAT8b", "SAT9")
    ]
    assert set(await table(store, "observations", "week", "origin")) == {("2026-W49", "standing")}
    assert await table(store, "invitations", "outcome") == [("completed",)]


async def test_responding_twice_changes_nothing(store: Store) -> None:
    saved = await store.write(partial(answered, survey="debt_stress", said=STRESS))
    before = await observed(store), await table(store, "responses", "id", "scored")
    survey = desk().library.survey("debt_stress")
    await store.write(lambda c: respond(c, desk(), saved, survey, now=AT + HOUR))
    assert (await observed(store), await table(store, "responses", "id", "scored")) == before


@pytest.mark.parametrize(
    ("invited", "asked_as", "origin"), [(True, "adhoc", "adhoc"), (False, "standing", "practice")]
)
async def test_only_standing_rounds_count_as_standing(
    store: Store, invited: bool, asked_as: str, origin: str
) -> None:
    work = partial(
        answered, survey="client_satisfaction", said=SATISFACTION, invited=invited, origin=asked_as
    )
    await store.write(work)
    assert await table(store, "responses", "origin") == [(origin,)]
    assert set(await table(store, "observations", "origin")) == {(origin,)}


async def test_session_without_a_client_gives_no_response(store: Store) -> None:
    saved = await store.write(partial(answered, survey="debt_stress", said=STRESS, invited=False))
    survey = desk().library.survey("debt_stress")
    before = await table(store, "responses", "ended_at")
    await store.write(lambda c: respond(c, desk(), replace(saved, client=None), survey, now=AT + DAY))
    assert await table(store, "responses", "ended_at") == before


@pytest.mark.parametrize(("minutes", "tenure"), [(29, "under_1"), (30, "to_3")])
async def test_years_are_counted_to_the_day_on_which_the_institution_lives(
    store: Store, minutes: int, tenure: str
) -> None:
    """At nine in the evening, in UTC, it is midnight in Nairobi."""

    def work(connection: Connection) -> None:
        opened = begin(connection, "client_satisfaction")
        enter(connection, row(joined_on="2025-11-25"))
        at = AT.replace(hour=20, minute=30) + timedelta(minutes=minutes)
        go_on(connection, opened, SATISFACTION, end=None, at=at)

    await store.write(work)
    assert await table(store, "responses", "tenure") == [(tenure,)]


async def test_cycle_and_area_are_those_of_the_client_list(store: Store) -> None:
    def work(connection: Connection) -> None:
        opened = begin(connection, "client_satisfaction")
        enter(connection, row(area="rural", loans=(LoanRow("L-C1", outstanding=10.0, cycle=3),)))
        go_on(connection, opened, SATISFACTION, end=None, at=AT + HOUR)

    await store.write(work)
    assert await table(store, "responses", "cycle", "area") == [("to_3", "rural")]
