"""What a channel must be able to do, and the ways in which a delivery can end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from spm_bot.messages import Outbound


@dataclass(frozen=True, slots=True)
class Sent:
    """Delivered; `message` is the channel's own id, needed to edit it later."""

    message: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """Not now: the channel asked us to wait, or we do not know whether it arrived."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """Never: this message cannot arrive. `gone` when nothing else can reach the chat either."""

    reason: str
    gone: bool


Delivery = Sent | TryLater | Undeliverable


class Channel(Protocol):
    """A way to talk to people. No method raises for a failed delivery."""

    @property
    def name(self) -> str: ...

    async def send(self, handle: str, message: Outbound, *, file: bytes | None = None) -> Delivery: ...

    async def edit(self, handle: str, sent: str, message: Outbound) -> Delivery: ...

    async def delete(self, handle: str, message: str) -> Delivery:
        """Takes a message out of the chat, ours or the person's; one that is not there is Sent too.
        Undeliverable when the channel no longer can, because it is too old.
        """
        ...
