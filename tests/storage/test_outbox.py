from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from spm_bot.messages import Action, Attachment, Button, Outbound, Subject, Token
from spm_bot.storage import outbox
from spm_bot.storage.envelope import decode, encode
from spm_bot.storage.outbox import DROPPED, FAILED, QUEUED, SENT, Due, Outcome
from spm_bot.storage.store import Conflict, Store
from spm_bot.storage.tables import files
from spm_bot.storage.tables import outbox as table
from tests.seed import AT, DAY, HOUR, found_bare, meet, rows_of

PHOTO = Outbound("Digest", attachment=Attachment("photo", "digest.png", "abc"))
QUESTION = Outbound(
    "1/9 · How happy are you? “Sana” 🙂",
    (
        (Button("Very", Token(Subject.SESSION, 7, 2, Action.PICK, "0")),),
        (
            Button("Back", Token(Subject.SESSION, 7, 2, Action.BACK)),
            Button("Skip", Token(Subject.SESSION, 7, 2, Action.SKIP)),
        ),
    ),
    ref="s7.2",
)


@pytest.mark.parametrize("message", [QUESTION, PHOTO, Outbound("✓", edits="s7.2"), Outbound("")])
def test_message_survives_its_envelope(message: Outbound) -> None:
    assert decode(encode(message)) == message


