"""A terminal as a channel: what the bot says is printed, what is typed goes back as if on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TextIO

from spm_bot.chat.channel import Delivery, Sent
from spm_bot.messages import Action, Address, Body, Button, Inbound, Outbound, Rows, Tap, Text

NAME = "console"


@dataclass(slots=True)
class Console:
    """Prints to `out`; remembers the newest buttons, so that their words can be typed."""

    out: TextIO
    _numbers: Iterator[int] = field(default_factory=count)
    _rows: Rows = ()

    @property
    def name(self) -> str:
        return NAME

    async def send(self, handle: str, message: Outbound, *, file: bytes | None = None) -> Delivery:
        """Prints a message with its choices on lines of their own and its steps in brackets."""
        self._rows = message.buttons or self._rows
        self.out.write("\n".join(["", message.text, *map(_line, message.buttons), ""]))
        return Sent(str(next(self._numbers)))

    async def edit(self, handle: str, sent: str, message: Outbound) -> Delivery:
        """Prints what the edit tells anew: ticks, or nothing where an answer was just typed."""
        if message.buttons:
            return await self.send(handle, message)
        return Sent(sent)

    async def delete(self, handle: str, message: str) -> Delivery:
        """What is printed stays printed."""
        return Sent(message)

    def typed(self, line: str, *, at: datetime) -> Inbound:
        """What somebody typed, as an event; the words of a step's button press it."""
        number = next(self._numbers)
        body: Body = Text(line, str(number))
        for button in (button for row in self._rows for button in row):
            if button.token.action is not Action.PICK and line.strip().casefold() == _word(button):
                body = Tap(button.token)
        return Inbound(f"console:{at.timestamp()}:{number}", Address(NAME, "local"), at, body)


def _line(row: tuple[Button, ...]) -> str:
    if all(button.token.action is Action.PICK for button in row):
        return "   " + "  ".join(button.label for button in row)
    return "   " + " ".join(f"[{button.label}]" for button in row)


def _word(button: Button) -> str:
    """A step's label without its ornaments: `‹ Back` is pressed by typing back."""
    return "".join(char for char in button.label if char.isalnum() or char == " ").strip().casefold()
