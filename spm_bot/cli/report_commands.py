"""The digest of a week: its card printed, its files written, or all of it handed out."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from spm_bot.app import make_desk, opened
from spm_bot.cli.inputs import week_of
from spm_bot.cli.output import Failure, show, tell
from spm_bot.settings import load_settings
from spm_bot.times import Week


async def digest(args: argparse.Namespace) -> None:
    """Computes the digest of a week; prints its card, writes its files, or hands it out."""
    week = week_of(args.week)
    settings = load_settings()
    desk = make_desk(settings.institution)
    if args.branch is not None and args.branch not in {branch.code for branch in desk.institution.branches}:
        raise Failure(f"there is no branch {args.branch!r} in the institution file")
    from spm_bot.analytics.digest import to_json
    from spm_bot.usecases import report

    async with opened(settings) as store:
        if args.hand_out:
            await report.weekly(week, store=store, desk=desk, now=datetime.now(UTC))
            tell(f"the digests of {week} are stored and on their way")
            return
        made = await report.make(week, args.branch, store=store, desk=desk)
    if args.out is not None:
        name = _name(week, args.branch)
        try:
            write_files(Path(args.out), made.card, made.picture, to_json(made.digest), name=name)
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise Failure(f"{args.out}: cannot be written: {reason}") from None
    if args.json:
        show(json.loads(to_json(made.digest)))
    else:
        sys.stdout.write(made.card + "\n")


def write_files(folder: Path, card: str, picture: bytes | None, body: str, *, name: str) -> None:
    """Writes a digest's card, JSON and picture, if there is one, into `folder`, made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(card + "\n", encoding="utf-8")
    (folder / f"{name}.json").write_text(body + "\n", encoding="utf-8")
    if picture is not None:
        (folder / f"{name}.png").write_bytes(picture)


def _name(week: Week, branch: str | None) -> str:
    return f"digest-{week}" if branch is None else f"digest-{week}-{branch}"
