"""What becomes of everything whose time is over, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import Table

from spm_bot.messages import Outbound
from spm_bot.storage import job_runs, outbox, people, receipts, rounds, sessions, survey_versions, tables
from spm_bot.storage.sessions import ACTIVE, ENDED, EXPIRED, SUSPENDED, Opened
from spm_bot.storage.store import Connection, Store
from spm_bot.surveys import engine
from spm_bot.surveys.session import Answer
from spm_bot.usecases import lapse as module
from spm_bot.usecases.lapse import lapse, tidy
from tests.seed import AT, DAY, HOUR, asked, enrol, meet, open_round, row, rows_of
from tests.stage.world import desk

END = AT + 3 * DAY


def invite(connection: Connection, *, delivered: bool = True) -> int:
    [client] = enrol(connection, row())
    [made] = rounds.invite(connection, open_round(connection), [asked(client)]).values()
    rounds.set_delivered(connection, [made] if delivered else [], at=AT)
    return made


def begin(connection: Connection, *, code: str = "debt_stress", invitation: int | None = None) -> Opened:
    """A survey, or a form, begun an hour after the invitation and left alone for 72 hours."""
    survey = desk().library.survey(code)
    step = engine.begin(survey, language="en", at=AT + HOUR, values={"private_items": "no"})
    return sessions.open_session(
        connection,
        step.session,
        version=survey_versions.keep(connection, survey),
        form=survey.form,
        address=meet(connection, "C1"),
        client=people.client_by_code(connection, "C1").id,
        invitation=invitation,
        lasts=timedelta(hours=72),
    )


async def rows(store: Store, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    return await store.read(lambda c: rows_of(c, table, *columns))


async def outcomes(store: Store) -> list[str | None]:
    return [outcome for (outcome,) in await rows(store, tables.invitations, "outcome")]


@pytest.mark.parametrize(
    ("delivered", "reachable", "outcome"),
    [
        (True, True, "no_answer"),
        (False, True, "expired"),
        (True, False, "unreachable"),
        (False, False, "unreachable"),
    ],
)
async def test_silence_ends_an_invitation(
    store: Store, delivered: bool, reachable: bool, outcome: str
) -> None:
    await store.write(partial(invite, delivered=delivered))
    await store.write(lambda c: people.set_reachable(c, meet(c, "C1"), reachable=reachable))
    assert await lapse(END - HOUR, store=store, desk=desk()) == 0
    assert await outcomes(store) == [None]
    assert await lapse(END, store=store, desk=desk()) == 1
    assert await outcomes(store) == [outcome]
    assert await lapse(END + DAY, store=store, desk=desk()) == 0


async def test_client_without_a_chat_was_unreachable(store: Store) -> None:
    await store.write(invite)
    await store.write(lambda c: c.execute(tables.holders.delete()).rowcount)
    await lapse(END, store=store, desk=desk())
    assert await outcomes(store) == ["unreachable"]


async def test_invitation_that_ended_keeps_its_outcome(store: Store) -> None:
    made = await store.write(invite)
    await store.write(lambda c: rounds.set_outcome(c, made, "refused"))
    assert await lapse(END, store=store, desk=desk()) == 0
    assert await outcomes(store) == ["refused"]


@pytest.mark.parametrize("status", [ACTIVE, SUSPENDED])
async def test_invitation_in_the_midst_of_an_answer_waits_for_its_end(store: Store, status: str) -> None:
    made = await store.write(invite)
    opened = await store.write(partial(begin, invitation=made))
    await store.write(lambda c: sessions.save(c, opened, opened.session, status=status, at=AT))
    assert opened.expires_at == END + HOUR
    assert await lapse(END, store=store, desk=desk()) == 0
    assert await outcomes(store) == [None]
    assert await lapse(END + HOUR, store=store, desk=desk()) == 1
    assert await outcomes(store) == ["break_off"]


@pytest.mark.parametrize(("status", "edits"), [(ACTIVE, ["…"]), (SUSPENDED, [])])
async def test_survey_expires_with_what_was_said(store: Store, status: str, edits: list[str]) -> None:
    made = await store.write(invite)
    opened = await store.write(partial(begin, invitation=made))
    said = {
        "ds1": Answer(("very",), at=AT + HOUR),
        "ds2": Answer(("days",), at=AT + HOUR),
        "ds9": Answer(("enough",), at=AT + HOUR),
    }
    session = replace(opened.session, answers=MappingProxyType(said), current="ds10")
    await store.write(lambda c: sessions.save(c, opened, session, status=status, at=AT + HOUR))
    assert await lapse(END + HOUR, store=store, desk=desk()) == 1
    assert await rows(store, tables.sessions, "status") == [(EXPIRED,)]
    assert await outcomes(store) == ["partial"]
    assert await rows(store, tables.responses, "partial", "late") == [(True, False)]
    due = await store.read(partial(outbox.due, now=END + HOUR, limit=9))
    assert [each.message.text for each in due] == edits
    assert {each.message.edits for each in due} == ({f"s{opened.id}.1"} if edits else set())


async def test_form_is_simply_over(store: Store) -> None:
    await store.write(invite)
    await store.write(partial(begin, code="language"))
    assert await lapse(END + HOUR, store=store, desk=desk()) == 2
    assert await rows(store, tables.sessions, "status") == [(ENDED,)]
    assert await rows(store, tables.responses, "id") == []


async def test_everything_overdue_is_ended_chunk_by_chunk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)

    def fill(connection: Connection) -> None:
        ids = enrol(connection, *(row(f"C{number}") for number in range(5)))
        rounds.invite(connection, open_round(connection), [asked(client) for client in ids])

    await store.write(fill)
    assert await lapse(END, store=store, desk=desk()) == 5
    assert await outcomes(store) == ["expired"] * 5


async def test_old_traces_go_after_a_week(store: Store) -> None:
    def fill(connection: Connection) -> None:
        for days in (0, 7):
            at = AT + days * DAY
            receipts.first_time(connection, f"k{days}", at=at)
            job_runs.start(connection, "digest", at=at)
            words = [Outbound(f"day {days}")]
            outbox.put(connection, meet(connection, "C1"), words, kind="reply", at=at)

    await store.write(fill)
    await store.write(lambda c: c.execute(tables.outbox.update().values(state="sent")).rowcount)
    await tidy(AT + 7 * DAY + HOUR, store=store)
    assert await rows(store, tables.receipts, "key") == [("k7",)]
    assert await rows(store, tables.job_runs, "slot") == [(AT + 7 * DAY,)]
    assert [body is None for (body,) in await rows(store, tables.outbox, "body")] == [True, False]
