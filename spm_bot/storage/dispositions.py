"""How the invitations of rounds ended, counted by their outcome codes."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from spm_bot.fieldwork.outcomes import Tally
from spm_bot.storage.tables import invitations, rounds
from spm_bot.times import Week


def tallies(connection: Connection, *, code: str | None = None, week: Week | None = None) -> dict[str, Tally]:
    """By the code of the round, oldest first: of all, of one round, or of what was invited in one week."""
    query = (
        select(rounds.c.code, invitations.c.outcome, func.count(), func.count(invitations.c.delivered_at))
        .join(rounds, rounds.c.id == invitations.c.round_id)
        .group_by(rounds.c.id, rounds.c.code, invitations.c.outcome)
        .order_by(rounds.c.id)
    )
    if code is not None:
        query = query.where(rounds.c.code == code)
    if week is not None:
        query = query.where(invitations.c.week == str(week))
    found: dict[str, Tally] = {}
    for round_code, outcome, count, delivered in connection.execute(query):
        found[round_code] = found.get(round_code, Tally()) + Tally.of({outcome: count}, delivered=delivered)
    return found
