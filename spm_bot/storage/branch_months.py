"""Facts of branches by month, as the institution's lists give them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import Connection, insert, select, update

from spm_bot.fieldwork.register import BranchFacts
from spm_bot.storage.tables import branch_facts


def facts_held(connection: Connection) -> dict[tuple[str, str], BranchFacts]:
    """All of them, by branch and month."""
    columns = (branch_facts.c[name] for name in BranchFacts.__dataclass_fields__)
    rows = connection.execute(select(*columns).order_by(branch_facts.c.month, branch_facts.c.branch))
    return {(row.branch, row.month): BranchFacts(*row) for row in rows}


def count_new(connection: Connection, rows: Iterable[BranchFacts]) -> int:
    """How many of these facts are not held like this."""
    held = facts_held(connection)
    return sum(held.get((row.branch, row.month)) != row for row in rows)


def write_facts(connection: Connection, rows: Iterable[BranchFacts]) -> None:
    """Adds facts, or replaces those of the same branch and month."""
    held = facts_held(connection)
    for row in rows:
        known = held.get((row.branch, row.month))
        if known is None:
            connection.execute(insert(branch_facts), asdict(row))
            continue
        if known == row:
            continue
        same = (branch_facts.c.branch == row.branch, branch_facts.c.month == row.month)
        connection.execute(update(branch_facts).where(*same).values(**asdict(row)))
