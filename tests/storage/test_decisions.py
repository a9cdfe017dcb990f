from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import select

from spm_bot.analytics.commitments import Decision, Draft, Outcome
from spm_bot.storage import decisions
from spm_bot.storage.store import Store
from spm_bot.storage.tables import decisions as rows
from tests.seed import DRAFT

NAIROBI = ZoneInfo("Africa/Nairobi")
LATE_EVENING = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)


async def written(store: Store, draft: Draft = DRAFT) -> int:
    return await store.write(partial(decisions.write, draft=draft, by="s1", at=LATE_EVENING))


async def log(store: Store, branch: str | None = None) -> list[Decision]:
    return await store.read(partial(decisions.lines, zone=NAIROBI, branch=branch))


async def test_line_comes_back_as_it_was_written(store: Store) -> None:
    number = await written(store)
    today = date(2026, 11, 25)
    assert await log(store) == [Decision(**asdict(DRAFT), number=number, made_on=today, reviewed_on=today)]


async def test_words_are_sealed(store: Store) -> None:
    await written(store)
    kept = await store.read(lambda c: str(tuple(c.execute(select(rows)).one())))
    assert all(word not in kept for word in ("Jane", "second loan", "fewer", "wait", "board"))


async def test_lines_of_one_branch(store: Store) -> None:
    one = await written(store)
    whole = await written(store, Draft(**{**asdict(DRAFT), "branch": ""}))
    assert [line.number for line in await log(store)] == [one, whole]
    assert [line.number for line in await log(store, "BUN")] == [one]
    assert [line.number for line in await log(store, "")] == [whole]
    assert await log(store, "BUS") == []


async def test_review_ends_with_an_outcome(store: Store) -> None:
    number = await written(store)
    later = LATE_EVENING + timedelta(days=30)
    first = partial(decisions.review, number=number, at=later, done=True, minute="Board 7/2026, point 4")
    assert await store.write(first)
    [line] = await log(store)
    assert (line.reviewed_on, line.done_on, line.outcome) == (date(2026, 12, 25), date(2026, 12, 25), None)
    end = partial(decisions.review, number=number, at=later + timedelta(days=90), outcome=Outcome.NOT_MET)
    assert await store.write(end)
    [line] = await log(store)
    assert (line.outcome, line.outcome_on, line.minute) == (
        Outcome.NOT_MET,
        date(2027, 3, 25),
        "Board 7/2026, point 4",
    )
    assert not await store.write(end)
    assert not await store.write(partial(decisions.review, number=number + 1, at=later))
