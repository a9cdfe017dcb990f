"""What management reads and does: digests and what was drawn from them, decisions, promises kept, quotes."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from spm_bot.storage.tables.base import UTCDateTime, identity, metadata

digests = Table(
    "digests",
    metadata,
    identity(),
    Column("week", String(8), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("week", "scope"),
)

# A digest as it went out in one language: it comes out the same a year later.
renderings = Table(
    "renderings",
    metadata,
    identity(),
    Column("week", String(8), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("card", Text, nullable=False),
    Column("branch", String(64), nullable=False, server_default=""),
    Column("picture", ForeignKey("files.id")),
    Column("line", ForeignKey("files.id")),
    Column("pages", ForeignKey("files.id")),
    Column("workbook", ForeignKey("files.id")),
    UniqueConstraint("week", "scope", "language"),
)

# Words of managers are sealed: they may name people. `branch` is '' for the whole institution; values are in
# the indicator's unit; `outcome` is empty until the day of the check.
decisions = Table(
    "decisions",
    metadata,
    identity(),
    Column("made_at", UTCDateTime, nullable=False, index=True),
    Column("made_by", String(32), nullable=False),
    Column("week", String(8), nullable=False),
    Column("branch", String(64), nullable=False),
    Column("indicator", String(16), nullable=False),
    Column("value", Float),
    Column("low", Float),
    Column("high", Float),
    Column("lever", String(32), nullable=False),
    Column("decision", LargeBinary, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("owner", LargeBinary, nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("expected", Float),
    Column("check_on", String(10), nullable=False),
    Column("money", LargeBinary, nullable=False),
    Column("effect", LargeBinary, nullable=False),
    Column("harms", Boolean, nullable=False, server_default=text("false")),
    Column("approver", LargeBinary),
    Column("reviewed_at", UTCDateTime, nullable=False),
    Column("done_at", UTCDateTime),
    Column("outcome", String(16)),
    Column("outcome_at", UTCDateTime),
    Column("minute", LargeBinary),
)

# "You said, we did": what clients of a branch ('' all) read at the end of a survey, by language.
promises = Table(
    "promises",
    metadata,
    identity(),
    Column("written_at", UTCDateTime, nullable=False),
    Column("written_by", String(32), nullable=False),
    Column("branch", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("words", LargeBinary, nullable=False),
    Column("until", UTCDateTime, nullable=False),
)

# A comment that a named person looked at: released (perhaps with other words), or dropped. It goes with the
# comment, whoever deletes that: an erased client's words must not stay behind here.
quotes = Table(
    "quotes",
    metadata,
    identity(),
    Column("comment_id", ForeignKey("comments.id", ondelete="CASCADE"), unique=True),
    Column("week", String(8), nullable=False, index=True),
    Column("branch", String(64), nullable=False),
    Column("theme", String(32), nullable=False),
    Column("words", LargeBinary),
    Column("released", Boolean, nullable=False),
    Column("decided_by", String(32), nullable=False),
    Column("decided_at", UTCDateTime, nullable=False),
)
