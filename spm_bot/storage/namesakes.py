"""Names that may stand in a comment of a branch: its clients', and those of everybody on the staff."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import Connection, select

from spm_bot.storage.people import NAME
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import clients, people, staff
from spm_bot.storage.vault import Undecipherable

_STAFF_NAME = "staff.name"


def names_around(connection: Connection, branch: str) -> Iterator[str]:
    """Full names; one that does not open is left out."""
    there = select(people.c.name).join(clients, clients.c.id == people.c.client_id)
    sealed = {
        NAME: there.where(clients.c.branch == branch),
        _STAFF_NAME: select(staff.c.name).where(staff.c.name.is_not(None)),
    }
    for column, query in sealed.items():
        for body in connection.execute(query).scalars():
            with suppress(Undecipherable):
                yield vault_of(connection).decrypt(body, associated=column)
