"""What the institution's lists say beside its clients and staff: loans, the portfolio, facts of branches."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, UniqueConstraint, text

from spm_bot.storage.tables.base import identity, metadata, to

loans = Table(
    "loans",
    metadata,
    identity(),
    to("clients"),
    Column("code", String(64), nullable=False),
    Column("branch", String(64), nullable=False),
    Column("product", String(64), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("outstanding", Float, nullable=False),
    Column("days_in_arrears", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("written_off", Float, nullable=False, server_default="0"),
    Column("written_off_on", String(10)),
    Column("principal", Float),
    Column("overdue", Float, nullable=False, server_default="0"),
    Column("disbursed_on", String(10)),
    Column("closed_on", String(10)),
    Column("next_due_on", String(10)),
    Column("repayment_frequency", String(16), nullable=False, server_default=""),
    Column("restructured", Boolean, nullable=False, server_default=text("false")),
    Column("restructured_on", String(10)),
    Column("refinanced_loan", String(64), nullable=False, server_default=""),
    Column("cycle", Integer),
    Column("officer", String(64), nullable=False, server_default=""),
    Column("as_of", String(10), nullable=False),
    Index("ix_loans_closed_on", "closed_on"),
    Index("ix_loans_disbursed_on", "disbursed_on"),
    UniqueConstraint("client_id", "code"),
)

# The portfolio as it stood on the day of each import, in units of the currency: later lists do not change it.
portfolios = Table(
    "portfolios",
    metadata,
    identity(),
    Column("as_of", String(10), nullable=False),
    Column("branch", String(64), nullable=False),
    Column("product", String(64), nullable=False),
    Column("officer", String(64), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("loans", Integer, nullable=False),
    Column("outstanding", Float, nullable=False),
    Column("overdue30", Float, nullable=False),
    Column("restructured", Float, nullable=False),
    Column("written_off", Float, nullable=False),
    # The day of the oldest list that one of these loans comes from: a list may name some branches only.
    Column("oldest", String(10)),
    UniqueConstraint("as_of", "branch", "product", "officer", "currency"),
)

# Facts of a branch by month (2026-11): what the list does not say is empty, never 0.
branch_facts = Table(
    "branch_facts",
    metadata,
    identity(),
    Column("branch", String(64), nullable=False),
    Column("month", String(7), nullable=False),
    Column("new_clients", Integer),
    Column("marketing", Float),
    Column("vacancies", Integer),
    UniqueConstraint("branch", "month"),
)
