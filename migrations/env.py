"""What Alembic runs: the tables we want, on the connection handed over or on SPM_DATABASE_URL."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from spm_bot.storage import schema
from spm_bot.storage.tables import metadata

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy import Connection


def render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """A column type as a revision names it: never by a class of ours, which may be gone one day."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if "connection" in context.config.attributes:
    run(context.config.attributes["connection"])
else:
    asyncio.run(schema.connected(os.environ.get("SPM_DATABASE_URL", "sqlite+aiosqlite:///spm.db"), run))
