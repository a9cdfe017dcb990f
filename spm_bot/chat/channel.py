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
    """A way to talk to people. Neither method raises for a failed delivery."""

    @property
    def name(self) -> str: ...

    async def send(self, handle: str, message: Outbound, *, file: bytes | None = None) -> Delivery: ...

    async def edit(self, handle: str, sent: str, message: Outbound) -> Delivery: ...
