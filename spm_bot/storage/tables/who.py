"""Who is who: clients and staff of the register, the people behind them, their chats and rights."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from spm_bot.storage.tables.base import UTCDateTime, identity, metadata, to

clients = Table(
    "clients",
    metadata,
    identity(),
    Column("code", String(64), nullable=False, unique=True),
    Column("subject", String(32), nullable=False, unique=True),
    Column("branch", String(64), nullable=False),
    Column("product", String(64), nullable=False, server_default=""),
    Column("loan_method", String(16), nullable=False, server_default=""),
    Column("gender", String(16), nullable=False, server_default=""),
    Column("birth_year", Integer),
    Column("joined_on", String(10)),
    Column("has_loan", Boolean, nullable=False),
    Column("has_savings", Boolean, nullable=False),
    Column("days_in_arrears", Integer, nullable=False, server_default="0"),
    Column("status", String(16), nullable=False, server_default="active"),
    Column("officer", String(64), nullable=False, server_default=""),
    Column("language", String(16), nullable=False, server_default=""),
    Column("born_on", String(10)),
    Column("area", String(16), nullable=False, server_default=""),
    Column("centre", String(64), nullable=False, server_default=""),
    Column("poverty_band", String(64), nullable=False, server_default=""),
    Column("poverty_tool", String(64), nullable=False, server_default=""),
    Column("poverty_on", String(10)),
    Column("exit_on", String(10)),
    Column("exit_reason", String(64), nullable=False, server_default=""),
    # Clients who are members of staff as well: never asked.
    Column("works_here", Boolean, nullable=False, server_default=text("false")),
    # Their last word on surveys. The ledger decides; this lets the frame of a sample be read in one go.
    Column("agrees", Boolean, nullable=False, server_default=text("false")),
    # The hour of the day, in the client's zone, at which they want to be written to.
    Column("hour", Integer),
    Index("ix_clients_branch", "branch", "status"),
    sqlite_autoincrement=True,  # an id of somebody forgotten is never given again
)

people = Table(
    "people",
    metadata,
    Column("client_id", ForeignKey("clients.id"), primary_key=True),
    Column("name", LargeBinary, nullable=False),
    Column("phone", LargeBinary),
    Column("phone_hash", LargeBinary, index=True),
)

staff = Table(
    "staff",
    metadata,
    identity(),
    Column("subject", String(32), nullable=False, unique=True),
    # The code of the staff list; empty for somebody whom no list names.
    Column("code", String(64), unique=True),
    Column("name", LargeBinary),
    Column("phone", LargeBinary),
    Column("phone_hash", LargeBinary, index=True),
    Column("gender", String(16), nullable=False, server_default=""),
    Column("title", String(64), nullable=False, server_default=""),
    Column("branch", String(64), nullable=False, server_default=""),
    Column("started_on", String(10)),
    Column("left_on", String(10)),
    Column("trained_on", String(10)),
    Column("incentive_scheme", String(64), nullable=False, server_default=""),
)

roles = Table(
    "roles",
    metadata,
    identity(),
    to("staff", name="staff_id"),
    Column("role", String(32), nullable=False),
    Column("branch", String(64), nullable=False, server_default=""),
    Column("invited_by", String(64), nullable=False, server_default=""),
    Column("granted_at", UTCDateTime, nullable=False),
    # Empty while a second person has not confirmed a role that needs one: it is not in force yet.
    Column("confirmed_at", UTCDateTime),
    Column("confirmed_by", String(64), nullable=False, server_default=""),
    Column("revoked_at", UTCDateTime),
    UniqueConstraint("staff_id", "role", "branch"),
)

addresses = Table(
    "addresses",
    metadata,
    identity(),
    Column("channel", String(16), nullable=False),
    Column("handle_hash", LargeBinary, nullable=False),
    Column("handle", LargeBinary, nullable=False),
    Column("language", String(16), nullable=False),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    UniqueConstraint("channel", "handle_hash"),
    sqlite_autoincrement=True,  # an id of somebody forgotten is never given again
)

holders = Table(
    "holders",
    metadata,
    identity(),
    to("addresses", name="address_id"),
    to("clients", nullable=True),
    to("staff", name="staff_id", nullable=True),
    Column("since", UTCDateTime, nullable=False),
    UniqueConstraint("address_id", "staff_id", name="uq_holders_address_staff"),
    # One chat speaks for a client, however many cards are redeemed at once.
    Index("ix_holders_client_id", "client_id", unique=True),
    Index("ix_holders_staff_id", "staff_id"),
)

links = Table(
    "links",
    metadata,
    identity(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("code_hash", LargeBinary, index=True),
    to("clients", nullable=True),
    Column("role", String(32)),
    Column("branch", String(64), nullable=False, server_default=""),
    Column("made_by", String(64), nullable=False, server_default="", index=True),
    # A staff link: for whom alone, and the chat in which it was opened and waits for a number.
    to("staff", name="staff_id", nullable=True),
    to("addresses", name="address_id", nullable=True, index=True),
    Column("misses", Integer, nullable=False, server_default="0"),
    Column("created_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("used_at", UTCDateTime),
    Column("revoked_at", UTCDateTime),
)

consents = Table(
    "consents",
    metadata,
    identity(),
    Column("subject", String(32), nullable=False),
    Column("purpose", String(64), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("text_version", String(32), nullable=False),
    Column("language", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Index("ix_consents_subject", "subject", "purpose", "id"),
)

# How often somebody failed to prove who they are, by `client:7` and by `chat:9`.
tries = Table(
    "tries",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("misses", Integer, nullable=False),
    Column("last_at", UTCDateTime, nullable=False),
    Column("locked_until", UTCDateTime),
)

# Clients whose joining waits until a person has called them back.
waiting = Table(
    "waiting",
    metadata,
    identity(),
    to("clients", unique=True),
    to("addresses", name="address_id", index=True),
    Column("reason", String(32), nullable=False),
    Column("at", UTCDateTime, nullable=False),
)

# What clients asked for about their own data: to read it (`data`) or to be forgotten (`forget`).
requests = Table(
    "requests",
    metadata,
    identity(),
    to("clients", index=True),
    to("addresses", name="address_id", nullable=True),
    Column("kind", String(16), nullable=False),
    Column("opened_by", String(32), nullable=False, server_default=""),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime),
    Column("state", String(16), nullable=False),
    # The file that was sent, as long as its bytes are kept.
    Column("file", ForeignKey("files.id")),
    Index("ix_requests_state", "state", "due_at"),
)

# Codes of clients who asked to be forgotten, so that the next register does not bring them back.
# Their hashes are made with the one pepper, which is sealed, so that they outlive every key.
forgotten = Table(
    "forgotten",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("branch", String(64), nullable=False, server_default=""),
    # The newest card that staff made for this code.
    Column("card", Integer),
    Column("at", UTCDateTime, nullable=False),
)

peppers = Table(
    "peppers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)
