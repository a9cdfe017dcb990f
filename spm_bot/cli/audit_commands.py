"""The audit log: its lines, and whether its chain holds."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, time
from functools import partial

from spm_bot.app import opened
from spm_bot.cli.inputs import day_of
from spm_bot.cli.output import Failure, show, show_rows, tell
from spm_bot.settings import load_settings
from spm_bot.storage import audits
from spm_bot.storage.audits import Chain


async def list_lines(args: argparse.Namespace) -> None:
    since = None if args.since is None else datetime.combine(day_of(args.since), time(0), tzinfo=UTC)
    look = partial(audits.lines, limit=args.limit, actor=args.actor, event=args.event, since=since)
    async with opened(load_settings()) as store:
        found = await store.read(look)
    rows: list[dict[str, object]] = [
        {"at": each.at.isoformat(), "actor": each.actor, "event": each.event, "detail": _detail(each.detail)}
        for each in found
    ]
    show_rows(rows, as_json=args.json)


async def verify(args: argparse.Namespace) -> None:
    """Follows the chain; fails where a line was changed, added or cut out, or a noted hash is not met."""
    expected = None if args.expect is None else args.expect.strip().lower()
    if expected is not None and not re.fullmatch(r"[0-9a-f]{64}", expected):
        raise Failure(f"{args.expect!r} is no hash of the log: give the 64 signs that `audit verify` printed")
    async with opened(load_settings()) as store:
        chain = await store.read(partial(audits.walk, expected=expected))
    if args.json:
        show(
            {
                "lines": chain.lines,
                "dropped": chain.dropped,
                "newest": chain.newest,
                "broken_at": chain.broken_at,
            }
        )
    if chain.broken_at is not None:
        raise Failure(
            f"the chain breaks at line {chain.broken_at}: it, or one before it, was changed or cut out"
        )
    if expected is not None and chain.since_expected is None:
        raise Failure("the chain holds, but the hash you noted is not in it: the log was written anew")
    if not args.json:
        _tell(chain)


def _tell(chain: Chain) -> None:
    tell(f"lines that hold: {chain.lines}")
    if chain.dropped:
        tell(f"lines that retention dropped before them: {chain.dropped}")
    if chain.since_expected is not None:
        tell(f"lines written since the hash you noted: {chain.since_expected}")
    show_rows([{"newest": chain.newest}] if chain.lines else [], as_json=False)
    tell("Note this hash elsewhere: whoever can rewrite the whole database can rewrite its chain, too.")


def _detail(detail: dict[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in detail.items())
