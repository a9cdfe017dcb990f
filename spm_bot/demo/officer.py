"""The loan officer of the demo, who has a sample of the first branch asked about their last visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from spm_bot.demo.handsets import NAME, Screen
from spm_bot.messages import Address, Body, Inbound, Start, Text

HANDLE = "officer"

_REASON = "Waiting times since the second counter opened"
# Survey, branch, product and size: the first choice each time; then why, and yes.
_SAYS = ("/ask", "1", "1", "1", "1", _REASON, "1")


@dataclass(slots=True)
class Officer:
    """A member of staff with a phone; `asks` is everything they do there."""

    screen: Screen = field(default_factory=Screen)

    def asks(self, token: str, now: datetime) -> list[Inbound]:
        """Takes the role by the link, then goes through the request."""
        bodies: tuple[Body, ...] = (Start(token), *(Text(said) for said in _SAYS))
        address = Address(NAME, HANDLE)
        return [
            Inbound(f"{NAME}:{HANDLE}:{number}", address, now, body, language="en")
            for number, body in enumerate(bodies)
        ]
