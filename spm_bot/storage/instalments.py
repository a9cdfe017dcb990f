"""How clients pay the loans they have now: what the quiet around their due dates is worked out from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, bindparam, or_, select

from spm_bot.fieldwork.due_dates import Instalments
from spm_bot.fieldwork.register import ACTIVE
from spm_bot.storage.tables import loans

_PAID = (
    select(loans.c.client_id, loans.c.next_due_on, loans.c.repayment_frequency)
    .where(
        loans.c.client_id.in_(bindparam("ids", expanding=True)),
        loans.c.status == ACTIVE,
        or_(loans.c.next_due_on.is_not(None), loans.c.repayment_frequency == "daily"),
    )
    .order_by(loans.c.id)
)


def of_clients(connection: Connection, ids: Collection[int]) -> dict[int, tuple[Instalments, ...]]:
    """The loans of each client of which a due day can be told."""
    found: dict[int, tuple[Instalments, ...]] = {}
    for client, due_on, frequency in connection.execute(_PAID, {"ids": list(ids)}):
        loan = Instalments(None if due_on is None else date.fromisoformat(due_on), frequency)
        found[client] = (*found.get(client, ()), loan)
    return found
