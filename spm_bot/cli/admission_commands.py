"""Commands about clients who must be called before they join: who waits, let in, turn away."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from spm_bot.app import make_desk, opened
from spm_bot.cli.output import Failure, account, show, show_rows, tell
from spm_bot.settings import load_settings
from spm_bot.storage import waiting
from spm_bot.storage.waiting import Waiting
from spm_bot.usecases import call_back
from spm_bot.usecases.admit import REASONS
from spm_bot.usecases.call_back import NotPossible


async def list_waiting(args: argparse.Namespace) -> None:
    async with opened(load_settings()) as store:
        held = await store.read(waiting.everybody)
    rows: list[dict[str, object]] = [
        {
            "id": each.id,
            "client": each.code,
            "reason": each.reason if args.json else REASONS[each.reason],
            "since": each.at.isoformat(timespec="minutes"),
        }
        for each in held
    ]
    show_rows(rows, as_json=args.json)


async def admit(args: argparse.Namespace) -> None:
    """Lets a client in whom somebody has called."""
    settings = load_settings()
    desk = make_desk(settings.institution)
    async with opened(settings) as store:
        try:
            held = await call_back.let_in(
                args.id, store=store, desk=desk, actor=account(), now=datetime.now(UTC)
            )
        except LookupError:
            raise _nobody(args.id) from None
        except NotPossible as error:
            raise Failure(str(error)) from None
    _told(held, "may join: the chat asks for consent now", as_json=args.json)


async def refuse(args: argparse.Namespace) -> None:
    """Turns a client away who should not have had the card."""
    async with opened(load_settings()) as store:
        try:
            held = await call_back.turn_away(args.id, store=store, actor=account(), now=datetime.now(UTC))
        except LookupError:
            raise _nobody(args.id) from None
    _told(held, "is turned away; a new card is needed to join", as_json=args.json)


def _told(held: Waiting, what: str, *, as_json: bool) -> None:
    if as_json:
        show({"client": held.code, "reason": held.reason})
    else:
        tell(f"client {held.code} {what}")


def _nobody(waiting_id: int) -> Failure:
    return Failure(f"nobody waits under the number {waiting_id}: see `spm-bot clients waiting`")
