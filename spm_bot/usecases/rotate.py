"""Rotation of keys: everything sealed moves under the first key of the list, so that older keys may leave."""

from __future__ import annotations

from asyncio import gather
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from spm_bot.storage import audits, links, seals
from spm_bot.storage.sealed_columns import (
    SEALED,
    Move,
    SealedColumn,
    apply,
    count_behind,
    count_by_key,
    next_chunk,
)
from spm_bot.storage.store import Conflict, Connection, Store, vault_of

CHUNK = 50
"""Values moved at once: nobody's answer waits behind those of a whole table."""
LANE = "keys"


class BotBehind(Exception):
    """The bot that serves was started with another first key: it would go on sealing with that one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many values stand under each older key of the list, in its order, and under keys not listed.

    `codes` are printed codes of open cards that are recognised by an older key alone: only their hashes
    are kept, so nothing can be made of them anew.
    """

    older: tuple[int, ...]
    unlisted: int
    codes: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did, what does not open, and how everything stands now."""

    moved: int
    damaged: int
    standing: Standing


def stand(connection: Connection, *, now: datetime) -> Standing:
    """Which keys everything stored stands under."""
    first, *older = vault_of(connection).identities
    counts = count_by_key(connection)
    return Standing(
        older=tuple(counts[identity] for identity in older),
        unlisted=sum(count for identity, count in counts.items() if identity not in (first, *older)),
        codes=links.count_ending_codes(connection, at=now),
    )


async def rotate(store: Store, *, actor: str, now: datetime) -> Rotation:
    """Moves everything under the first key. Cut short at any place, it goes on there when it runs again.

    Raises BotBehind, before anything is moved.
    """
    if await store.read(seals.bot_is_behind):
        raise BotBehind
    moved = damaged = 0
    *data, seal = SEALED
    for column in data:
        done, broken = await _move_column(store, column)
        moved, damaged = moved + done, damaged + broken
    standing = await store.read(partial(stand, now=now))
    seals_behind = await store.read(partial(count_behind, column=seal.sealed))
    # While other values need an older key, the seal keeps the door shut for a list without it.
    if sum(standing.older) == seals_behind + damaged:
        moved += (await _move_column(store, seal))[0]
        standing = await store.read(partial(stand, now=now))
    line = partial(audits.write_down, at=now, actor=actor, event="keys_rotated")
    await store.write(partial(line, moved=moved, left=sum(standing.older)))
    await store.checkpoint()
    return Rotation(moved, damaged, standing)


async def move_chunk(store: Store, column: SealedColumn, *, after: Any = None) -> tuple[int, int, Any]:
    """Moves the next values from behind `after`: how many moved, how many do not open, where to go on."""
    chunk = await store.read(partial(next_chunk, column=column, after=after, limit=CHUNK))
    moved = await gather(*(_apply(store, column, move) for move in chunk.moves))
    return sum(moved), chunk.damaged, chunk.last


async def _move_column(store: Store, column: SealedColumn) -> tuple[int, int]:
    moved, damaged, last = await move_chunk(store, column)
    while last is not None:
        done, broken, last = await move_chunk(store, column, after=last)
        moved, damaged = moved + done, damaged + broken
    return moved, damaged


async def _apply(store: Store, column: SealedColumn, move: Move) -> int:
    # A chat that a bot behind its time has met a second time keeps its old hash, and is counted as left.
    with suppress(Conflict):
        return await store.write(partial(apply, column=column, move=move), lane=LANE)
    return 0
