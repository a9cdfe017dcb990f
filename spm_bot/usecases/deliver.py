"""Delivery: what stands in the outbox goes out, each chat in order, chats side by side.

At least once: a message whose fate is unknown is sent again. Buttons carry the turn that drew them,
so a message that arrives twice does no harm.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from spm_bot.chat.channel import Channel, Delivery, Sent, TryLater, Undeliverable
from spm_bot.log import event
from spm_bot.messages import Address, Outbound
from spm_bot.storage import outbox, people, screens
from spm_bot.storage.outbox import DROPPED, FAILED, QUEUED, SENT, Due, Outcome
from spm_bot.storage.store import Connection, Store, Unavailable
from spm_bot.times import Clock
from spm_bot.usecases import recheck
from spm_bot.usecases.collect import Letter, collect
from spm_bot.usecases.visit import Desk

BATCH = 200
AT_ONCE = 16
BULK = frozenset({"invitation", "reminder", "wished"})
BULK_AT_ONCE = 40
"""Invitations taken up at a time: a round of 50,000 must not stand between a client and a reply."""

LONGEST_WAIT = 60.0
LOOK_EVERY = 1.0
"""Seconds after which the outbox is looked at even if nobody woke us: the command line writes too."""

_NOWHERE = Address("", "")
"""Of a chat whose handle cannot be read: nothing is sent there, its messages are only settled."""

_log = logging.getLogger("spm_bot.deliver")


@dataclass(slots=True)
class Postman:
    """Delivers until told to stop. `wake` after a commit makes it look at once.

    Invitations and reminders leave one by one, `bulk_gap` seconds apart; replies never wait for them.
    """

    store: Store
    desk: Desk
    clock: Clock
    channels: Mapping[str, Channel]
    bulk_gap: float = 0.0
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _walks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _bulk: asyncio.Lock = field(default_factory=asyncio.Lock)
    _bulk_walks: set[int] = field(default_factory=set)
    _stopping: bool = False

    def wake(self) -> None:
        """Look at the outbox now."""
        self._awake.set()

    async def run(self) -> None:
        """Delivers until `stop`; what is then unsent waits for the next start."""
        while not self._stopping:
            self._awake.clear()
            try:
                busy = await self._set_out()
            except Unavailable as error:
                event(_log, "outbox_unavailable", severity=logging.WARNING, reason=str(error))
                busy = 0
            if not busy:
                await self._nap()

    async def stop(self, *, patience: float) -> None:
        """Takes nothing new and lets what is on its way arrive, for `patience` seconds at most."""
        self._stopping = True
        self.wake()
        walks = list(self._walks.values())
        if walks:
            _, late = await asyncio.wait(walks, timeout=patience)
            for walk in late:
                walk.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def flush(self) -> None:
        """Delivers everything that is due now and returns when it is settled."""
        while await self._set_out() or self._walks:
            await asyncio.gather(*self._walks.values())

    async def _nap(self) -> None:
        try:
            await asyncio.wait_for(self._awake.wait(), LOOK_EVERY)
        except TimeoutError:
            return

    async def _set_out(self) -> int:
        """Takes a batch of due messages and starts a walk for each chat; says how many messages."""
        work = partial(
            collect,
            now=self.clock.now(),
            busy=frozenset(self._walks),
            limit=BATCH,
            urgent_only=len(self._bulk_walks) >= BULK_AT_ONCE,
            desk=self.desk,
        )
        load = await self.store.read(work)
        if self._stopping:
            return 0
        for letter in load.letters:
            if letter.unreadable:
                event(_log, "message_lost", severity=logging.ERROR, row=letter.due.id)
        rows = sorted(load.letters, key=lambda letter: (letter.due.address_id, letter.due.id))
        for address_id, group in groupby(rows, key=lambda letter: letter.due.address_id):
            letters = list(group)
            bulk = all(letter.due.kind in BULK for letter in letters)
            carry = self._carry_bulk if bulk else self._carry
            address = load.addresses.get(address_id, _NOWHERE)
            walk = asyncio.create_task(carry(address, letters, load.files))
            self._walks[address_id] = walk
            if bulk:
                self._bulk_walks.add(address_id)
            walk.add_done_callback(partial(self._walked, address_id))
        return len(rows)

    def _walked(self, address_id: int, walk: asyncio.Task[None]) -> None:
        del self._walks[address_id]
        self._bulk_walks.discard(address_id)
        self.wake()

    async def _carry(self, address: Address, letters: Sequence[Letter], files: Mapping[str, bytes]) -> None:
        async with self._slots:
            await self._walk(address, letters, files)

    async def _carry_bulk(
        self, address: Address, letters: Sequence[Letter], files: Mapping[str, bytes]
    ) -> None:
        async with self._bulk:
            await asyncio.sleep(self.bulk_gap)
        await self._walk(address, letters, files)

    async def _walk(self, address: Address, letters: Sequence[Letter], files: Mapping[str, bytes]) -> None:
        """Delivers one chat's messages in order and writes down what became of them."""
        channel = self.channels.get(address.channel)
        results = await _hand_over(channel, address.handle, letters, files)
        while True:
            work = partial(_settle, results=results, now=self.clock.now())
            try:
                return await self.store.write(work, lane=address.handle)
            except Exception as error:
                # Until it is stored the chat stays busy, else it gets the same again with every look.
                event(_log, "delivery_not_stored", severity=logging.ERROR, error=type(error).__name__)
                await asyncio.sleep(LOOK_EVERY)


