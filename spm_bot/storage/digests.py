"""The digests as they were sent: one value a week and scope, and what was drawn from it in each language."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields

from sqlalchemy import Connection, delete, func, insert, select

from spm_bot.storage.tables import digests, renderings


@dataclass(frozen=True, slots=True)
class Rendering:
    """What was drawn from a digest in one language; `scope` is a branch, '' is the institution.

    `branch` is the one that it asks to act on, '' for none; `picture` (branches), `line` (weeks), `pages`
    and `workbook` name stored files.
    """

    week: str
    scope: str
    language: str
    card: str
    branch: str = ""
    picture: str | None = None
    line: str | None = None
    pages: str | None = None
    workbook: str | None = None


def keep(connection: Connection, *, week: str, scope: str, body: str) -> None:
    """Stores a digest's JSON in place of an earlier one of its week and scope."""
    connection.execute(delete(digests).where(digests.c.week == week, digests.c.scope == scope))
    connection.execute(insert(digests), {"week": week, "scope": scope, "body": body})


def keep_rendering(connection: Connection, rendering: Rendering) -> None:
    """Stores it in place of an earlier one of its week, scope and language."""
    row = {field.name: getattr(rendering, field.name) for field in fields(rendering)}
    same = [renderings.c[name] == row[name] for name in ("week", "scope", "language")]
    connection.execute(delete(renderings).where(*same))
    connection.execute(insert(renderings), row)


def body(connection: Connection, week: str, scope: str) -> str | None:
    """The JSON of a digest."""
    query = select(digests.c.body).where(digests.c.week == week, digests.c.scope == scope)
    return connection.execute(query).scalar()


def newest_body(connection: Connection, scope: str, *, first: str, last: str) -> str | None:
    """The JSON of the newest digest of the weeks `first` to `last`."""
    within = (digests.c.scope == scope, digests.c.week >= first, digests.c.week <= last)
    return connection.execute(
        select(digests.c.body).where(*within).order_by(digests.c.week.desc()).limit(1)
    ).scalar()


def rendering(
    connection: Connection, week: str, scope: str, *, languages: tuple[str, ...]
) -> Rendering | None:
    """What was drawn in the first of these languages there is, else in any."""
    names = [renderings.c[field.name] for field in fields(Rendering)]
    query = select(*names).where(renderings.c.week == week, renderings.c.scope == scope)
    drawn = {
        row.language: Rendering(*row) for row in connection.execute(query.order_by(renderings.c.language))
    }
    wanted = (*languages, *drawn)
    return next((drawn[language] for language in wanted if language in drawn), None)


def newest(connection: Connection) -> str | None:
    """The last week whose digest of the institution is stored."""
    return connection.execute(select(func.max(digests.c.week)).where(digests.c.scope == "")).scalar()


def newest_drawn(connection: Connection, scopes: Collection[str]) -> str | None:
    """The last week of which anything was drawn for one of these scopes."""
    query = select(func.max(renderings.c.week)).where(renderings.c.scope.in_(list(scopes)))
    return connection.execute(query).scalar()
