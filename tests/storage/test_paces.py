from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from spm_bot.analytics.diligence import MannerRow, SilenceRow
from spm_bot.storage import given, paces, responses
from spm_bot.storage.responses import Response
from spm_bot.storage.store import Connection, Store
from spm_bot.surveys.session import Answer
from spm_bot.times import Week
from tests.seed import AT, HOUR, enrol, row
from tests.storage.test_responses import SEGMENTS
from tests.storage.test_sessions import begin

WEEK = Week(2026, 48)


def respond(
    connection: Connection,
    code: str,
    picks: Mapping[str, str],
    *,
    every: float = 10.0,
    **changes: object,
) -> None:
    """A whole response whose answers came so many seconds after each other."""
    [client] = enrol(connection, row(code))
    session = begin(connection, client=client, handle=code).id
    said = {
        name: Answer(codes=(pick,), at=AT + timedelta(seconds=every * place))
        for place, (name, pick) in enumerate(picks.items())
    }
    given.save(connection, session, before={}, now=said, at=AT)
    whole = Response(
        session=session,
        client=client,
        survey="debt_stress",
        origin="standing",
        partial=False,
        late=False,
        started_at=AT,
        ended_at=AT + HOUR,
        week="2026-W48",
        scored={},
        segments=SEGMENTS,
    )
    responses.record(connection, replace(whole, **changes))  # type: ignore[arg-type]


CALM = {"ds1": "easy", "ds3": "never", "ds5": "no"}


async def test_manners_are_pace_and_places_of_each_whole_response(store: Store) -> None:
    def fill(connection: Connection) -> None:
        respond(connection, "C1", CALM)
        respond(connection, "C2", {"ds1": "very", "ds3": "never", "ds5": "no", "ds4": "no"}, every=4.0)
        respond(connection, "C3", {"ds1": "bit", "ds3": "pns", "ds5": "home"}, every=1000.0)
        respond(connection, "C4", {"ds1": "bit"})

    await store.write(fill)
    assert await store.read(lambda c: paces.manners(c, WEEK)) == (
        MannerRow("debt_stress", 10.0, alike=True),
        MannerRow("debt_stress", 4.0, alike=False),
        MannerRow("debt_stress", None, alike=None),
        MannerRow("debt_stress", None, alike=None),
    )


async def test_silences_are_counted_by_question(store: Store) -> None:
    def fill(connection: Connection) -> None:
        respond(connection, "C1", {"ds1": "easy", "ds3": "pns"})
        respond(connection, "C2", {"ds1": "pns", "ds3": "pns", "ds5": "no"})
        respond(connection, "C3", {"ds1": "easy", "ds3": "never"})

    await store.write(fill)
    assert await store.read(lambda c: paces.silences(c, WEEK)) == (
        SilenceRow("debt_stress", "ds1", asked=3, silent=1),
        SilenceRow("debt_stress", "ds3", asked=3, silent=2),
        SilenceRow("debt_stress", "ds5", asked=1, silent=0),
    )


async def test_only_whole_responses_of_standing_rounds_in_13_weeks_are_looked_at(store: Store) -> None:
    def fill(connection: Connection) -> None:
        respond(connection, "C1", CALM, week="2026-W36", survey="client_exit")
        respond(connection, "C2", CALM, week="2026-W35")
        respond(connection, "C3", CALM, week="2026-W49")
        respond(connection, "C4", CALM, partial=True)
        respond(connection, "C5", CALM, origin="adhoc")

    await store.write(fill)
    assert await store.read(lambda c: paces.manners(c, WEEK)) == (MannerRow("client_exit", 10.0, alike=True),)
    assert {row.survey for row in await store.read(lambda c: paces.silences(c, WEEK))} == {"client_exit"}


async def test_the_newest_are_enough(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paces, "NEWEST", 2)

    def fill(connection: Connection) -> None:
        respond(connection, "C1", CALM, week="2026-W48", every=1.0)
        respond(connection, "C2", CALM, week="2026-W40", every=2.0)
        respond(connection, "C3", CALM, week="2026-W48", every=3.0)

    await store.write(fill)
    found = await store.read(lambda c: paces.manners(c, WEEK))
    assert [each.seconds for each in found] == [1.0, 3.0]


async def test_nothing_answered_has_no_manner(store: Store) -> None:
    assert await store.read(lambda c: (paces.manners(c, WEEK), paces.silences(c, WEEK))) == ((), ())
