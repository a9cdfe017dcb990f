"""Commands about survey rounds: which there are, and launching a standing one now."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from spm_bot.app import make_desk, opened
from spm_bot.cli.output import Failure, account, show, show_rows, tell
from spm_bot.settings import load_settings
from spm_bot.storage import rounds
from spm_bot.usecases.launch import NotLaunched, launch


async def list_rounds(args: argparse.Namespace) -> None:
    async with opened(load_settings()) as store:
        found = await store.read(rounds.all_rounds)
        asked = await store.read(rounds.sizes)
    rows: list[dict[str, object]] = [
        {
            "code": each.code,
            "survey": each.survey,
            "origin": each.origin,
            "opened": each.opened_at.date().isoformat(),
            "state": each.state,
            "invited": asked.get(each.id, 0),
        }
        for each in found
    ]
    show_rows(rows, as_json=args.json)


async def launch_round(args: argparse.Namespace) -> None:
    """Invites now whoever is due in a standing round; a running bot delivers the invitations."""
    settings = load_settings()
    desk = make_desk(settings.institution)
    known = {standing.code: standing for standing in desk.institution.rounds}
    if args.code not in known:
        listed = ", ".join(known) or "no rounds"
        raise Failure(f"there is no round {args.code!r}: the institution file has {listed}")
    async with opened(settings) as store:
        try:
            invited = await launch(
                known[args.code], store=store, desk=desk, actor=account(), now=datetime.now(UTC)
            )
        except NotLaunched as error:
            raise Failure(str(error)) from None
    if args.json:
        show({"round": args.code, "invited": invited})
    else:
        tell(f"{invited} clients are invited; each gets the message at the first hour that is allowed")
