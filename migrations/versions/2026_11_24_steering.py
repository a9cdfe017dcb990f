"""Steering: decisions, promises, quotes, renderings of digests; the segments of a response stand with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STANDING = {
    "branch": 64,
    "product": 64,
    "loan_method": 16,
    "gender": 16,
    "tenure": 16,
    "cycle": 16,
    "arrears": 16,
    "area": 16,
}
"""What a response keeps of its client, and how long the codes may be."""

_ONCE_OBSERVED: dict[str, sa.String | sa.Boolean] = {
    "survey": sa.String(length=64),
    "partial": sa.Boolean(),
    "branch": sa.String(length=64),
    "product": sa.String(length=64),
    "loan_method": sa.String(length=16),
    "gender": sa.String(length=16),
    "in_arrears": sa.Boolean(),
    "language": sa.String(length=16),
    "channel": sa.String(length=16),
}
"""What every observation repeated of its response."""


def _add_renderings() -> None:
    op.create_table(
        "renderings",
        sa.Column("id", _IDENTITY, nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("branch", sa.String(length=64), server_default="", nullable=False),
        sa.Column("picture", sa.String(length=64), nullable=True),
        sa.Column("line", sa.String(length=64), nullable=True),
        sa.Column("pages", sa.String(length=64), nullable=True),
        sa.Column("workbook", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["picture"], ["files.id"], name=op.f("fk_renderings_picture_files")),
        sa.ForeignKeyConstraint(["line"], ["files.id"], name=op.f("fk_renderings_line_files")),
        sa.ForeignKeyConstraint(["pages"], ["files.id"], name=op.f("fk_renderings_pages_files")),
        sa.ForeignKeyConstraint(["workbook"], ["files.id"], name=op.f("fk_renderings_workbook_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renderings")),
        sa.UniqueConstraint("week", "scope", "language", name=op.f("uq_renderings_week")),
    )
    op.execute(
        "INSERT INTO renderings (week, scope, language, card, picture)"
        " SELECT week, scope, 'en', card, picture FROM digests"
    )
    with op.batch_alter_table("digests") as batch:
        batch.drop_column("card")
        batch.drop_column("picture")


def _add_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", _IDENTITY, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("indicator", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("lever", sa.String(length=32), nullable=False),
        sa.Column("decision", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("expected", sa.Float(), nullable=True),
        sa.Column("check_on", sa.String(length=10), nullable=False),
        sa.Column("money", sa.LargeBinary(), nullable=False),
        sa.Column("effect", sa.LargeBinary(), nullable=False),
        sa.Column("harms", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("approver", sa.LargeBinary(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minute", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_made_at"), "decisions", ["made_at"])


def _add_words() -> None:
    op.create_table(
        "promises",
        sa.Column("id", _IDENTITY, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(length=32), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_table(
        "quotes",
        sa.Column("id", _IDENTITY, nullable=False),
        sa.Column("comment_id", _IDENTITY, nullable=True),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("theme", sa.String(length=32), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(length=32), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comments.id"], name=op.f("fk_quotes_comment_id_comments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_quotes_comment_id")),
    )
    op.create_index(op.f("ix_quotes_week"), "quotes", ["week"])


def _move_segments_to_responses() -> None:
    with op.batch_alter_table("responses") as batch:
        for name, length in _STANDING.items():
            batch.add_column(sa.Column(name, sa.String(length=length), server_default="", nullable=False))
    # Of those in arrears nobody wrote down how late they were.
    op.execute(
        "UPDATE responses SET branch = seen.branch, product = seen.product, loan_method = seen.loan_method,"
        " gender = seen.gender, arrears = seen.arrears FROM (SELECT response_id, MIN(branch) AS branch,"
        " MIN(product) AS product, MIN(loan_method) AS loan_method, MIN(gender) AS gender,"
        " MIN(CASE WHEN in_arrears THEN '' ELSE 'none' END) AS arrears"
        " FROM observations GROUP BY response_id) AS seen WHERE seen.response_id = responses.id"
    )
    # Of a survey that no indicator knows, the invitation tells the branch.
    op.execute(
        "UPDATE responses SET branch = asked.branch"
        " FROM (SELECT sessions.id, invitations.branch FROM sessions"
        " JOIN invitations ON invitations.id = sessions.invitation_id) AS asked"
        " WHERE asked.id = responses.session_id AND responses.branch = ''"
    )
    with op.batch_alter_table("observations") as batch:
        batch.drop_index("ix_observations_week")
        for name in _ONCE_OBSERVED:
            batch.drop_column(name)
        batch.create_index(
            op.f("ix_observations_origin"), ["origin", "week", "indicator", "value", "response_id"]
        )


def _move_segments_to_observations() -> None:
    with op.batch_alter_table("observations") as batch:
        for name, kind in _ONCE_OBSERVED.items():
            batch.add_column(sa.Column(name, kind, nullable=True))
    same = ", ".join(f"{name} = known.{name}" for name in _ONCE_OBSERVED if name != "in_arrears")
    op.execute(
        f"UPDATE observations SET {same}, in_arrears = (known.arrears <> 'none')"  # noqa: S608 - our own names
        " FROM responses AS known WHERE known.id = observations.response_id"
    )
    with op.batch_alter_table("observations") as batch:
        batch.drop_index(op.f("ix_observations_origin"))
        for name, kind in _ONCE_OBSERVED.items():
            batch.alter_column(name, existing_type=kind, nullable=False)
        batch.create_index("ix_observations_week", ["week", "origin"])
    with op.batch_alter_table("responses") as batch:
        for name in _STANDING:
            batch.drop_column(name)


def upgrade() -> None:
    op.add_column("portfolios", sa.Column("oldest", sa.String(length=10), nullable=True))
    _move_segments_to_responses()
    _add_renderings()
    _add_decisions()
    _add_words()


def downgrade() -> None:
    op.drop_column("portfolios", "oldest")
    _move_segments_to_observations()
    op.drop_table("quotes")
    op.drop_table("promises")
    op.drop_table("decisions")
    with op.batch_alter_table("digests") as batch:
        batch.add_column(sa.Column("card", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("picture", sa.String(length=64), nullable=True))
        batch.create_foreign_key(op.f("fk_digests_picture_files"), "files", ["picture"], ["id"])
    op.drop_table("renderings")
