"""The decision log on the command line."""

from __future__ import annotations

import argparse
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import partial

from spm_bot.analytics.commitments import Decision, is_late, is_unreviewed
from spm_bot.app import make_desk, opened
from spm_bot.cli.output import Failure, account, show_rows
from spm_bot.settings import load_settings
from spm_bot.storage import audits, decisions
from spm_bot.storage.store import Connection
from spm_bot.times import on_wall
from spm_bot.usecases.visit import Desk

_BRIEF = ("number", "made_on", "branch", "indicator", "lever", "owner", "due_on", "check_on", "state")


async def list_decisions(args: argparse.Namespace) -> None:
    """The log with the words of the managers; that somebody read them is written down."""
    settings, now = load_settings(), datetime.now(UTC)
    desk = make_desk(settings.institution)
    known = [branch.code for branch in desk.institution.branches]
    if args.branch is not None and args.branch not in known:
        raise Failure(f"there is no branch {args.branch!r}: there are {', '.join(known)}")
    async with opened(settings) as store:
        log = await store.write(partial(_read, branch=args.branch, desk=desk, actor=account(), now=now))
    today = on_wall(now, zone=desk.institution.time_zone).date()
    rows = [_row(line, today=today) for line in log]
    brief = [{name: row[name] for name in _BRIEF} for row in rows]
    show_rows(rows if args.json else brief, as_json=args.json)


def _read(
    connection: Connection, *, branch: str | None, desk: Desk, actor: str, now: datetime
) -> list[Decision]:
    audits.write_down(connection, at=now, actor=actor, event="decisions_listed", branch=branch)
    return decisions.lines(connection, zone=desk.institution.time_zone, branch=branch)


def _row(line: Decision, *, today: date) -> dict[str, object]:
    row = {field.name: _plain(getattr(line, field.name)) for field in fields(line)}
    unreviewed = is_unreviewed(line, today=today)
    return {**row, "state": _state(line, today=today), "unreviewed": unreviewed}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _state(line: Decision, *, today: date) -> str:
    if line.outcome is not None:
        return line.outcome.value
    if line.done_on is not None:
        return "done"
    return "late" if is_late(line, today=today) else "open"
