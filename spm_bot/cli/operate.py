"""Commands that run the bot and look after its machine."""

from __future__ import annotations

import argparse

from spm_bot.cli.output import Failure, show, tell
from spm_bot.settings import load_settings


async def run(_: argparse.Namespace) -> None:
    """Serves until SIGTERM or Ctrl-C."""
    from spm_bot.app import serve
    from spm_bot.log import configure

    settings = load_settings()
    configure()
    await serve(settings)


async def migrate(args: argparse.Namespace) -> None:
    """Moves the database to a revision; takes tables with data in them away only when told twice."""
    from spm_bot.storage import schema

    settings = load_settings()
    if args.to == "base" and not args.yes:
        clients, responses = await schema.losses(settings.database_url)
        if clients or responses:
            raise Failure(
                f"base has no tables: {clients:,} clients and {responses:,} responses would be lost for ever;"
                " make a backup and add --yes if that is meant"
            )
    try:
        await schema.migrate(settings.database_url, to=args.to)
    except ValueError as error:
        raise Failure(str(error)) from None
    tell(f"the database is at {await schema.current(settings.database_url) or 'base'}")


async def doctor(args: argparse.Namespace) -> int:
    """Checks everything; exits with 1 when something must be mended."""
    from spm_bot.cli.checkup import examine

    findings = await examine(load_settings())
    if args.json:
        show([{"part": f.part, "ok": f.ok, "says": f.says} for f in findings])
    else:
        for finding in findings:
            tell(f"{'ok  ' if finding.ok else 'MEND'}  {finding.part}: {finding.says}")
    return 0 if all(finding.ok for finding in findings) else 1
