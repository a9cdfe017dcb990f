"""The digests of a week: made and stored once, drawn for those who read them, handed out once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import delete

from spm_bot.analytics.digest import Digest, Remark, from_json
from spm_bot.analytics.indicators import Observed
from spm_bot.reports.card import card
from spm_bot.reports.folio import Folio
from spm_bot.storage import digests, observations, outbox, people, portfolio_days, registers, responses
from spm_bot.storage.responses import Response
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import digests as digest_table
from spm_bot.storage.tables import observations as observation_table
from spm_bot.texts import Voice, voice
from spm_bot.times import Week
from spm_bot.usecases.report import compute, weekly
from spm_bot.usecases.visit import Desk
from tests.seed import AT, DAY, HOUR, enrol, hire, meet, row, rows_of
from tests.stage.world import desk
from tests.storage.test_responses import SEGMENTS
from tests.storage.test_sessions import begin

WEEK = Week.parse("2026-W47")
BROKEN = "no room for the picture"


def small_desk() -> Desk:
    """The example institution with two branches: a digest each takes its time."""
    institution = desk().institution
    return replace(desk(), institution=institution.model_copy(update={"branches": institution.branches[:2]}))


def answer(connection: Connection, code: str, value: float) -> None:
    """A client of Bungoma who answered in the week."""
    [client] = enrol(connection, row(code))
    response = Response(
        session=begin(connection, client=client, handle=code).id,
        client=client,
        survey="debt_stress",
        origin="standing",
        partial=False,
        late=False,
        started_at=AT,
        ended_at=AT + HOUR,
        week=str(WEEK),
        scored={},
        segments=replace(SEGMENTS, branch="BUN"),
    )
    said = [Observed("DST5", value)]
    heard = responses.record(connection, response)
    observations.add(connection, heard, said, week=str(WEEK), origin="standing")


def fill(connection: Connection) -> None:
    """Twelve answers; a manager of everything who reads English, one of Bungoma who reads French."""
    for number in range(12):
        answer(connection, f"C{number}", float(number < 4))
    meet(connection, "bungoma", language="fr")
    hire(connection, "head", role="spm_manager")
    hire(connection, "bungoma", role="manager", branch="BUN")
    hire(connection, "admin", role="administrator")


def sketch(digest: Digest, reader: Voice) -> Folio:
    """Everything that is drawn, in no time."""
    name = f"{digest.scope or 'all'} {reader.language}"
    return Folio(card=name, picture=b"picture", line=None, pages=b"pages", workbook=b"workbook")


def broken(digest: Digest, reader: Voice) -> Folio:
    raise RuntimeError(BROKEN)


async def sent(store: Store) -> list[tuple[str, str]]:
    """Who is written to, and the first line of what each message says."""
    due = await store.read(partial(outbox.due, now=AT + DAY, limit=100))
    handles = await store.read(partial(people.handles, address_ids={each.address_id for each in due}))
    return sorted(
        (handles[each.address_id].handle, each.message.text.partition("\n")[0])
        for each in due
        if each.message.text
    )


async def stored(store: Store) -> list[tuple[str, str]]:
    return sorted(await store.read(lambda c: rows_of(c, digest_table, "scope", "body")))


async def test_weekly_makes_stores_draws_and_hands_out_each_scope_once(store: Store) -> None:
    """Nobody manages Busia: its digest is kept, but not drawn."""
    await store.write(fill)
    made = await weekly(WEEK, store=store, desk=small_desk(), now=AT, draw=sketch)
    assert [(each.digest.scope, each.language) for each in made] == [(None, "en"), ("BUN", "fr")]
    bodies = dict(await stored(store))
    assert sorted(bodies) == ["", "BUN", "BUS"]
    for each in made:
        assert from_json(bodies[each.digest.scope or ""]) == each.digest
    assert await sent(store) == [("bungoma", "BUN fr"), ("head", "all en")]
    drawn = await store.read(lambda c: digests.rendering(c, str(WEEK), "BUN", languages=("fr",)))
    assert drawn is not None
    assert drawn.line is None
    kept = [drawn.picture, drawn.pages, drawn.workbook]
    files = [await store.read(partial(outbox.file_body, name=name)) for name in kept if name]
    assert files == [b"picture", b"pages", b"workbook"]
    assert await store.read(lambda c: digests.rendering(c, str(WEEK), "BUS", languages=("en",))) is None


async def test_french_manager_gets_a_french_card(store: Store) -> None:
    await store.write(fill)
    made = await weekly(WEEK, store=store, desk=small_desk(), now=AT)
    [whole, branch] = made
    assert (whole.language, branch.language) == ("en", "fr")
    assert await sent(store) == [
        ("bungoma", branch.folio.card.partition("\n")[0]),
        ("head", whole.folio.card.partition("\n")[0]),
    ]
    assert branch.folio.card == card(branch.digest, voice("fr")) != card(branch.digest, voice("en"))


async def test_institution_without_managers_is_drawn_in_its_first_language(store: Store) -> None:
    made = await weekly(WEEK, store=store, desk=small_desk(), now=AT, draw=sketch)
    assert [(each.digest.scope, each.language) for each in made] == [(None, "en")]
    assert await sent(store) == []


async def test_week_made_twice_stays_what_it_was_and_is_sent_once(store: Store) -> None:
    await store.write(fill)
    first = await weekly(WEEK, store=store, desk=small_desk(), now=AT, draw=sketch)
    before = await stored(store)
    messages = await sent(store)
    for number in range(12):
        await store.write(partial(answer, code=f"late {number}", value=1.0))
    assert await weekly(WEEK, store=store, desk=small_desk(), now=AT + HOUR, draw=sketch) == first
    assert await stored(store) == before
    assert await sent(store) == messages


async def test_stored_digest_outlives_its_answers(store: Store) -> None:
    await store.write(fill)
    [whole, *_] = await weekly(WEEK, store=store, desk=small_desk(), now=AT, draw=sketch)
    await store.write(lambda c: c.execute(delete(observation_table)).rowcount)
    assert await compute(WEEK, None, store=store, desk=small_desk()) == whole.digest


async def test_drawing_that_fails_sends_nothing_and_tells_administrators(store: Store) -> None:
    """What was computed stays, and the next try draws that."""
    await store.write(fill)
    with pytest.raises(RuntimeError, match=BROKEN):
        await weekly(WEEK, store=store, desk=small_desk(), now=AT, draw=broken)
    [(handle, words)] = await sent(store)
    assert (handle, "2026-W47" in words) == ("admin", True)
    before = await stored(store)
    assert [scope for scope, _ in before] == ["", "BUN", "BUS"]
    await weekly(WEEK, store=store, desk=small_desk(), now=AT, draw=sketch)
    assert await stored(store) == before
    assert [handle for handle, _ in await sent(store)] == ["admin", "bungoma", "head"]


async def test_digest_of_an_old_layout_is_made_anew(store: Store) -> None:
    fresh = await compute(WEEK, None, store=store, desk=small_desk())
    keep = partial(digests.keep, week=str(WEEK), scope="", body='{"layout": 1}')
    await store.write(keep)
    assert await compute(WEEK, None, store=store, desk=small_desk()) == fresh
    await weekly(WEEK, store=store, desk=small_desk(), now=AT, draw=sketch)
    assert from_json(dict(await stored(store))[""]) == fresh


async def test_unknown_branch_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="XXX"):
        await compute(WEEK, "XXX", store=store, desk=small_desk())


@pytest.mark.parametrize(("listed", "old"), [("2026-08-20", True), ("2026-11-20", False)])
async def test_old_portfolio_is_called_old(store: Store, listed: str, old: bool) -> None:
    def list_of(connection: Connection) -> None:
        registers.write_clients(connection, [row("C1")], subjects=["s1"], as_of=listed)
        portfolio_days.keep_day(connection, listed)

    await store.write(list_of)
    digest = await compute(WEEK, None, store=store, desk=small_desk())
    assert (Remark.STALE_PORTFOLIO in digest.remarks) is old
    assert ("over a month old" in card(digest, voice("en"))) is old
