"""What keeps the machine honest: messages to send, receipts, job slots, the audit log, the seal."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from spm_bot.storage.tables.base import UTCDateTime, identity, metadata, to

outbox = Table(
    "outbox",
    metadata,
    identity(),
    to("addresses", name="address_id"),
    Column("dedupe", String(96), unique=True),
    Column("kind", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("body", LargeBinary),
    Column("ref", String(64)),
    Column("edits", String(64)),
    to("invitations", nullable=True),
    Column("not_before", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", UTCDateTime),
    Column("message", String(64)),
    Index(
        "ix_outbox_due",
        "priority",
        "not_before",
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index("ix_outbox_ref", "address_id", "ref"),
)

files = Table(
    "files",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("key", String(96), primary_key=True),
    Column("at", UTCDateTime, nullable=False, index=True),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("job", String(64), primary_key=True),
    Column("slot", UTCDateTime, primary_key=True),
    Column("lease_until", UTCDateTime, nullable=False),
    Column("done_at", UTCDateTime),
    Column("attempts", Integer, nullable=False),
)

audits = Table(
    "audits",
    metadata,
    identity(),
    Column("at", UTCDateTime, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("event", String(64), nullable=False),
    Column("detail", Text, nullable=False),
    # The hash of this line and of the chain before it: a line that is changed or cut out breaks it.
    Column("chain_hash", LargeBinary),
    Index("ix_audits_actor", "actor", "event", "id"),
)

# The end of the chain of the audit log: one row, which whoever writes a line has to take first.
audit_ends = Table(
    "audit_ends",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("chain_hash", LargeBinary, nullable=False),
    Column("lines", Integer, nullable=False),
    # Where the chain begins now: the hash of the newest line that retention dropped, and how many it did.
    Column("start_hash", LargeBinary, nullable=False),
    Column("dropped", Integer, nullable=False),
)

seals = Table(
    "seals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("mark", LargeBinary, nullable=False),
)
