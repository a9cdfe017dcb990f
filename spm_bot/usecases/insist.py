"""Writing what another process may write at the same moment: the second one finds it there and goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from spm_bot.storage.store import Conflict, Connection, Store

RACES = 5

T = TypeVar("T")


async def insist(work: Callable[[Connection], T], store: Store) -> T:
    """What `work` returns, tried again after a Conflict. Raises Conflict if it does not end."""
    for _ in range(RACES):
        try:
            return await store.write(work)
        except Conflict:
            continue
    return await store.write(work)