class Box:
    """The outbox of one store, with words for what is done to it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def chat(self, handle: str) -> int:
        return await self.store.write(partial(meet, handle=handle))

    async def put(self, address: int, *messages: Outbound | str, **options: Any) -> None:
        ready = [Outbound(m) if isinstance(m, str) else m for m in messages]
        given = {"kind": "reply", "at": AT, **options}
        await self.store.write(partial(outbox.put, address_id=address, messages=ready, **given))

    async def due(self, now: datetime = AT, **options: Any) -> list[Due]:
        return await self.store.read(partial(outbox.due, now=now, **{"limit": 100, **options}))

    async def texts(self, now: datetime = AT, **options: Any) -> list[str]:
        return [each.message.text for each in await self.due(now, **options)]

    async def settle(self, text: str, state: str, *, at: datetime = AT, **options: Any) -> None:
        [mine] = [each for each in await self.due(at) if each.message.text == text]
        outcome = Outcome(mine.id, state, **options)
        await self.store.write(partial(outbox.settle, outcomes=[outcome], at=at))

    async def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        return await self.store.read(lambda c: rows_of(c, table, *columns))


@pytest.fixture
def box(store: Store) -> Box:
    return Box(store)


async def test_message_comes_out_as_it_was_put_in(box: Box) -> None:
    address = await box.chat("1")
    await box.put(address, QUESTION, expires_at=AT + DAY)
    [found] = await box.due()
    assert found == Due(found.id, address, "reply", QUESTION, None, 0, AT + DAY, None, None)


async def test_nothing_is_readable_without_the_key(box: Box) -> None:
    await box.put(await box.chat("1"), QUESTION, PHOTO)
    await box.store.write(lambda c: outbox.keep_file(c, b"a picture of the digest"))
    secrets = ["happy", "Sana", "Very", "digest.png", "a picture"]
    assert await box.store.read(lambda c: found_bare(c, secrets)) == set()


async def test_dedupe_key_lets_a_message_in_once_for_ever(box: Box) -> None:
    first, second = await box.chat("1"), await box.chat("2")
    await box.put(first, "one", dedupe="invitation:1")
    await box.put(second, "again", dedupe="invitation:1")
    await box.settle("one", SENT)
    await box.put(first, "after it was sent", dedupe="invitation:1")
    assert await box.rows("address_id", "state") == [(first, SENT)]


async def test_dedupe_key_taken_meanwhile_is_a_conflict(box: Box) -> None:
    address = await box.chat("1")
    await box.put(address, "one", dedupe="k")
    double = {
        "address_id": address,
        "dedupe": "k",
        "kind": "reply",
        "priority": 0,
        "state": QUEUED,
        "not_before": AT,
        "attempts": 0,
    }
    with pytest.raises(Conflict):
        await box.store.write(lambda c: c.execute(table.insert(), double).rowcount)


async def test_replies_come_before_staff_and_staff_before_invitations(box: Box) -> None:
    one, two = await box.chat("1"), await box.chat("2")
    await box.put(one, "invitation", kind="invitation")
    await box.put(one, "reminder", kind="reminder")
    await box.put(two, "digest", kind="staff")
    await box.put(two, "first", "second")
    await box.put(one, "critical", kind="critical")
    assert await box.texts() == ["first", "second", "critical", "digest", "invitation", "reminder"]
    assert await box.texts(limit=2) == ["first", "second"]
    assert await box.texts(urgent_only=True) == ["first", "second", "critical", "digest"]
    assert await box.texts(busy=frozenset([two])) == ["critical", "invitation", "reminder"]


async def test_message_waits_for_its_hour(box: Box) -> None:
    await box.put(await box.chat("1"), "later", at=AT + HOUR)
    assert await box.texts(AT + HOUR - HOUR / 60) == []
    assert await box.texts(AT + HOUR) == ["later"]


async def test_message_behind_one_that_is_tried_again_waits(box: Box) -> None:
    one, two = await box.chat("1"), await box.chat("2")
    await box.put(one, "first", "second")
    await box.put(two, "other")
    await box.settle("first", QUEUED, not_before=AT + HOUR, attempts=1)
    assert await box.texts() == ["other"]
    # Now all are due; who delivers them goes by id within a chat.
    assert await box.texts(AT + HOUR) == ["second", "other", "first"]


async def test_message_before_one_that_is_tried_again_does_not_wait(box: Box) -> None:
    address = await box.chat("1")
    await box.put(address, "first", "second")
    await box.settle("second", QUEUED, not_before=AT + HOUR, attempts=1)
    assert await box.texts() == ["first"]


async def test_message_put_off_to_the_morning_holds_up_nobody(box: Box) -> None:
    """An invitation that waits for the end of quiet hours must not keep a client from a reply."""
    address = await box.chat("1")
    await box.put(address, "invitation", kind="invitation")
    await box.settle("invitation", QUEUED, not_before=AT + 12 * HOUR)
    await box.put(address, "reply")
    assert await box.texts() == ["reply"]
    assert await box.rows("attempts", "not_before") == [(0, AT + 12 * HOUR), (0, AT)]


async def test_edit_knows_the_message_it_redraws(box: Box) -> None:
    address = await box.chat("1")
    await box.put(address, QUESTION, Outbound("✓", edits="s7.2"))
    question, edit = await box.due()
    assert (edit.kind, edit.target, edit.original) == ("edit", None, question.id)
    await box.settle(QUESTION.text, SENT, message="m99")
    [edit] = await box.due()
    assert (edit.target, edit.original) == ("m99", None)


async def test_edit_redraws_no_message_of_another_chat(box: Box) -> None:
    one, two = await box.chat("1"), await box.chat("2")
    await box.put(one, QUESTION)
    await box.put(two, Outbound("✓", edits="s7.2"))
    edits = [each for each in await box.due() if each.kind == "edit"]
    assert [(each.target, each.original) for each in edits] == [(None, None)]


@pytest.mark.parametrize("state", [FAILED, DROPPED])
async def test_edit_of_what_never_left_has_no_target(box: Box, state: str) -> None:
    await box.put(await box.chat("1"), QUESTION, Outbound("✓", edits="s7.2"))
    await box.settle(QUESTION.text, state)
    [edit] = await box.due()
    assert (edit.target, edit.original) == (None, None)


async def test_edit_waits_with_an_original_that_waits_for_its_hour(box: Box) -> None:
    """Else it would be taken up and laid down again without end."""
    address = await box.chat("1")
    await box.put(address, QUESTION, Outbound("✓", edits="s7.2"), "and a reply")
    await box.settle(QUESTION.text, QUEUED, not_before=AT + HOUR)
    assert await box.texts() == ["and a reply"]
    assert await box.texts(AT + HOUR) == ["✓", "and a reply", QUESTION.text]


async def test_edit_of_two_messages_comes_once_for_each(box: Box) -> None:
    address = await box.chat("1")
    for number in (1, 2):
        await box.put(address, Outbound(f"You mean {number}?", ref="s7.2.echo"))
        await box.settle(f"You mean {number}?", SENT, message=f"m{number}")
    await box.put(address, Outbound("✓", edits="s7.2.echo"))
    assert sorted(each.target or "" for each in await box.due()) == ["m1", "m2"]


async def test_settled_message_keeps_when_and_under_which_name_it_arrived(box: Box) -> None:
    await box.put(await box.chat("1"), "sent", "failed", "again")
    await box.settle("sent", SENT, message="m1", at=AT + HOUR)
    await box.settle("failed", FAILED, at=AT + HOUR)
    await box.settle("again", QUEUED, not_before=AT + 2 * HOUR, attempts=3, at=AT + HOUR)
    assert await box.rows("state", "message", "sent_at", "not_before", "attempts") == [
        (SENT, "m1", AT + HOUR, AT + HOUR, 0),
        (FAILED, None, None, AT + HOUR, 0),
        (QUEUED, None, None, AT + 2 * HOUR, 3),
    ]
    await box.store.write(partial(outbox.settle, outcomes=[], at=AT))


async def test_chat_that_is_gone_loses_what_waits_for_it(box: Box) -> None:
    one, two = await box.chat("1"), await box.chat("2")
    await box.put(one, "sent", "waits")
    await box.put(two, "other")
    await box.settle("sent", SENT)
    await box.store.write(partial(outbox.drop_queued, address_id=one))
    assert await box.texts() == ["other"]
    kept = [(state, body is not None) for state, body in await box.rows("state", "body")]
    assert kept == [(SENT, True), (DROPPED, False), (QUEUED, True)]


async def test_bodies_are_wiped_some_time_after_they_were_settled(box: Box) -> None:
    await box.put(await box.chat("1"), "old", "new", "waits")
    await box.settle("old", SENT)
    await box.settle("new", SENT, at=AT + DAY)
    assert await box.store.write(lambda c: outbox.wipe_before(c, AT + DAY)) == 1
    assert await box.store.write(lambda c: outbox.wipe_before(c, AT + DAY)) == 0
    kept = [(state, body is not None) for state, body in await box.rows("state", "body")]
    assert kept == [(SENT, False), (SENT, True), (QUEUED, True)]


async def test_file_is_stored_once_and_opened_by_its_name(store: Store) -> None:
    name = await store.write(lambda c: outbox.keep_file(c, b"\x89PNG"))
    assert await store.write(lambda c: outbox.keep_file(c, b"\x89PNG")) == name
    assert await store.read(lambda c: outbox.file_body(c, name)) == b"\x89PNG"
    assert await store.read(lambda c: rows_of(c, files, "id")) == [(name,)]
    with pytest.raises(LookupError, match="no file nothing"):
        await store.read(lambda c: outbox.file_body(c, "nothing"))


async def test_nothing_to_say_queues_nothing(box: Box) -> None:
    await box.put(await box.chat("1"))
    assert await box.rows("id") == []
