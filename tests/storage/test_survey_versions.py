from __future__ import annotations

from dataclasses import replace

import pytest

from spm_bot.storage import survey_versions
from spm_bot.storage.store import Conflict, Store
from spm_bot.storage.tables import survey_versions as table
from tests.seed import AT, rows_of
from tests.stage.world import desk

SURVEY = desk().library.survey("branch_visit")


async def test_version_is_kept_once_and_comes_back_the_same(store: Store) -> None:
    first = await store.write(lambda c: survey_versions.keep(c, SURVEY))
    assert await store.write(lambda c: survey_versions.keep(c, SURVEY)) == first
    assert await store.read(lambda c: survey_versions.get(c, SURVEY.code, SURVEY.version)) == SURVEY
    assert await store.read(lambda c: rows_of(c, table, "id", "code", "hash")) == [
        (first, SURVEY.code, SURVEY.version)
    ]


async def test_another_version_stands_beside_the_first(store: Store) -> None:
    first = await store.write(lambda c: survey_versions.keep(c, SURVEY))
    changed = replace(SURVEY, version="another")
    assert await store.write(lambda c: survey_versions.keep(c, changed)) != first


async def test_unknown_version_is_a_lookup_error(store: Store) -> None:
    with pytest.raises(LookupError, match="no version v9 of branch_visit"):
        await store.read(lambda c: survey_versions.get(c, "branch_visit", "v9"))


async def test_wording_counts_once_two_people_signed_it(store: Store) -> None:
    async def sign(language: str, wording: str, signed_by: str) -> None:
        await store.write(
            lambda c: survey_versions.sign(
                c, code="s", wording=wording, language=language, signed_by=signed_by, at=AT
            )
        )

    await sign("en", "e1", "A")
    await sign("en", "e1", "B")
    await sign("fr", "f1", "A")
    await sign("sw", "old", "A")
    await sign("sw", "new", "B")
    with pytest.raises(Conflict):
        await sign("fr", "f1", "A")
    now = {"en": "e1", "fr": "f1", "sw": "new", "am": "a1"}
    assert await store.read(lambda c: survey_versions.signed_languages(c, "s", now)) == {"en"}
    # A changed wording has to be signed anew; a signature for another survey does not count.
    changed = {**now, "en": "e2"}
    assert await store.read(lambda c: survey_versions.signed_languages(c, "s", changed)) == frozenset()
    assert await store.read(lambda c: survey_versions.signed_languages(c, "t", now)) == frozenset()
