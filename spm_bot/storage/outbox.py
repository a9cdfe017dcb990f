"""Messages to send: written with the rows they speak of, sent after the commit, kept until they are.

A body is encrypted, and wiped some days after sending. `ref` names a message for later edits;
`dedupe` makes writing it twice harmless.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, true, update

from spm_bot.messages import Outbound
from spm_bot.storage.envelope import decode, encode
from spm_bot.storage.store import vault_of
from spm_bot.storage.tables import files, outbox
from spm_bot.storage.vault import Undecipherable, Vault

BODY = "outbox.body"
FILE = "files.body"

QUEUED, SENT, DROPPED, FAILED = "queued", "sent", "dropped", "failed"

_PRIORITY = {"reply": 0, "edit": 0, "critical": 0, "staff": 1, "wished": 2, "reminder": 2, "invitation": 2}
"""A reply never waits behind a round of invitations."""


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose time has come.

    For an edit, `target` is the channel's id of the message it redraws, and `original` that message's
    row as long as it still waits to be sent. An edit of several messages comes once for each of them.
    A message that no listed key opens is `lost`, and empty.
    """

    id: int
    address_id: int
    kind: str
    message: Outbound
    invitation: int | None
    attempts: int
    expires_at: datetime | None
    target: str | None
    original: int | None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message: its new state, the channel's id, or when to try again.

    `attempts` counts failed tries. A message that only waits for its hour has none, for whatever was
    tried and failed holds up all later messages to its chat. `reason` is why the rules dropped it.
    """

    id: int
    state: str
    message: str | None = None
    not_before: datetime | None = None
    attempts: int = 0
    reason: str | None = None


_original = outbox.alias("original")
_earlier = outbox.alias("earlier")
_ROW_BEHIND = exists().where(
    _earlier.c.address_id == outbox.c.address_id,
    _earlier.c.state == QUEUED,
    _earlier.c.attempts > 0,
    _earlier.c.not_before > bindparam("now"),
    _earlier.c.id < outbox.c.id,
)
"""An earlier message to the same address waits for another try."""

# The original of an edit may itself have to wait for its hour; the edit then waits with it.
_ORIGINAL_WAITS = (_original.c.state == QUEUED) & (_original.c.not_before > bindparam("now"))

# Built once: the deliverer asks after every commit, and building it takes longer than running it.
_DUE = (
    select(
        outbox,
        _original.c.message.label("target"),
        _original.c.id.label("original_id"),
        _original.c.state.label("original_state"),
    )
    .select_from(
        outbox.outerjoin(
            _original,
            (_original.c.address_id == outbox.c.address_id) & (_original.c.ref == outbox.c.edits),
        )
    )
    .where(
        outbox.c.state == QUEUED,
        outbox.c.not_before <= bindparam("now"),
        outbox.c.priority <= bindparam("least"),
        outbox.c.address_id.not_in(bindparam("busy", expanding=True)),
        ~_ROW_BEHIND,
        _ORIGINAL_WAITS.is_not(true()),
    )
    .order_by(outbox.c.priority, outbox.c.not_before, outbox.c.id)
    .limit(bindparam("most"))
)
_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(
        state=bindparam("new_state"),
        message=bindparam("channel_message"),
        not_before=bindparam("wait"),
        attempts=bindparam("tried"),
        sent_at=bindparam("when"),
    )
)
_ADD = insert(outbox)


def put(
    connection: Connection,
    address_id: int,
    messages: Iterable[Outbound],
    *,
    kind: str,
    at: datetime,
    expires_at: datetime | None = None,
    dedupe: str | None = None,
    invitation: int | None = None,
) -> None:
    """Queues messages for one address, in order, not to be sent before `at`.

    A `dedupe` key goes with a single message; the second time it is given nothing is queued.
    """
    if dedupe is not None and _known(connection, dedupe):
        return
    vault = vault_of(connection)
    rows = [
        {
            "address_id": address_id,
            "dedupe": dedupe,
            "kind": kind if message.edits is None and message.erases is None else "edit",
            "priority": _PRIORITY[kind],
            "body": vault.encrypt(encode(message), associated=BODY),
            "ref": message.ref,
            "edits": message.edits,
            "invitation_id": invitation,
            "not_before": at,
            "expires_at": expires_at,
            "state": QUEUED,
            "attempts": 0,
        }
        for message in messages
    ]
    if rows:
        connection.execute(_ADD, rows)


def due(
    connection: Connection,
    *,
    now: datetime,
    limit: int,
    busy: frozenset[int] = frozenset(),
    urgent_only: bool = False,
) -> list[Due]:
    """Queued messages whose time has come, replies first, except to addresses in `busy`.

    A message behind one that is being tried again waits with it, so one chat's order is kept.
    """
    least = _PRIORITY["invitation"] - urgent_only
    asked = {"now": now, "least": least, "busy": tuple(busy), "most": limit}
    vault = vault_of(connection)
    return [_due(row, vault) for row in connection.execute(_DUE, asked)]


def _due(row: Row[*tuple[Any, ...]], vault: Vault) -> Due:
    try:
        message = decode(vault.decrypt(row.body, associated=BODY))
        lost = False
    except Undecipherable:
        message, lost = Outbound(""), True
    original = row.original_id if row.original_state == QUEUED else None
    return Due(
        row.id,
        row.address_id,
        row.kind,
        message,
        row.invitation_id,
        row.attempts,
        row.expires_at,
        row.target,
        original,
        lost,
    )


def settle(connection: Connection, outcomes: Sequence[Outcome], *, at: datetime) -> None:
    """Writes down what became of messages."""
    if not outcomes:
        return
    rows = [
        {
            "row": outcome.id,
            "new_state": outcome.state,
            "channel_message": outcome.message,
            "wait": outcome.not_before or at,
            "tried": outcome.attempts,
            "when": at if outcome.state == SENT else None,
        }
        for outcome in outcomes
    ]
    connection.execute(_SETTLE, rows)


def drop_queued(connection: Connection, address_id: int) -> None:
    """Gives up everything waiting for an address that cannot be reached any more."""
    waiting = (outbox.c.address_id == address_id, outbox.c.state == QUEUED)
    connection.execute(update(outbox).where(*waiting).values(state=DROPPED, body=None))


def wipe_before(connection: Connection, instant: datetime) -> int:
    """Forgets the bodies of messages settled before `instant` and says how many."""
    old = (outbox.c.state != QUEUED, outbox.c.not_before < instant, outbox.c.body.is_not(None))
    return connection.execute(update(outbox).where(*old).values(body=None)).rowcount


def keep_file(connection: Connection, body: bytes) -> str:
    """Stores a file once and returns its name, the hash of its bytes."""
    name = sha256(body).hexdigest()
    if connection.execute(select(files.c.id).where(files.c.id == name)).first() is None:
        sealed = vault_of(connection).encrypt(body, associated=FILE)
        connection.execute(files.insert(), {"id": name, "body": sealed})
    return name


def file_body(connection: Connection, name: str) -> bytes:
    """The bytes of a stored file. Raises LookupError."""
    sealed = connection.execute(select(files.c.body).where(files.c.id == name)).scalar()
    if sealed is None:
        raise LookupError(f"no file {name}")
    return vault_of(connection).decrypt_bytes(sealed, associated=FILE)


def _known(connection: Connection, dedupe: str) -> bool:
    return connection.execute(select(outbox.c.id).where(outbox.c.dedupe == dedupe)).first() is not None
