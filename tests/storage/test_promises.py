from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import select

from spm_bot.storage import promises
from spm_bot.storage.store import Store
from spm_bot.storage.tables import promises as rows

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


async def say(store: Store, words: dict[str, str], *, branch: str = "", at: datetime = NOW) -> None:
    work = partial(promises.write, words=words, branch=branch, by="s1", at=at, until=at + 13 * WEEK)
    await store.write(work)


async def heard(store: Store, branch: str, language: str, now: datetime = NOW + DAY) -> str | None:
    return await store.read(partial(promises.newest, branch=branch, language=language, now=now))


async def test_client_hears_the_newest_line_of_the_branch_else_of_all(store: Store) -> None:
    assert await heard(store, "BUN", "en") is None
    await say(store, {"en": "For all", "fr": "Pour tous"})
    await say(store, {"en": "Old in Bungoma"}, branch="BUN")
    await say(store, {"en": "New in Bungoma"}, branch="BUN", at=NOW + timedelta(hours=1))
    assert await heard(store, "BUN", "en") == "New in Bungoma"
    assert await heard(store, "BUN", "fr") == "Pour tous"
    assert await heard(store, "BUS", "en") == "For all"
    assert await heard(store, "BUS", "sw") is None


async def test_line_ends_after_its_time(store: Store) -> None:
    await say(store, {"en": "For all"})
    assert await heard(store, "", "en", NOW + 13 * WEEK - DAY) == "For all"
    assert await heard(store, "", "en", NOW + 13 * WEEK) is None


async def test_words_are_sealed(store: Store) -> None:
    await say(store, {"en": "For all"})
    assert b"For all" not in (await store.read(lambda c: c.execute(select(rows.c.words)).scalar_one()))


async def test_digest_gets_every_line_in_force_once(store: Store) -> None:
    await say(store, {"en": "Over", "fr": "Fini"}, at=NOW - 14 * WEEK)
    await say(store, {"sw": "Kwa wote", "en": "For all"})
    await say(store, {"sw": "Bungoma tu"}, branch="BUN", at=NOW + DAY)
    await say(store, {"en": "Busia alone"}, branch="BUS", at=NOW + 2 * DAY)

    async def current(branch: str | None) -> tuple[str, ...]:
        look = partial(promises.current, now=NOW + WEEK, languages=("fr", "en"), branch=branch)
        return await store.read(look)

    assert await current(None) == ("For all", "Bungoma tu", "Busia alone")
    assert await current("BUN") == ("For all", "Bungoma tu")
    assert await current("KIS") == ("For all",)
