"""Long polling that acknowledges an update only once its effect is durable.

Telegram takes the `offset` of a getUpdates call as a receipt for everything before it, so the offset
we ask from is the lowest update not yet handled. Telegram then repeats those still in work; they are
known by their number. The updates of a chat are handled one after another, chats beside each other.

An answer holds at most 100 updates counted from the offset, so never more than 100 are unfinished:
that is the back-pressure. An update whose handling keeps failing holds the offset; the 99 behind it
are still handled, then the intake stands and says so. The other way out would be to acknowledge what
nobody has stored, and to lose it with the process.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram import Update

from spm_bot.chat.telegram import inbound
from spm_bot.chat.telegram.polling import PollFailed
from spm_bot.log import event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from telegram import Bot

    from spm_bot.chat.telegram.outbound import TelegramChannel
    from spm_bot.chat.telegram.polling import Polling
    from spm_bot.messages import Inbound

    Receive = Callable[[Inbound], Awaitable[str | None]]

logger = logging.getLogger("spm_bot.telegram")

FIRST_RETRY, LAST_RETRY = 0.2, 10.0
DRAIN = 5.0
BATCH = 100

# Telegram answers an offset asked again within half a second with a single update.
_SAME_OFFSET = 0.6
_NEW_OFFSET = 0.05


@dataclass(slots=True)
class Window:
    """The updates from the offset to the newest seen, and which of them are done."""

    offset: int = 0
    _done: dict[int, bool] = field(default_factory=dict)

    @property
    def busy(self) -> bool:
        return bool(self._done)

    @property
    def full(self) -> bool:
        return len(self._done) >= BATCH

    def enter(self, number: int) -> bool:
        """Whether this update is new here."""
        if number in self._done:
            return False
        self._done[number] = False
        # After a quiet week Telegram counts on from anywhere, so the offset may go down as well.
        self.offset = min(self.offset, number)
        return True

    def finish(self, number: int) -> None:
        """The update is durable: the offset passes it once all before it are."""
        self._done[number] = True
        waiting = [seen for seen, done in self._done.items() if not done]
        self.offset = min(waiting) if waiting else max(self._done) + 1
        self._done = {seen: done for seen, done in self._done.items() if seen >= self.offset}


@dataclass(frozen=True, slots=True)
class Work:
    """One update on its way: what it says, and the id of the pressed button that waits for an answer."""

    number: int
    inbound: Inbound
    callback: str | None


class Intake:
    """Takes updates from Telegram and hands each to `receive` until that has returned once."""

    def __init__(
        self,
        bot: Bot,
        polling: Polling,
        channel: TelegramChannel,
        *,
        receive: Receive,
        committed: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._bot, self._polling, self._channel = bot, polling, channel
        self._receive, self._committed, self._now = receive, committed, now
        self._window = Window()
        self._lanes: dict[str, deque[Work]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._progress = asyncio.Event()

    async def run(self, *, stopping: asyncio.Event) -> None:
        """Polls until `stopping`, then lets what is in work finish for a while and acknowledges it.

        Raises WrongToken when Telegram no longer knows the bot.
        """
        poller = asyncio.create_task(self._poll())
        stopped = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait((poller, stopped), return_when=asyncio.FIRST_COMPLETED)
        finally:
            poller.cancel()
            stopped.cancel()
            await asyncio.gather(poller, stopped, return_exceptions=True)
            await self._drain()
        if not poller.cancelled():
            poller.result()

    async def _poll(self) -> None:
        clock = asyncio.get_running_loop().time
        delay, asked, asked_at = FIRST_RETRY, -1, clock()
        while True:
            await self._until_worth_asking(asked, asked_at)
            asked, asked_at = self._window.offset, clock()
            try:
                updates = await self._polling.updates(asked)
            except PollFailed as error:
                wait = max(delay, error.wait)
                event(logger, error.event, severity=logging.WARNING, reason=str(error), wait=wait)
                await asyncio.sleep(wait)
                delay = min(delay * 2, LAST_RETRY)
                continue
            delay = FIRST_RETRY
            for update in updates:
                self._take(update)

    async def _until_worth_asking(self, asked: int, asked_at: float) -> None:
        """Returns at once when nothing is in work, for then Telegram holds the call until there is
        news; else when the offset has moved on from `asked`, or after a pause.
        """
        elapsed = asyncio.get_running_loop().time() - asked_at
        stands = self._window.full and self._window.offset == asked
        try:
            async with asyncio.timeout((LAST_RETRY if stands else _SAME_OFFSET) - elapsed):
                while self._window.busy and self._window.offset == asked:
                    self._progress.clear()
                    await self._progress.wait()
        except TimeoutError:
            if stands:
                key = self._key(asked)
                event(logger, "intake_stands", severity=logging.ERROR, update=key, waiting=BATCH - 1)
            return
        if self._window.busy:
            await asyncio.sleep(_NEW_OFFSET - elapsed)

    def _take(self, raw: dict[str, Any]) -> None:
        number = raw.get("update_id")
        if not isinstance(number, int) or not self._window.enter(number):
            return
        work = self._read(number, raw)
        if work is None:
            self._finish(number)
            return
        handle = work.inbound.address.handle
        if handle in self._lanes:
            self._lanes[handle].append(work)
            return
        self._lanes[handle] = deque([work])
        worker = asyncio.create_task(self._work(handle))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    def _read(self, number: int, raw: dict[str, Any]) -> Work | None:
        """What the update asks of us, if anything. One that cannot be read is skipped for good, as
        asking again would only bring it again.
        """
        try:
            update = Update.de_json(raw, self._bot)
            found = inbound.read(
                update, bot_id=self._bot.id, username=self._bot.username, received_at=self._now()
            )
        except Exception as error:
            why = type(error).__name__
            event(logger, "update_unreadable", severity=logging.ERROR, update=self._key(number), reason=why)
            return None
        callback = update.callback_query.id if update.callback_query else None
        return Work(number, found, callback) if found else None

    async def _work(self, handle: str) -> None:
        lane = self._lanes[handle]
        while lane:
            work = lane.popleft()
            toast = await self._until_received(work.inbound)
            self._finish(work.number)
            if work.callback is not None:
                await self._channel.acknowledge(work.callback, toast)
            self._committed()
        del self._lanes[handle]

    async def _until_received(self, message: Inbound) -> str | None:
        delay = FIRST_RETRY
        while True:
            try:
                return await self._receive(message)
            except Exception as error:
                fields = {"update": message.key, "reason": type(error).__name__, "wait": delay}
                event(logger, "receive_failed", severity=logging.ERROR, **fields)
            await asyncio.sleep(delay)
            delay = min(delay * 2, LAST_RETRY)

    def _finish(self, number: int) -> None:
        self._window.finish(number)
        self._progress.set()

    def _key(self, number: int) -> str:
        return f"tg:{self._bot.id}:{number}"

    async def _drain(self) -> None:
        """What does not finish in time stays unacknowledged and comes again at the next start."""
        left = set(self._workers)
        if left:
            _, left = await asyncio.wait(left, timeout=DRAIN)
        for worker in left:
            worker.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if self._window.offset:
            await self._polling.acknowledge(self._window.offset)
