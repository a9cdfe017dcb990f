"""Commands about one client's own data: who asked for it, give it to them, erase it."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from functools import partial

from spm_bot.app import make_desk, opened
from spm_bot.cli.drafts import draft
from spm_bot.cli.output import Failure, account, show_rows, tell
from spm_bot.settings import load_settings
from spm_bot.storage import requests
from spm_bot.usecases import fulfil
from spm_bot.usecases.erase import erase
from spm_bot.usecases.fulfil import Refused


async def list_requests(args: argparse.Namespace) -> None:
    async with opened(load_settings()) as store:
        held = await store.read(requests.all_open)
    rows: list[dict[str, object]] = [
        {
            "client": each.code,
            "kind": each.kind,
            "asked": each.asked_at.isoformat(timespec="minutes"),
            "by": each.opened_by or "client",
            "due": None if each.due_at is None else each.due_at.isoformat(timespec="minutes"),
        }
        for each in held
    ]
    show_rows(rows, as_json=args.json)


async def data(args: argparse.Namespace) -> None:
    """Writes everything held about a client into a file, or sends it to their chat."""
    settings = load_settings()
    asked = partial(
        fulfil.hand_over if args.out else fulfil.send,
        desk=make_desk(settings.institution),
        code=args.id,
        private=args.private,
        actor=account(),
        reason=_reason(args),
        now=datetime.now(UTC),
    )
    async with opened(settings) as store:
        try:
            if not args.out:
                await store.write(asked)
                tell(f"sent to the chat of client {args.id}; it leaves the chat after 10 minutes")
                return
            with draft(args.out) as file:
                # Written down and told before anybody can read it.
                file.fill(str(await store.write(asked)).encode())
                file.publish()
        except Refused as error:
            raise Failure(str(error)) from None
    tell(f"{args.out} holds everything about client {args.id}: hand it over, then delete it")


async def forget(args: argparse.Namespace) -> None:
    """Plans that a client is erased; one without a chat is erased at once."""
    settings = load_settings()
    desk = make_desk(settings.institution)
    now = datetime.now(UTC)
    work = partial(fulfil.forget, desk=desk, code=args.id, actor=account(), reason=_reason(args), now=now)
    async with opened(settings) as store:
        try:
            due_at = await store.write(work)
        except Refused as error:
            raise Failure(str(error)) from None
        if due_at <= now:
            await erase(now, store=store, desk=desk)
            tell(f"client {args.id} is erased")
        else:
            tell(f"client {args.id} is told, and erased at {due_at.isoformat(timespec='minutes')} by the bot")


def _reason(args: argparse.Namespace) -> str:
    reason = str(args.reason).strip()
    if not reason:
        raise Failure("--reason is empty: say in a few words why, without the client's name")
    return reason
