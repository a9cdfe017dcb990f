"""Codes of forgotten clients, kept as hashes that only we can make, so that no register brings them back.

The pepper in them is random, made once and sealed: it moves to every new key, and the hashes stay good.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, update

from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import forgotten, peppers

PEPPER = "peppers.body"
PEPPER_BYTES = 32

_ONLY = 1


def forget_code(connection: Connection, code: str, *, pepper: bytes, at: datetime, branch: str = "") -> None:
    """Remembers that a code is forgotten, and in which branch; `pepper` becomes the pepper if there is none
    yet.

    Raises Conflict when somebody else made it in this moment.
    """
    kept = _pepper(connection)
    if kept is None:
        kept = pepper
        sealed = vault_of(connection).encrypt(kept, associated=PEPPER)
        connection.execute(peppers.insert(), {"id": _ONLY, "body": sealed})
    hashed = _hash(code, kept)
    if connection.execute(select(forgotten.c.at).where(forgotten.c.code_hash == hashed)).first() is None:
        connection.execute(forgotten.insert(), {"code_hash": hashed, "branch": branch, "at": at})


def forgotten_among(connection: Connection, codes: Collection[str]) -> set[str]:
    """Those of these codes whose clients asked to be forgotten."""
    pepper = _pepper(connection)
    if pepper is None:
        return set()
    by_hash = {_hash(code, pepper): code for code in codes}
    found = select(forgotten.c.code_hash).where(forgotten.c.code_hash.in_(list(by_hash)))
    return {by_hash[bytes(hashed)] for hashed in connection.execute(found).scalars()}


def branch_of_forgotten(connection: Connection, code: str) -> str | None:
    """The branch of a client who asked to be forgotten, None for any other code."""
    # Without a pepper nobody is forgotten; the look is taken all the same.
    hashed = _hash(code, _pepper(connection) or b"")
    return connection.execute(select(forgotten.c.branch).where(forgotten.c.code_hash == hashed)).scalar()


def note_card(connection: Connection, code: str, link: int) -> int | None:
    """Notes the newest card made for somebody forgotten; returns the one before it. Nothing for any other."""
    mine = forgotten.c.code_hash == _hash(code, _pepper(connection) or b"")
    earlier: int | None = connection.execute(select(forgotten.c.card).where(mine)).scalar()
    connection.execute(update(forgotten).where(mine).values(card=link))
    return earlier


def _pepper(connection: Connection) -> bytes | None:
    sealed = connection.execute(select(peppers.c.body)).scalar()
    return None if sealed is None else vault_of(connection).decrypt_bytes(sealed, associated=PEPPER)


def _hash(code: str, pepper: bytes) -> bytes:
    return hmac.digest(pepper, code.encode(), "sha256")
