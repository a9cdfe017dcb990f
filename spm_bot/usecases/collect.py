"""What is to go out now, with all it takes to send it, and with what is to be settled unsent."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from spm_bot.messages import Address
from spm_bot.storage import outbox, people
from spm_bot.storage.outbox import FAILED, Due, Outcome
from spm_bot.storage.store import Connection
from spm_bot.storage.vault import Undecipherable
from spm_bot.usecases import recheck
from spm_bot.usecases.visit import Desk


@dataclass(frozen=True, slots=True)
class Letter:
    """A due message, and what is already decided about it without sending."""

    due: Due
    verdict: Outcome | None

    @property
    def unreadable(self) -> bool:
        """Whether it, its chat or its file is sealed with a key that is gone: it can never be sent."""
        return self.verdict is not None and self.verdict.state == FAILED


@dataclass(frozen=True, slots=True)
class Load:
    """Due messages, the addresses that could be read, and the files that go with them by name."""

    letters: list[Letter]
    addresses: dict[int, Address]
    files: dict[str, bytes]


def collect(
    connection: Connection, *, desk: Desk, now: datetime, limit: int, busy: frozenset[int], urgent_only: bool
) -> Load:
    """At most `limit` due messages, none for the chats in `busy`.

    One that cannot be read is given up: it would end the delivery of all others, again and again.
    """
    due = outbox.due(connection, now=now, limit=limit, busy=busy, urgent_only=urgent_only)
    verdicts = recheck.verdicts(connection, desk, due, now=now)
    addresses = people.handles(connection, {each.address_id for each in due})
    files = _files(connection, {each.message.attachment.file for each in due if each.message.attachment})
    for each in due:
        attached = each.message.attachment
        if each.lost or each.address_id not in addresses or (attached and attached.file not in files):
            verdicts[each.id] = Outcome(each.id, FAILED)
    return Load([Letter(each, verdicts.get(each.id)) for each in due], addresses, files)


def _files(connection: Connection, names: Collection[str]) -> dict[str, bytes]:
    found = {}
    for name in names:
        with suppress(Undecipherable, LookupError):  # a file may be gone again by now
            found[name] = outbox.file_body(connection, name)
    return found
