"""How far the register says who looks after a client."""

from __future__ import annotations

from sqlalchemy import Connection, case, func, select

from spm_bot.storage.tables import clients


def count_with_officer(connection: Connection) -> tuple[int, int]:
    """How many active clients there are, and of how many the register names the loan officer."""
    named = func.coalesce(func.sum(case((clients.c.officer != "", 1), else_=0)), 0)
    row = connection.execute(select(func.count(), named).where(clients.c.status == "active")).one()
    return row[0], row[1]
