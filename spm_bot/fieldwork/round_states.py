"""How a round stands, and what may become of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class RoundState(StrEnum):
    # For the yes of the SPM manager.
    WAITING = "waiting"
    OPEN = "open"
    PAUSED = "paused"
    STOPPED = "stopped"
    # Taken back by whoever asked, before anything had left.
    UNDONE = "undone"
    REFUSED = "refused"
    CLOSED = "closed"


MOVES: Mapping[RoundState, frozenset[RoundState]] = MappingProxyType(
    {
        RoundState.WAITING: frozenset({RoundState.OPEN, RoundState.REFUSED, RoundState.UNDONE}),
        RoundState.OPEN: frozenset(
            {RoundState.PAUSED, RoundState.STOPPED, RoundState.UNDONE, RoundState.CLOSED}
        ),
        RoundState.PAUSED: frozenset({RoundState.OPEN, RoundState.STOPPED, RoundState.UNDONE}),
        # A standing round alone: whoever resumes one knows which those are.
        RoundState.STOPPED: frozenset({RoundState.OPEN}),
        RoundState.UNDONE: frozenset(),
        RoundState.REFUSED: frozenset(),
        RoundState.CLOSED: frozenset(),
    }
)
"""Each state with those that may follow it."""


def before(state: RoundState) -> frozenset[RoundState]:
    """The states from which a round may come into this one."""
    return frozenset(earlier for earlier, later in MOVES.items() if state in later)
