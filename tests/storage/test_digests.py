from __future__ import annotations

from functools import partial

import pytest

from spm_bot.storage import digests, outbox
from spm_bot.storage.digests import Rendering
from spm_bot.storage.store import Conflict, Store

OLD, NEW = "2026-W46", "2026-W47"


async def test_digest_replaces_the_one_of_its_week_and_scope(store: Store) -> None:
    for week, scope, body in ((NEW, "", "{}"), (NEW, "BUN", "{1}"), (OLD, "", "{2}"), (NEW, "", "{3}")):
        await store.write(partial(digests.keep, week=week, scope=scope, body=body))
    assert await store.read(lambda c: digests.body(c, NEW, "")) == "{3}"
    assert await store.read(lambda c: digests.body(c, NEW, "BUN")) == "{1}"
    assert await store.read(lambda c: digests.body(c, OLD, "")) == "{2}"
    assert await store.read(lambda c: digests.body(c, OLD, "BUN")) is None


async def test_newest_body_is_looked_for_between_two_weeks(store: Store) -> None:
    for week in ("2026-W30", "2026-W33", "2026-W40"):
        await store.write(partial(digests.keep, week=week, scope="", body=week))

    async def look(first: str, last: str) -> str | None:
        return await store.read(lambda c: digests.newest_body(c, "", first=first, last=last))

    assert await look("2026-W29", "2026-W34") == "2026-W33"
    assert await look("2026-W30", "2026-W30") == "2026-W30"
    assert await look("2026-W34", "2026-W39") is None


async def test_newest_is_the_last_week_there_is(store: Store) -> None:
    assert await store.read(digests.newest) is None
    for week in ("2025-W52", NEW, OLD):
        await store.write(partial(digests.keep, week=week, scope="", body="{}"))
    assert await store.read(digests.newest) == NEW


async def test_rendering_is_found_in_the_language_of_its_reader(store: Store) -> None:
    picture = await store.write(lambda c: outbox.keep_file(c, b"png"))
    drawn = {
        language: Rendering(NEW, "", language, f"card {language}", "BUN", picture)
        for language in ("en", "fr", "sw")
    }
    for each in (Rendering(NEW, "", "fr", "an earlier one"), *drawn.values()):
        await store.write(partial(digests.keep_rendering, rendering=each))

    async def read(*languages: str, scope: str = "") -> Rendering | None:
        return await store.read(partial(digests.rendering, week=NEW, scope=scope, languages=languages))

    assert await read("fr", "en") == drawn["fr"]
    assert await read("hi", "sw") == drawn["sw"]
    assert await read("hi") == drawn["en"]
    assert await read("fr", scope="BUN") is None


async def test_picture_must_be_a_stored_file(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.write(
            lambda c: digests.keep_rendering(c, Rendering(NEW, "", "en", "", picture="no such file"))
        )
