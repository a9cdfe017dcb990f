"""What is written once a quarter: the board's pages, and the report on standards."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from spm_bot.app import make_desk, opened
from spm_bot.cli.inputs import written
from spm_bot.cli.output import Failure, show, tell
from spm_bot.quarters import Quarter
from spm_bot.settings import Settings, load_settings
from spm_bot.texts import voice
from spm_bot.times import on_wall
from spm_bot.usecases.visit import Desk


async def board(args: argparse.Namespace, *, settings: Settings, desk: Desk) -> None:
    """The board's pages of a quarter: written as PDF and JSON, or shown as data."""
    quarter = _over(args.quarter, desk)
    if args.branch is not None or args.hand_out:
        raise Failure(
            "the board's pages are for the whole institution and are not sent: leave out that option"
        )
    if args.out is None and not args.json:
        raise Failure("the board's pages are a file: say where with --out DIR, or take --json")
    from spm_bot.analytics.board import board_json
    from spm_bot.reports.board_pages import board_pdf
    from spm_bot.usecases.brief_board import brief_board

    async with opened(settings) as store:
        made = await brief_board(quarter, store=store, desk=desk)
    if args.out is not None:
        pages = board_pdf(made, voice(desk.languages[0]))

        def write(folder: Path) -> None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"board-{quarter}.pdf").write_bytes(pages)
            (folder / f"board-{quarter}.json").write_text(board_json(made) + "\n", encoding="utf-8")

        written(args.out, write)
        tell(f"written: board-{quarter}.pdf and .json in {args.out}")
    if args.json:
        show(json.loads(board_json(made)))


async def standards(args: argparse.Namespace) -> None:
    """The workbook of a quarter, line by line for the standards that ask for it."""
    if not args.out.endswith(".xlsx"):
        raise Failure(f"{args.out}: the report is a workbook: give it a name that ends in .xlsx")
    settings = load_settings()
    desk = make_desk(settings.institution)
    quarter = _over(args.quarter, desk)
    from spm_bot.reports.standards import standards_workbook
    from spm_bot.usecases.brief_board import brief_board

    async with opened(settings) as store:
        made = await brief_board(quarter, store=store, desk=desk)
    book = standards_workbook(made, voice(desk.languages[0]), include_internal=args.include_internal)

    def write(file: Path) -> None:
        file.write_bytes(book)

    written(args.out, write)
    tell(f"written: {args.out}")


def _over(text: str, desk: Desk) -> Quarter:
    """A quarter that has ended where the institution is. Raises Failure."""
    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        raise Failure(str(error)) from None
    if on_wall(datetime.now(UTC), zone=desk.institution.time_zone).date() <= quarter.last:
        raise Failure(f"{quarter} is not over: it ends on {quarter.last}")
    return quarter
