"""Surveys and what came of them: versions, rounds, invitations, sessions, answers, observations."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from spm_bot.storage.tables.base import UTCDateTime, identity, metadata, to

survey_versions = Table(
    "survey_versions",
    metadata,
    identity(),
    Column("code", String(64), nullable=False),
    Column("hash", String(32), nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("code", "hash"),
)

signatures = Table(
    "signatures",
    metadata,
    identity(),
    Column("code", String(64), nullable=False),
    Column("hash", String(32), nullable=False),
    Column("language", String(16), nullable=False),
    Column("signed_by", String(200), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    UniqueConstraint("code", "hash", "language", "signed_by"),
)

rounds = Table(
    "rounds",
    metadata,
    identity(),
    Column("code", String(96), nullable=False, unique=True),
    Column("survey", String(64), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("audience", Text, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("opened_at", UTCDateTime, nullable=False),
    # Until then nothing leaves, so that whoever asked can still undo it.
    Column("starts_at", UTCDateTime),
    Column("closes_at", UTCDateTime),
    Column("requested_by", String(64), nullable=False, server_default=""),
    Column("approved_by", String(64), nullable=False, server_default=""),
    Column("approved_at", UTCDateTime),
    Column("reason", LargeBinary),
    Column("state", String(16), nullable=False, server_default="open"),
    # How a sample is drawn: people to invite, answers after which no more are, what it is drawn over.
    Column("size", Integer),
    Column("quota", Integer),
    Column("strata", String(64), nullable=False, server_default=""),
    Column("spread_hours", Integer, nullable=False, server_default="0"),
    Column("window_hours", Integer, nullable=False, server_default="72"),
    # Later waves, drawn in place of those who could not be asked, and waves drawn so far, the first included.
    Column("replacements", Integer, nullable=False, server_default="1"),
    Column("waves", Integer, nullable=False, server_default="0"),
    # What came of an ad-hoc round, as it was first shown: later erasures must not show in it.
    Column("results", Text),
    Index("ix_rounds_state", "state"),
)

# The strata of a sample as they were when it was drawn: clients who could be drawn, places, answers wanted.
strata = Table(
    "strata",
    metadata,
    identity(),
    to("rounds"),
    Column("stratum", String(160), nullable=False),
    Column("people", Integer, nullable=False),
    Column("places", Integer, nullable=False),
    Column("quota", Integer),
    UniqueConstraint("round_id", "stratum"),
)

# Who was drawn for a round, in the order of the draw, and what became of it: drawn, invited, passed.
draws = Table(
    "draws",
    metadata,
    identity(),
    to("rounds"),
    # Empty once the client is forgotten.
    to("clients", nullable=True),
    Column("wave", Integer, nullable=False),
    Column("stratum", String(160), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(32), nullable=False, server_default=""),
    UniqueConstraint("round_id", "client_id"),
    Index("ix_draws_state", "round_id", "wave", "state", "id"),
    Index("ix_draws_client_id", "client_id"),
)

invitations = Table(
    "invitations",
    metadata,
    identity(),
    to("rounds"),
    # Empty once the client is forgotten: that somebody was asked, and how it ended, still counts.
    to("clients", nullable=True),
    Column("wave", Integer, nullable=False),
    Column("survey", String(64), nullable=False),
    Column("invited_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("delivered_at", UTCDateTime),
    Column("reminded_at", UTCDateTime),
    Column("in_arrears", Boolean, nullable=False),
    Column("has_loan", Boolean, nullable=False),
    Column("branch", String(64), nullable=False),
    Column("week", String(8), nullable=False),
    Column("stratum", String(160), nullable=False, server_default=""),
    Column("outcome", String(16)),
    # When an answer gave the outcome: it outlives the answers of a client who is forgotten.
    Column("ended_at", UTCDateTime),
    UniqueConstraint("round_id", "client_id", "wave"),
    Index("ix_invitations_client_id", "client_id", "invited_at"),
    Index("ix_invitations_week", "week", "survey"),
    Index("ix_invitations_outcome", "outcome", "expires_at"),
)

sessions = Table(
    "sessions",
    metadata,
    identity(),
    to("survey_versions"),
    # Chat, client and invitation are cut from a survey whose answers were tied to a name for too long.
    to("addresses", name="address_id", nullable=True),
    to("clients", nullable=True),
    to("staff", name="staff_id", nullable=True),
    to("invitations", nullable=True),
    Column("form", Boolean, nullable=False),
    Column("status", String(16), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("touched_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Index(
        "uq_sessions_active_address",
        "address_id",
        unique=True,
        sqlite_where=text("status = 'active'"),
        postgresql_where=text("status = 'active'"),
    ),
    Index(
        "uq_sessions_active_client",
        "client_id",
        unique=True,
        sqlite_where=text("status = 'active'"),
        postgresql_where=text("status = 'active'"),
    ),
    Index("ix_sessions_address_id", "address_id"),
    Index("ix_sessions_invitation_id", "invitation_id"),
    Index("ix_sessions_expires_at", "status", "expires_at"),
    Index("ix_sessions_client_id", "client_id", "started_at"),
    sqlite_autoincrement=True,  # an id of somebody forgotten is never given again
)

answers = Table(
    "answers",
    metadata,
    identity(),
    to("sessions"),
    Column("question", String(64), nullable=False),
    Column("choice", String(64), nullable=False),
    Column("number", Float),
    Column("at", UTCDateTime, nullable=False),
    Column("late", Boolean, nullable=False),
    UniqueConstraint("session_id", "question", "choice"),
)

comments = Table(
    "comments",
    metadata,
    identity(),
    to("sessions"),
    Column("question", String(64), nullable=False),
    # text, or the kind of a voice note or photo, whose body is the channel's reference to it
    Column("kind", String(16), nullable=False, server_default="text"),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("session_id", "question"),
)

# Where the client stood when the survey ended, one column a dimension: a later move does not rewrite it.
responses = Table(
    "responses",
    metadata,
    identity(),
    to("sessions", unique=True, nullable=True),
    to("clients", nullable=True, index=True),
    Column("survey", String(64), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("partial", Boolean, nullable=False),
    Column("late", Boolean, nullable=False),
    Column("language", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime, nullable=False),
    Column("week", String(8), nullable=False),
    Column("scored", Text, nullable=False),
    Column("branch", String(64), nullable=False, server_default=""),
    Column("product", String(64), nullable=False, server_default=""),
    Column("loan_method", String(16), nullable=False, server_default=""),
    Column("gender", String(16), nullable=False, server_default=""),
    Column("tenure", String(16), nullable=False, server_default=""),
    Column("cycle", String(16), nullable=False, server_default=""),
    Column("arrears", String(16), nullable=False, server_default=""),
    Column("area", String(16), nullable=False, server_default=""),
    Index("ix_responses_week", "week", "survey"),
)

# What a response says about each indicator; week and origin are those of the response. A digest is made
# from the index alone.
observations = Table(
    "observations",
    metadata,
    identity(),
    to("responses"),
    Column("week", String(8), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("indicator", String(16), nullable=False),
    Column("value", Float),
    UniqueConstraint("response_id", "indicator"),
    Index("ix_observations_origin", "origin", "week", "indicator", "value", "response_id"),
)
