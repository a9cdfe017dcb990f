"""The staff of the demo: a loan officer who has a sample asked, and a manager who decides on a figure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from spm_bot.demo.handsets import NAME, Screen
from spm_bot.messages import Address, Body, Inbound, Start, Text
from spm_bot.protection.duties import Role


@dataclass(slots=True)
class Colleague:
    """A member of staff with a phone; `says` is all they type there, after taking the role by a link."""

    handle: str
    role: Role
    says: tuple[str, ...]
    screen: Screen = field(default_factory=Screen)

    def acts(self, token: str, now: datetime) -> list[Inbound]:
        bodies: tuple[Body, ...] = (Start(token), *(Text(said) for said in self.says))
        address = Address(NAME, self.handle)
        return [
            Inbound(f"{NAME}:{self.handle}:{number}", address, now, body, language="en")
            for number, body in enumerate(bodies)
        ]


def officer() -> Colleague:
    """Has a sample asked: survey, branch, product and size, the first choice each time; then why, and yes."""
    reason = "Waiting times since the second counter opened"
    return Colleague("officer", Role.LOAN_OFFICER, ("/ask", "1", "1", "1", "1", reason, "1"))


def manager() -> Colleague:
    """Decides on the figure that leads, for all branches: what, who, by when, what should come of it."""
    return Colleague(
        "manager",
        Role.MANAGER,
        (
            *("/decide", "1", "1", "3"),
            "No second loan beside a running one in Bungoma until instalments fit what people earn",
            "head of credit",
            *("3", "1", "15"),
            "About 1 in 100 fewer new loans",
            "Fewer people pay one loan with another; some wait longer for a loan",
            *("1", "1"),
        ),
    )
