"""The client's side: checks at joining, requests about one's own data, answers cut from their givers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

NEVER_AGAIN = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_forgotten")),
    )
    op.create_table(
        "peppers",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peppers")),
    )
    op.create_table(
        "tries",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("opened_by", sa.String(length=32), server_default="", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_requests_address_id_addresses")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_requests_client_id_clients")),
        sa.ForeignKeyConstraint(["file"], ["files.id"], name=op.f("fk_requests_file_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requests_client_id"), ["client_id"], unique=False)
        batch_op.create_index("ix_requests_state", ["state", "due_at"], unique=False)

    op.create_table(
        "waiting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_waiting_address_id_addresses")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_waiting_client_id_clients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("client_id", name=op.f("uq_waiting_client_id")),
    )
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_address_id"), ["address_id"], unique=False)

    with op.batch_alter_table("clients", table_kwargs=NEVER_AGAIN) as batch_op:
        batch_op.add_column(sa.Column("officer", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("hour", sa.Integer(), nullable=True))
        # Changes nothing, and has SQLite make the table anew.
        batch_op.alter_column("has_loan", existing_type=sa.Boolean(), nullable=False)

    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=16), server_default="text", nullable=False))

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("client_id", existing_type=sa.INTEGER(), nullable=True)

    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.alter_column("session_id", existing_type=sa.INTEGER(), nullable=True)

    with op.batch_alter_table("sessions", table_kwargs=NEVER_AGAIN) as batch_op:
        batch_op.alter_column("address_id", existing_type=sa.INTEGER(), nullable=True)
    # On SQLite the table is made anew, with ids that are never given twice.
    with op.batch_alter_table("addresses", recreate="auto", table_kwargs=NEVER_AGAIN) as batch_op:
        batch_op.alter_column("reachable", existing_type=sa.Boolean(), server_default=sa.text("true"))


def downgrade() -> None:
    # What was cut from its client has no place in the older tables.
    op.execute(
        "DELETE FROM observations WHERE response_id IN"
        " (SELECT id FROM responses WHERE session_id IS NULL OR session_id IN"
        " (SELECT id FROM sessions WHERE address_id IS NULL))"
    )
    op.execute(
        "DELETE FROM responses WHERE session_id IS NULL"
        " OR session_id IN (SELECT id FROM sessions WHERE address_id IS NULL)"
    )
    op.execute("DELETE FROM answers WHERE session_id IN (SELECT id FROM sessions WHERE address_id IS NULL)")
    op.execute("DELETE FROM comments WHERE session_id IN (SELECT id FROM sessions WHERE address_id IS NULL)")
    op.execute("DELETE FROM sessions WHERE address_id IS NULL")
    op.execute("DELETE FROM invitations WHERE client_id IS NULL")
    op.execute("DELETE FROM comments WHERE kind <> 'text'")

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.alter_column("address_id", existing_type=sa.INTEGER(), nullable=False)

    with op.batch_alter_table("responses", schema=None) as batch_op:
        batch_op.alter_column("session_id", existing_type=sa.INTEGER(), nullable=False)

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.alter_column("client_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("reminded_at")

    with op.batch_alter_table("comments", schema=None) as batch_op:
        batch_op.drop_column("kind")

    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.drop_column("hour")
        batch_op.drop_column("officer")

    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiting_address_id"))

    op.drop_table("waiting")
    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_index("ix_requests_state")
        batch_op.drop_index(batch_op.f("ix_requests_client_id"))

    op.drop_table("requests")
    op.drop_table("tries")
    op.drop_table("peppers")
    op.drop_table("forgotten")
