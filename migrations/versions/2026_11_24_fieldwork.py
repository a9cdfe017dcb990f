"""Fieldwork: fuller registers, samples and their draws, roles that a second person confirms, audit chain."""

from __future__ import annotations

import json
from datetime import UTC
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


_AGREES = """
UPDATE clients SET agrees = true WHERE EXISTS (
    SELECT 1 FROM consents WHERE given AND id = (
        SELECT max(id) FROM consents AS word WHERE word.subject = clients.subject AND word.purpose = 'survey'
    )
)
"""


def _chain_audits() -> None:
    """Lines written before the log had a chain are put into it, oldest first."""
    connection = op.get_bind()
    lines = sa.table(
        "audits",
        sa.column("id"),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("actor"),
        sa.column("event"),
        sa.column("detail"),
        sa.column("chain_hash"),
    )
    newest, count = b"", 0
    for row in connection.execute(sa.select(lines).order_by(lines.c.id)).all():
        at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
        line = json.dumps([at.isoformat(), row.actor, row.event, row.detail])
        newest, count = sha256(newest + line.encode()).digest(), count + 1
        connection.execute(sa.update(lines).where(lines.c.id == row.id).values(chain_hash=newest))
    ends = sa.table("audit_ends", *map(sa.column, ("id", "chain_hash", "lines", "start_hash", "dropped")))
    connection.execute(
        sa.insert(ends).values(id=1, chain_hash=newest, lines=count, start_hash=b"", dropped=0)
    )


