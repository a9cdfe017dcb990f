from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from spm_bot.chat.channel import Delivery, Sent, TryLater, Undeliverable
from spm_bot.messages import Attachment, Outbound
from spm_bot.storage import outbox, people, rounds
from spm_bot.storage.outbox import DROPPED, FAILED, QUEUED, SENT
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import addresses, files, invitations
from spm_bot.storage.tables import outbox as table
from spm_bot.storage.vault import Vault
from spm_bot.usecases import deliver
from spm_bot.usecases.deliver import LONGEST_WAIT, Postman
from tests.seed import AT, DAY, HOUR, asked, enrol, meet, open_round, row, rows_of, sign
from tests.stage.clock import FakeClock
from tests.stage.world import desk

SECOND = timedelta(seconds=1)
PATIENCE = 5.0


@dataclass(slots=True)
class Wire:
    """A channel that does what is written down for a chat, one entry a call, and delivers after that.

    An entry is a delivery, an event to wait for, or an error to raise.
    """

    script: dict[str, list[Delivery | asyncio.Event | Exception]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    files: list[bytes | None] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    before: Callable[[], Any] | None = None

    @property
    def name(self) -> str:
        return "test"

    async def send(self, handle: str, message: Outbound, *, file: bytes | None = None) -> Delivery:
        self.files.append(file)
        return await self._play(handle, message.text)

    async def edit(self, handle: str, sent: str, message: Outbound) -> Delivery:
        return await self._play(handle, f"{message.text} on {sent}")

    async def delete(self, handle: str, message: str) -> Delivery:
        return await self._play(handle, f"delete {message}")

    async def _play(self, handle: str, words: str) -> Delivery:
        self.calls.append((handle, words))
        arrived = Sent(f"m{len(self.calls)}")
        self.heard.set()
        if self.before is not None:
            await self.before()
        planned = self.script.get(handle)
        match planned.pop(0) if planned else None:
            case asyncio.Event() as event:
                await event.wait()
            case Exception() as error:
                raise error
            case None:
                pass
            case delivery:
                return delivery
        return arrived

    async def hears(self, count: int) -> None:
        """Returns once the channel was called `count` times."""
        while len(self.calls) < count:
            self.heard.clear()
            await asyncio.wait_for(self.heard.wait(), PATIENCE)


@dataclass(slots=True)
class Office:
    """A postman with a wire, and words for what is put into the outbox."""

    store: Store
    wire: Wire = field(default_factory=Wire)
    clock: FakeClock = field(default_factory=FakeClock)
    postman: Postman = field(init=False)

    def __post_init__(self) -> None:
        self.postman = Postman(self.store, desk(), self.clock, {"test": self.wire})

    async def put(self, handle: str, *messages: Outbound | str, **options: Any) -> int:
        address = await self.store.write(partial(meet, handle=handle))
        ready = [Outbound(each) if isinstance(each, str) else each for each in messages]
        given = {"kind": "reply", "at": self.clock.now(), **options}
        await self.store.write(partial(outbox.put, address_id=address, messages=ready, **given))
        return address

    async def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        return await self.store.read(lambda c: rows_of(c, table, *columns))

    async def states(self) -> list[str]:
        return [state for (state,) in await self.rows("state")]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        running = asyncio.create_task(self.postman.run())
        try:
            yield
        finally:
            await self.postman.stop(patience=PATIENCE)
            await asyncio.wait_for(running, PATIENCE)


class Ears(logging.Handler):
    """What the postman logs, as it is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self._more = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.names.append(record.getMessage())
        self._more.set()

    async def hear(self, count: int) -> None:
        """Returns once `count` things were logged."""
        while len(self.names) < count:
            self._more.clear()
            await asyncio.wait_for(self._more.wait(), PATIENCE)


@pytest.fixture
def ears() -> Iterator[Ears]:
    logger, handler = logging.getLogger("spm_bot.deliver"), Ears()
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.fixture
def office(store: Store) -> Office:
    return Office(store)


async def test_message_goes_out_once_and_its_name_is_kept(office: Office) -> None:
    await office.put("a", "hello")
    await office.postman.flush()
    await office.postman.flush()
    assert office.wire.calls == [("a", "hello")]
    assert await office.rows("state", "message", "sent_at", "attempts") == [(SENT, "m1", AT, 0)]


async def test_channel_is_called_after_the_commit(office: Office) -> None:
    """What is on its way stands on the disk already, whatever happens to us now."""
    seen: list[list[str]] = []

    async def look() -> None:
        seen.append(await office.states())

    office.wire.before = look
    await office.put("a", "hello")
    await office.postman.flush()
    assert seen == [[QUEUED]]


async def test_message_of_undone_work_never_goes_out(office: Office) -> None:
    def fails(connection: Connection) -> None:
        outbox.put(connection, meet(connection, "a"), [Outbound("hello")], kind="reply", at=AT)
        raise RuntimeError("the rest of the work")

    with pytest.raises(RuntimeError):
        await office.store.write(fails)
    await office.postman.flush()
    assert office.wire.calls == []


async def test_chat_gets_its_messages_in_the_order_they_were_written(office: Office) -> None:
    await office.put("a", "1", "2")
    await office.put("b", "x")
    await office.put("a", "3", kind="staff")
    await office.put("a", "4")
    await office.postman.flush()
    assert [words for handle, words in office.wire.calls if handle == "a"] == ["1", "2", "3", "4"]
    assert ("b", "x") in office.wire.calls


async def test_asked_to_wait_a_chat_waits_in_order_and_others_go_on(office: Office) -> None:
    office.wire.script["a"] = [TryLater(30.0, "too many requests")]
    await office.put("a", "1", "2")
    await office.put("b", "x")
    await office.postman.flush()
    assert sorted(office.wire.calls) == [("a", "1"), ("b", "x")]
    await office.put("a", "3")
    office.clock.advance(29 * SECOND)
    await office.postman.flush()
    assert len(office.wire.calls) == 2
    office.clock.advance(SECOND)
    await office.postman.flush()
    assert office.wire.calls[2:] == [("a", "1"), ("a", "2"), ("a", "3")]
    assert await office.states() == [SENT] * 4


async def test_message_of_unknown_fate_is_tried_at_growing_distances(office: Office) -> None:
    office.wire.script["a"] = [TryLater(0.0, "timed out") for _ in range(8)]
    await office.put("a", "1")
    waits = []
    for _ in range(8):
        await office.postman.flush()
        [(next_try, attempts)] = await office.rows("not_before", "attempts")
        waits.append(((next_try - office.clock.now()).total_seconds(), attempts))
        office.clock.instant = next_try
    assert waits == [(min(60.0, 2.0**number), number + 1) for number in range(8)]
    await office.postman.flush()
    assert await office.states() == [SENT]


async def test_hanging_send_does_not_hold_up_other_chats(office: Office) -> None:
    release = asyncio.Event()
    office.wire.script["a"] = [release]
    await office.put("a", "hangs", "behind it")
    await office.put("b", "1")
    async with office.running():
        await office.wire.hears(2)
        await office.put("b", "2")
        await office.put("a", "later")
        office.postman.wake()
        await office.wire.hears(3)
        assert office.wire.calls[2] == ("b", "2")
        release.set()
        await office.wire.hears(5)
    assert [words for handle, words in office.wire.calls if handle == "a"] == ["hangs", "behind it", "later"]
    assert await office.states() == [SENT] * 5


async def test_chat_that_is_gone_is_noted_and_loses_what_waits(office: Office) -> None:
    office.wire.script["a"] = [Undeliverable("blocked", gone=True)]
    address = await office.put("a", "1", "2")
    await office.put("a", "tomorrow", at=AT + DAY)
    await office.put("b", "x")
    await office.postman.flush()
    assert sorted(office.wire.calls) == [("a", "1"), ("b", "x")]
    assert await office.states() == [FAILED, DROPPED, DROPPED, SENT]
    assert (await office.store.read(partial(people.chat, address_id=address))).reachable is False


async def test_message_that_cannot_arrive_is_given_up_alone(office: Office) -> None:
    office.wire.script["a"] = [Undeliverable("too long", gone=False)]
    address = await office.put("a", "1", "2")
    await office.postman.flush()
    assert office.wire.calls == [("a", "1"), ("a", "2")]
    assert await office.states() == [FAILED, SENT]
    assert (await office.store.read(partial(people.chat, address_id=address))).reachable is True


async def test_edit_redraws_what_arrived_before(office: Office) -> None:
    await office.put("a", Outbound("question", ref="s1.1"))
    await office.postman.flush()
    await office.put("a", Outbound("✓", edits="s1.1"), "next")
    await office.postman.flush()
    assert office.wire.calls == [("a", "question"), ("a", "✓ on m1"), ("a", "next")]


async def test_edit_redraws_what_leaves_in_the_same_walk(office: Office) -> None:
    await office.put("a", Outbound("question", ref="s1.1"), Outbound("✓", edits="s1.1"), "next")
    await office.postman.flush()
    assert office.wire.calls == [("a", "question"), ("a", "✓ on m1"), ("a", "next")]


async def test_edit_waits_for_an_original_that_is_tried_again(office: Office) -> None:
    office.wire.script["a"] = [TryLater(5.0, "network")]
    await office.put("a", Outbound("question", ref="s1.1"), Outbound("✓", edits="s1.1"))
    await office.postman.flush()
    office.clock.advance(5 * SECOND)
    await office.postman.flush()
    assert office.wire.calls == [("a", "question"), ("a", "question"), ("a", "✓ on m2")]


async def test_edit_of_what_never_arrived_is_given_up(office: Office) -> None:
    office.wire.script["a"] = [Undeliverable("too long", gone=False)]
    await office.put("a", Outbound("question", ref="s1.1"), Outbound("✓", edits="s1.1"), "next")
    await office.put("a", Outbound("…", edits="s9.9"))
    await office.postman.flush()
    assert office.wire.calls == [("a", "question"), ("a", "next")]
    assert await office.states() == [FAILED, FAILED, SENT, FAILED]


async def test_message_past_its_time_is_dropped_unsent(office: Office) -> None:
    await office.put("a", "old", expires_at=AT + HOUR)
    await office.put("a", "in time", expires_at=AT + 2 * HOUR)
    office.clock.advance(HOUR)
    await office.postman.flush()
    assert office.wire.calls == [("a", "in time")]
    assert await office.states() == [DROPPED, SENT]


async def test_picture_goes_with_its_message(office: Office) -> None:
    name = await office.store.write(partial(outbox.keep_file, body=b"png"))
    await office.put("a", Outbound("card", attachment=Attachment("photo", "digest.png", name)), "words")
    await office.postman.flush()
    assert office.wire.files == [b"png", None]


@pytest.mark.parametrize("spoiled", ["body", "handle", "file"])
async def test_message_that_no_key_opens_is_given_up_alone(office: Office, ears: Ears, spoiled: str) -> None:
    name = await office.store.write(lambda c: outbox.keep_file(c, b"picture"))
    await office.put("a", Outbound("look", attachment=Attachment("photo", "card.png", name)))
    await office.put("b", "hello")
    sealed = Vault((bytes(32),)).encrypt("with a key that is gone")

    def spoil(connection: Connection) -> None:
        match spoiled:
            case "body":
                connection.execute(update(table).where(table.c.id == 1).values(body=sealed))
            case "handle":
                connection.execute(update(addresses).where(addresses.c.id == 1).values(handle=sealed))
            case _:
                connection.execute(update(files).values(body=sealed))

    await office.store.write(spoil)
    await office.postman.flush()
    assert office.wire.calls == [("b", "hello")]
    assert await office.states() == [FAILED, SENT]
    assert ears.names == ["message_lost"]


async def test_chat_of_a_channel_not_connected_waits(office: Office) -> None:
    office.postman.channels = {}
    await office.put("a", "hello")
    await office.postman.flush()
    assert await office.rows("state", "not_before") == [(QUEUED, AT + timedelta(seconds=LONGEST_WAIT))]


async def test_fault_in_a_channel_holds_up_its_chat_alone(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.wire.script["a"] = [ValueError("a secret")]
    await office.put("a", "1", "2")
    await office.put("b", "x")
    with caplog.at_level(logging.INFO, logger="spm_bot.deliver"):
        await office.postman.flush()
    assert sorted(office.wire.calls) == [("a", "1"), ("b", "x")]
    assert [(record.message, record.levelname) for record in caplog.records] == [("delivery_failed", "ERROR")]
    assert "secret" not in caplog.text
    office.clock.advance(timedelta(seconds=LONGEST_WAIT))
    await office.postman.flush()
    assert office.wire.calls[2:] == [("a", "1"), ("a", "2")]


async def test_what_cannot_be_written_down_is_not_sent_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, ears: Ears
) -> None:
    """A full disk must not turn into the same message once a second."""
    monkeypatch.setattr(deliver, "LOOK_EVERY", 0.02)
    block, free = guards(office.store)
    await office.put("a", "hello")
    await office.store.write(block)
    async with office.running():
        await ears.hear(3)
        await office.put("b", "other")
        await office.wire.hears(2)
        await office.store.write(free)
    assert office.wire.calls == [("a", "hello"), ("b", "other")]
    assert set(ears.names) == {"delivery_not_stored"}
    assert await office.states() == [SENT, SENT]


def guards(store: Store) -> tuple[Callable[[Connection], None], Callable[[Connection], None]]:
    """Works that make every change of the outbox fail, and that let it pass again."""

    def block(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "CREATE TRIGGER guard BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        else:
            connection.exec_driver_sql("ALTER TABLE outbox ADD CONSTRAINT guard CHECK (state = 'queued')")

    def free(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER guard")
        else:
            connection.exec_driver_sql("ALTER TABLE outbox DROP CONSTRAINT guard")

    return block, free


async def test_killed_between_sending_and_noting_it_sends_that_message_again(office: Office) -> None:
    office.wire.script["a"] = [Sent("m1"), asyncio.Event()]
    await office.put("b", "before")
    await office.postman.flush()
    await office.put("a", "1", "2")
    running = asyncio.create_task(office.postman.run())
    await office.wire.hears(3)
    await office.postman.stop(patience=0.0)
    await running
    assert await office.states() == [SENT, QUEUED, QUEUED]
    second = Office(office.store)
    await second.postman.flush()
    assert second.wire.calls == [("a", "1"), ("a", "2")]
    assert await second.states() == [SENT] * 3


async def test_stopping_lets_what_is_on_its_way_arrive_and_takes_nothing_new(office: Office) -> None:
    release = asyncio.Event()
    office.wire.script["a"] = [release]
    await office.put("a", "on its way")
    running = asyncio.create_task(office.postman.run())
    await office.wire.hears(1)
    stopping = asyncio.create_task(office.postman.stop(patience=PATIENCE))
    await asyncio.wait_for(running, PATIENCE)
    await office.put("b", "too late")
    release.set()
    await asyncio.wait_for(stopping, PATIENCE)
    assert office.wire.calls == [("a", "on its way")]
    assert await office.states() == [SENT, QUEUED]


async def test_stopped_postman_sets_out_no_more(office: Office) -> None:
    await office.postman.stop(patience=0.0)
    await office.put("a", "hello")
    await office.postman.flush()
    await office.postman.run()
    assert office.wire.calls == []


async def test_outbox_is_looked_at_even_if_nobody_wakes_the_postman(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command line writes into it from another process."""
    monkeypatch.setattr(deliver, "LOOK_EVERY", 0.02)
    async with office.running():
        await asyncio.sleep(0)
        await office.put("a", "hello")
        await office.wire.hears(1)
    assert await office.states() == [SENT]


async def test_database_that_is_away_does_not_end_the_postman(
    office: Office, monkeypatch: pytest.MonkeyPatch, ears: Ears
) -> None:
    monkeypatch.setattr(deliver, "LOOK_EVERY", 0.02)
    await office.store.close()
    async with office.running():
        await ears.hear(2)
    assert set(ears.names) == {"outbox_unavailable"}


async def test_reply_does_not_wait_for_paced_invitations(office: Office) -> None:
    def invite(connection: Connection) -> None:
        rows = [row(f"C{number}") for number in range(3)]
        ids = enrol(connection, *rows)
        sign(connection, desk().library.survey("debt_stress"), "en")
        made = rounds.invite(connection, open_round(connection), [asked(client) for client in ids])
        for client, each in zip(ids, rows, strict=True):
            address = meet(connection, each.code)
            words = [Outbound(f"invitation {each.code}")]
            outbox.put(connection, address, words, kind="invitation", at=AT, invitation=made[client])

    await office.store.write(invite)
    await office.put("b", "reply")
    office.postman.bulk_gap = 0.05
    async with office.running():
        await office.wire.hears(4)
    assert office.wire.calls[0] == ("b", "reply")
    assert sorted(office.wire.calls[1:]) == [(f"C{n}", f"invitation C{n}") for n in range(3)]
    delivered = await office.store.read(lambda c: rows_of(c, invitations, "delivered_at", "outcome"))
    assert delivered == [(AT, None)] * 3
