"""The digest of a week: its card printed, its files written, or all of it handed out."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime

from spm_bot.app import make_desk, opened
from spm_bot.cli.inputs import week_of, written
from spm_bot.cli.output import Failure, show, tell
from spm_bot.settings import load_settings
from spm_bot.times import Week
from spm_bot.usecases.visit import Desk


async def digest(args: argparse.Namespace) -> None:
    """The digest of a week, or the board's pages of a quarter."""
    settings = load_settings()
    desk = make_desk(settings.institution)
    if args.quarter is not None:
        from spm_bot.cli.quarter_commands import board

        await board(args, settings=settings, desk=desk)
        return
    week = week_of(args.week)
    _check(week, args.branch, desk)
    if args.hand_out and (args.out is not None or args.branch is not None or args.json):
        raise Failure("--hand-out sends every manager their own: leave out --out, --branch and --json")
    from spm_bot.analytics.digest import to_json
    from spm_bot.reports.card import card
    from spm_bot.texts import voice
    from spm_bot.usecases import report

    speaker = voice(desk.languages[0])
    async with opened(settings) as store:
        if args.hand_out:
            await report.weekly(week, store=store, desk=desk, now=datetime.now(UTC))
            tell(f"the digests of {week} are stored and on their way")
            return
        made = await report.compute(week, args.branch, store=store, desk=desk)
    if args.out is not None:
        from spm_bot.reports.folio import folio, write_folio

        written(args.out, lambda folder: write_folio(folder, made, folio(made, speaker)))
    if args.json:
        show(json.loads(to_json(made)))
    else:
        sys.stdout.write(card(made, speaker) + "\n")


def _check(week: Week, branch: str | None, desk: Desk) -> None:
    """Raises Failure for a branch there is not and for a week that is not over."""
    if branch is not None and branch not in {each.code for each in desk.institution.branches}:
        raise Failure(f"there is no branch {branch!r} in the institution file")
    today = Week.of(datetime.now(UTC), desk.institution.time_zone)
    if week >= today:
        raise Failure(f"{week} is not over: the newest digest there can be is that of {today.previous()}")
