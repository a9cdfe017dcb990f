"""Commands about observations: made again from the responses."""

from __future__ import annotations

import argparse
import sys

from tqdm import tqdm

from spm_bot.app import opened
from spm_bot.cli.output import show, tell
from spm_bot.settings import load_settings
from spm_bot.storage import responses
from spm_bot.usecases.rebuild import rebuild as make_again


async def rebuild(args: argparse.Namespace) -> None:
    """Makes the observations again, and says how many responses have others now."""
    async with opened(load_settings()) as store:
        total = await store.read(responses.count)
        with tqdm(total=total, desc="reading", unit=" responses", disable=None, file=sys.stderr) as bar:
            done = await make_again(store=store, progress=bar.update)
    if args.json:
        show({"responses": done.responses, "changed": done.changed})
    tell(f"{done.responses:,} responses read, the observations of {done.changed:,} changed")