def upgrade() -> None:
    op.create_table(
        "audit_ends",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("start_hash", sa.LargeBinary(), nullable=False),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_ends")),
    )
    op.create_table(
        "branch_facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("new_clients", sa.Integer(), nullable=True),
        sa.Column("marketing", sa.Float(), nullable=True),
        sa.Column("vacancies", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch_facts")),
        sa.UniqueConstraint("branch", "month", name=op.f("uq_branch_facts_branch")),
    )
    op.create_table(
        "portfolios",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("as_of", sa.String(length=10), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("product", sa.String(length=64), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("outstanding", sa.Float(), nullable=False),
        sa.Column("overdue30", sa.Float(), nullable=False),
        sa.Column("restructured", sa.Float(), nullable=False),
        sa.Column("written_off", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolios")),
        sa.UniqueConstraint(
            "as_of", "branch", "product", "officer", "currency", name=op.f("uq_portfolios_as_of")
        ),
    )
    op.create_table(
        "strata",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stratum", sa.String(length=160), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_strata_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strata")),
        sa.UniqueConstraint("round_id", "stratum", name=op.f("uq_strata_round_id")),
    )
    op.create_table(
        "draws",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_draws_client_id_clients")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_draws_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
        sa.UniqueConstraint("round_id", "client_id", name=op.f("uq_draws_round_id")),
    )
    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.create_index("ix_draws_client_id", ["client_id"], unique=False)
        batch_op.create_index("ix_draws_state", ["round_id", "wave", "state", "id"], unique=False)

    with op.batch_alter_table("audits", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chain_hash", sa.LargeBinary(), nullable=True))
        batch_op.create_index("ix_audits_actor", ["actor", "event", "id"], unique=False)
    _chain_audits()

    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.add_column(sa.Column("language", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("born_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("area", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("centre", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("poverty_band", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("poverty_tool", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("poverty_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("exit_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("exit_reason", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("works_here", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )

        batch_op.add_column(
            sa.Column("agrees", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
    op.execute(_AGREES)

    with op.batch_alter_table("forgotten", schema=None) as batch_op:
        batch_op.add_column(sa.Column("branch", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("card", sa.Integer(), nullable=True))

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stratum", sa.String(length=160), server_default="", nullable=False))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made_by", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("misses", sa.Integer(), server_default="0", nullable=False))
        for name, table in (("staff_id", "staff"), ("address_id", "addresses")):
            identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
            batch_op.add_column(sa.Column(name, identity, nullable=True))
            batch_op.create_foreign_key(batch_op.f(f"fk_links_{name}_{table}"), table, [name], ["id"])
        for name in ("made_by", "address_id"):
            batch_op.create_index(batch_op.f(f"ix_links_{name}"), [name], unique=False)

    with op.batch_alter_table("loans", schema=None) as batch_op:
        batch_op.add_column(sa.Column("written_off_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("principal", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("overdue", sa.Float(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("disbursed_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("closed_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("next_due_on", sa.String(length=10), nullable=True))
        batch_op.add_column(
            sa.Column("repayment_frequency", sa.String(length=16), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("restructured", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.add_column(sa.Column("restructured_on", sa.String(length=10), nullable=True))
        batch_op.add_column(
            sa.Column("refinanced_loan", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("cycle", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("officer", sa.String(length=64), server_default="", nullable=False))
        batch_op.create_index("ix_loans_closed_on", ["closed_on"], unique=False)
        batch_op.create_index("ix_loans_disbursed_on", ["disbursed_on"], unique=False)

    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invited_by", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("confirmed_by", sa.String(length=64), server_default="", nullable=False)
        )
    # Roles given before were in force.
    op.execute("UPDATE roles SET confirmed_at = granted_at")

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("approved_by", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("size", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quota", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("strata", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("spread_hours", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("window_hours", sa.Integer(), server_default="72", nullable=False))
        batch_op.add_column(sa.Column("replacements", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("waves", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("results", sa.Text(), nullable=True))
        batch_op.alter_column(
            "requested_by",
            existing_type=sa.VARCHAR(length=32),
            type_=sa.String(length=64),
            existing_nullable=False,
            existing_server_default="",
        )
        batch_op.create_index("ix_rounds_state", ["state"], unique=False)

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("phone", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("phone_hash", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("gender", sa.String(length=16), server_default="", nullable=False))
        batch_op.add_column(sa.Column("title", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("branch", sa.String(length=64), server_default="", nullable=False))
        batch_op.add_column(sa.Column("started_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("left_on", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("trained_on", sa.String(length=10), nullable=True))
        batch_op.add_column(
            sa.Column("incentive_scheme", sa.String(length=64), server_default="", nullable=False)
        )
        batch_op.create_index(batch_op.f("ix_staff_phone_hash"), ["phone_hash"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_staff_code"), ["code"])


def downgrade() -> None:
    op.execute("DELETE FROM roles WHERE confirmed_at IS NULL")
    op.execute("UPDATE rounds SET requested_by = substr(requested_by, 1, 32)")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_staff_code"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_staff_phone_hash"))
        batch_op.drop_column("incentive_scheme")
        batch_op.drop_column("trained_on")
        batch_op.drop_column("left_on")
        batch_op.drop_column("started_on")
        batch_op.drop_column("branch")
        batch_op.drop_column("title")
        batch_op.drop_column("gender")
        batch_op.drop_column("phone_hash")
        batch_op.drop_column("phone")
        batch_op.drop_column("code")

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_index("ix_rounds_state")
        batch_op.alter_column(
            "requested_by",
            existing_type=sa.String(length=64),
            type_=sa.VARCHAR(length=32),
            existing_nullable=False,
            existing_server_default="",
        )
        batch_op.drop_column("results")
        batch_op.drop_column("waves")
        batch_op.drop_column("replacements")
        batch_op.drop_column("window_hours")
        batch_op.drop_column("spread_hours")
        batch_op.drop_column("strata")
        batch_op.drop_column("quota")
        batch_op.drop_column("size")
        batch_op.drop_column("approved_at")
        batch_op.drop_column("approved_by")
        batch_op.drop_column("starts_at")

    with op.batch_alter_table("roles", schema=None) as batch_op:
        batch_op.drop_column("confirmed_by")
        batch_op.drop_column("confirmed_at")
        batch_op.drop_column("invited_by")

    with op.batch_alter_table("loans", schema=None) as batch_op:
        batch_op.drop_index("ix_loans_disbursed_on")
        batch_op.drop_index("ix_loans_closed_on")
        batch_op.drop_column("officer")
        batch_op.drop_column("cycle")
        batch_op.drop_column("refinanced_loan")
        batch_op.drop_column("restructured_on")
        batch_op.drop_column("restructured")
        batch_op.drop_column("repayment_frequency")
        batch_op.drop_column("next_due_on")
        batch_op.drop_column("closed_on")
        batch_op.drop_column("disbursed_on")
        batch_op.drop_column("overdue")
        batch_op.drop_column("principal")
        batch_op.drop_column("written_off_on")

    with op.batch_alter_table("links", schema=None) as batch_op:
        for name in ("made_by", "address_id"):
            batch_op.drop_index(batch_op.f(f"ix_links_{name}"))
        for name, table in (("staff_id", "staff"), ("address_id", "addresses")):
            batch_op.drop_constraint(batch_op.f(f"fk_links_{name}_{table}"), type_="foreignkey")
            batch_op.drop_column(name)
        batch_op.drop_column("misses")
        batch_op.drop_column("made_by")

    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_column("ended_at")
        batch_op.drop_column("stratum")

    with op.batch_alter_table("forgotten", schema=None) as batch_op:
        batch_op.drop_column("card")
        batch_op.drop_column("branch")

    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.drop_column("agrees")
        batch_op.drop_column("works_here")
        batch_op.drop_column("exit_reason")
        batch_op.drop_column("exit_on")
        batch_op.drop_column("poverty_on")
        batch_op.drop_column("poverty_tool")
        batch_op.drop_column("poverty_band")
        batch_op.drop_column("centre")
        batch_op.drop_column("area")
        batch_op.drop_column("born_on")
        batch_op.drop_column("language")

    with op.batch_alter_table("audits", schema=None) as batch_op:
        batch_op.drop_index("ix_audits_actor")
        batch_op.drop_column("chain_hash")

    with op.batch_alter_table("draws", schema=None) as batch_op:
        batch_op.drop_index("ix_draws_state")
        batch_op.drop_index("ix_draws_client_id")

    op.drop_table("draws")
    op.drop_table("strata")
    op.drop_table("portfolios")
    op.drop_table("branch_facts")
    op.drop_table("audit_ends")
