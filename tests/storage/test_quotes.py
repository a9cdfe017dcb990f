"""Released comments, sealed, and gone with the comment they were made of."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert

from spm_bot.storage import comments as written
from spm_bot.storage import quotes
from spm_bot.storage.cuts import drop_sessions
from spm_bot.storage.given import COMMENT
from spm_bot.storage.quotes import Released
from spm_bot.storage.store import Conflict, Store, vault_of
from spm_bot.storage.tables import comments, responses, sessions, survey_versions
from spm_bot.storage.tables import quotes as rows
from tests.seed import AT, DAY, rows_of

WEEK = "2026-W48"


def say(connection: Connection, text: str, **changes: Any) -> int:
    """A comment in a session with its response; returns the session."""
    version = connection.execute(survey_versions.select()).first()
    kept = (
        version.id
        if version
        else connection.execute(
            insert(survey_versions).returning(survey_versions.c.id),
            {"code": "client_exit", "hash": "h", "body": "{}"},
        ).scalar_one()
    )
    session = {"survey_version_id": kept, "form": False, "status": "ended", "turn": 1, "state": b""}
    times = {"started_at": AT, "touched_at": AT, "expires_at": AT + DAY, "revision": 1}
    made = connection.execute(insert(sessions).returning(sessions.c.id), {**session, **times}).scalar_one()
    row = {
        "session_id": made,
        "survey": "client_exit",
        "origin": "standing",
        "partial": False,
        "late": False,
        "language": "en",
        "channel": "test",
        "started_at": AT,
        "ended_at": AT,
        "week": WEEK,
        "scored": '{"flags": [], "scores": {}}',
        "branch": "BUN",
    }
    connection.execute(insert(responses), {**row, **changes})
    body = vault_of(connection).encrypt(text, associated=COMMENT)
    connection.execute(
        insert(comments), {"session_id": made, "question": "ex4", "kind": "text", "body": body}
    )
    return int(made)


async def settle(store: Store, words: str | None, *, comment: int = 1, week: str = WEEK) -> None:
    work = partial(
        quotes.settle, comment=comment, week=week, branch="BUN", theme="price", words=words, by="s1", at=AT
    )
    await store.write(work)


async def released(store: Store) -> list[Released]:
    return await store.read(partial(quotes.released, first="2026-W40", last=WEEK))


async def test_what_was_released_comes_back_in_its_weeks(store: Store) -> None:
    for text in ("one", "two", "three"):
        await store.write(partial(say, text=text))
    await settle(store, "First")
    await settle(store, None, comment=2)
    await settle(store, "Too old", comment=3, week="2026-W39")
    assert await released(store) == [Released("First", "price", "BUN")]
    assert await store.read(quotes.settled) == {1, 2, 3}
    with pytest.raises(Conflict):
        await settle(store, "Again")


async def test_quote_goes_with_its_comment_whoever_deletes_it(store: Store) -> None:
    sessions_made = [await store.write(partial(say, text=text)) for text in ("one", "two")]
    await settle(store, "First")
    await settle(store, "Second", comment=2)
    await store.write(lambda c: c.execute(delete(responses)) and None)
    await store.write(partial(drop_sessions, ids=sessions_made[:1]))
    assert await released(store) == [Released("Second", "price", "BUN")]
    await store.write(lambda c: c.execute(delete(comments)) and None)
    assert await store.read(lambda c: rows_of(c, rows, "id")) == []


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        ({}, [True]),
        ({"partial": True}, [False]),
        ({"scored": '{"flags": ["RF_STAFF"], "scores": {}}'}, [False]),
        ({"scored": "{}"}, [False]),
        ({"origin": "adhoc"}, []),
        ({"week": "2026-W30"}, []),
    ],
)
async def test_comments_of_standing_responses_are_read(
    store: Store, changes: dict[str, Any], whole: list[bool]
) -> None:
    await store.write(partial(say, text="Fees", **changes))
    found = await store.read(lambda c: list(written.written(c, first="2026-W36", last=WEEK)))
    assert [each.whole for each in found] == whole
    assert [(each.text, each.branch, each.question) for each in found] == [("Fees", "BUN", "ex4")] * len(
        whole
    )


async def test_comment_that_does_not_open_is_left_out_and_respondents_are_counted(store: Store) -> None:
    await store.write(partial(say, text="one"))
    await store.write(partial(say, text="two", branch="BUS"))
    await store.write(
        lambda c: c.execute(comments.update().where(comments.c.id == 1).values(body=b"x")) and None
    )
    found = await store.read(lambda c: list(written.written(c, first=WEEK, last=WEEK)))
    assert [each.text for each in found] == ["two"]
    assert await store.read(partial(written.respondents, first=WEEK, last=WEEK)) == {"BUN": 1, "BUS": 1}
