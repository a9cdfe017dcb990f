"""Two requests for nearly the same people: one total less the other would show the few between them."""

from __future__ import annotations

from datetime import datetime

from spm_bot.fieldwork.audience import Audience
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.storage import audiences, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection
from spm_bot.times import WEEK

LEAST_APART = 10
"""By how many people two audiences have to differ."""
REMEMBERED = 13 * WEEK

_ASKED = (RoundState.WAITING, RoundState.OPEN, RoundState.PAUSED, RoundState.STOPPED, RoundState.CLOSED)


def too_near(connection: Connection, audience: Audience, *, now: datetime) -> bool:
    """Whether nearly the same people were asked for lately, by whomever and with whatever survey."""
    return any(
        audiences.difference(connection, audience, Audience.from_json(round_.audience)) < LEAST_APART
        for round_ in adhoc_rounds(connection, since=now - REMEMBERED)
    )


def adhoc_rounds(connection: Connection, *, since: datetime) -> list[Round]:
    """Requests since then that were neither taken back nor refused, oldest first."""
    found = rounds.rounds_in(connection, *_ASKED)
    return [round_ for round_ in found if round_.origin == "adhoc" and round_.opened_at >= since]
