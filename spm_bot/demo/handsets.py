"""A channel of made-up phones: what arrives is kept on a screen, as a person would see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from spm_bot.chat.channel import Delivery, Sent, Undeliverable
from spm_bot.messages import Outbound

NAME = "demo"


@dataclass(slots=True)
class Screen:
    """One chat as its owner sees it. A blocked bot reaches it no more."""

    shown: dict[str, Outbound] = field(default_factory=dict)
    arrived: int = 0
    blocked: bool = False

    def newest(self) -> Outbound | None:
        """The message at the bottom of the chat."""
        return next(reversed(self.shown.values()), None)

    def newest_first(self) -> Iterator[Outbound]:
        """Messages that still have buttons, the newest first."""
        return (message for message in reversed(self.shown.values()) if message.buttons)


@dataclass(slots=True)
class Handsets:
    """Every phone of the demo, by handle; remembers which of them something came to."""

    screens: dict[str, Screen] = field(default_factory=dict)
    _rang: dict[str, None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return NAME

    async def send(self, handle: str, message: Outbound, *, file: bytes | None = None) -> Delivery:
        """Puts a message on the screen, under everything that is there."""
        screen = self.screens[handle]
        if screen.blocked:
            return Undeliverable("the person blocked the bot", gone=True)
        screen.arrived += 1
        sent = str(screen.arrived)
        screen.shown[sent] = message
        self._rang[handle] = None
        return Sent(sent)

    async def edit(self, handle: str, sent: str, message: Outbound) -> Delivery:
        """Draws a message anew in its place."""
        screen = self.screens[handle]
        if screen.blocked:
            return Undeliverable("the person blocked the bot", gone=True)
        screen.shown[sent] = message
        self._rang[handle] = None
        return Sent(sent)

    async def delete(self, handle: str, message: str) -> Delivery:
        """Takes a message off the screen, which makes no sound. What was typed is not kept there."""
        screen = self.screens[handle]
        if screen.blocked:
            return Undeliverable("the person blocked the bot", gone=True)
        screen.shown.pop(message, None)
        return Sent(message)

    def rang(self) -> tuple[str, ...]:
        """The phones that something came to since the last call, in the order of their first message."""
        handles = tuple(self._rang)
        self._rang.clear()
        return handles