async def _hand_over(
    channel: Channel | None, handle: str, letters: Sequence[Letter], files: Mapping[str, bytes]
) -> list[tuple[Due, Delivery | Outcome]]:
    """Sends in order; stops at the first message that has to wait, for the others wait behind it."""
    results: list[tuple[Due, Delivery | Outcome]] = []
    arrived: dict[int, str] = {}
    for letter in letters:
        due = letter.due
        if letter.verdict is not None:
            results.append((due, letter.verdict))
            continue
        target = due.target or arrived.get(due.original or 0)
        if due.original is not None and target is None:
            break
        delivery = await _send(channel, handle, due, target, files)
        results.append((due, delivery))
        if isinstance(delivery, Sent):
            arrived[due.id] = delivery.message
        elif isinstance(delivery, TryLater) or delivery.gone:
            break
    return results


async def _send(
    channel: Channel | None, handle: str, due: Due, target: str | None, files: Mapping[str, bytes]
) -> Delivery:
    message = due.message
    if channel is None:
        return TryLater(LONGEST_WAIT, "this channel is not connected")
    try:
        if message.erases is not None:
            return await _take_out(channel, handle, message.erases, message)
        if message.edits is None:
            file = files[message.attachment.file] if message.attachment else None
            return await channel.send(handle, message, file=file)
        if target is None:
            return Undeliverable("the message to edit was never sent", gone=False)
        if message.gone:
            return await _take_out(channel, handle, target, message)
        return await channel.edit(handle, target, message)
    except Exception as error:
        # A fault of a channel's own holds up this chat for a while, and no other.
        event(_log, "delivery_failed", severity=logging.ERROR, row=due.id, error=type(error).__name__)
        return TryLater(LONGEST_WAIT, "the channel failed")


async def _take_out(channel: Channel, handle: str, target: str, message: Outbound) -> Delivery:
    """Out of the chat, or one of ours at least without its words where the channel says it is too old."""
    delivery = await channel.delete(handle, target)
    if message.gone and isinstance(delivery, Undeliverable) and not delivery.gone:
        return await channel.edit(handle, target, message)
    return delivery


def _settle(
    connection: Connection, *, results: Sequence[tuple[Due, Delivery | Outcome]], now: datetime
) -> None:
    """Writes down what became of one chat's messages, and what that says of the chat itself."""
    outbox.settle(connection, [_outcome(due, result, now) for due, result in results], at=now)
    screens.taken_out(connection, results[0][0].address_id, _taken_out(results))
    recheck.delivered(connection, [due for due, result in results if isinstance(result, Sent)], at=now)
    for due, result in results:
        if isinstance(result, Undeliverable) and result.gone:
            people.set_reachable(connection, due.address_id, reachable=False)
            outbox.drop_queued(connection, due.address_id)
        elif isinstance(result, Outcome) and result.state == DROPPED and due.invitation:
            recheck.not_wanted(connection, due, reason=result.reason, now=now)


def _taken_out(results: Sequence[tuple[Due, Delivery | Outcome]]) -> list[str]:
    return [
        result.message
        for due, result in results
        if isinstance(result, Sent) and (due.message.gone or due.message.erases is not None)
    ]


def _outcome(due: Due, result: Delivery | Outcome, now: datetime) -> Outcome:
    match result:
        case Sent(message=message):
            return Outcome(due.id, SENT, message=message)
        case TryLater(seconds=seconds):
            wait = max(seconds, min(LONGEST_WAIT, 2.0**due.attempts))
            again = now + timedelta(seconds=wait)
            return Outcome(due.id, QUEUED, not_before=again, attempts=due.attempts + 1)
        case Undeliverable():
            return Outcome(due.id, FAILED)
        case Outcome():
            return result
