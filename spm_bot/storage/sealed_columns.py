"""Every column that a key has sealed or hashed, found by its type and name, and values on their way
from an older key to the first one.

All bytes in our tables are sealed under the name "table.column", but for columns named `…_hash`. Such a
hash is made of the sealed column that it is named after; without one its origin is not kept here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, ColumnElement, Connection, LargeBinary, func, select, update

from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import audit_ends, audits, forgotten, links, metadata, seals
from spm_bot.storage.vault import ID_BYTES, Undecipherable, Vault

_HASH: Final = "_hash"


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values, the primary key of its table, and the look-up hash of the same values."""

    sealed: Column[Any]
    key: Column[Any]
    hash: Column[Any] | None

    @property
    def name(self) -> str:
        return f"{self.sealed.table.name}.{self.sealed.name}"


@dataclass(frozen=True, slots=True)
class Move:
    """What has to change in one row, if the old value is still there."""

    key: Any
    old: bytes
    new: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some moves of a column. `last` is the row to go on behind, None when nothing is left."""

    moves: tuple[Move, ...]
    damaged: int
    last: Any


def _bytes_columns() -> Iterator[Column[Any]]:
    for table in metadata.sorted_tables:
        yield from (column for column in table.columns if isinstance(column.type, LargeBinary))


def _sealed_columns() -> Iterator[SealedColumn]:
    for column in _bytes_columns():
        if not column.name.endswith(_HASH):
            [key] = column.table.primary_key.columns
            yield SealedColumn(column, key, column.table.columns.get(f"{column.name}{_HASH}"))


# The seal comes last: until then the door stays shut for a list without the older keys.
SEALED: Final = tuple(sorted(_sealed_columns(), key=lambda each: each.sealed.table is seals))
# Only hashes are kept of these, so that they end with their key.
LASTING: Final = (links.c.code_hash,)
# No key of ours made these: a token is random enough, codes of the forgotten have a pepper of their own, and
# the chain of the audit log has to outlive every key.
UNKEYED: Final = (
    links.c.token_hash,
    forgotten.c.code_hash,
    audits.c.chain_hash,
    audit_ends.c.chain_hash,
    audit_ends.c.start_hash,
)


def next_chunk(connection: Connection, column: SealedColumn, *, after: Any, limit: int) -> Chunk:
    """Moves for the next values under older keys, in the order of the primary key, from behind `after`."""
    vault = vault_of(connection)
    hashed = () if column.hash is None else (column.hash,)
    query = (
        select(column.key, column.sealed, *hashed)
        .where(_key_of(column.sealed).in_(vault.identities[1:]))
        .order_by(column.key)
        .limit(limit)
    )
    if after is not None:
        query = query.where(column.key > after)
    rows = connection.execute(query).all()
    found = [_move(vault, column, *row) for row in rows]
    moves = tuple(move for move in found if move is not None)
    return Chunk(moves, len(rows) - len(moves), rows[-1][0] if rows else None)


def apply(connection: Connection, column: SealedColumn, move: Move) -> int:
    """Writes a move; 0 when the row has been changed since. Raises Conflict for a hash there twice."""
    unchanged = (column.key == move.key, column.sealed == move.old)
    return connection.execute(update(column.sealed.table).where(*unchanged).values(move.new)).rowcount


def count_by_key(connection: Connection) -> Counter[bytes]:
    """How many values and their hashes stand under each key, by the key's id."""
    found: Counter[bytes] = Counter()
    for column in SEALED:
        for each in (column.sealed, column.hash):
            if each is not None:
                found += _count(connection, each)
    return found


def count_behind(connection: Connection, column: Column[Any], *conditions: ColumnElement[bool]) -> int:
    """How many values of a column, under these conditions, stand under another key than the first."""
    found = _count(connection, column, *conditions)
    return sum(count for identity, count in found.items() if not vault_of(connection).is_current(identity))


def _move(
    vault: Vault, column: SealedColumn, key: Any, old: bytes, hashed: bytes | None = None
) -> Move | None:
    """None when the value does not open."""
    try:
        plain = vault.decrypt_bytes(old, associated=column.name)
    except Undecipherable:
        return None
    new = {column.sealed.name: vault.encrypt(plain, associated=column.name)}
    if column.hash is not None and hashed in vault.digests(plain.decode()):
        new[column.hash.name] = vault.digest(plain.decode())
    return Move(key, old, new)


def _count(connection: Connection, column: Column[Any], *conditions: ColumnElement[bool]) -> Counter[bytes]:
    identity = _key_of(column).label("identity")
    query = select(identity, func.count()).where(column.is_not(None), *conditions).group_by(identity)
    return Counter({bytes(found): count for found, count in connection.execute(query)})


def _key_of(column: Column[Any]) -> ColumnElement[bytes]:
    return func.substr(column, 1, ID_BYTES, type_=LargeBinary)
