"""Commands about joining cards: making them as data or on paper, revoking one that got lost."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from spm_bot.app import make_desk, opened
from spm_bot.cli.drafts import draft
from spm_bot.cli.output import Failure, account, show_rows, tell
from spm_bot.cli.people_commands import bot_name, known_branch
from spm_bot.institution import Institution
from spm_bot.settings import load_settings
from spm_bot.storage.store import Store
from spm_bot.texts import languages
from spm_bot.usecases import hand_links
from spm_bot.usecases.hand_links import NewLink
from spm_bot.usecases.spell_link import deep_link


async def invite_clients(args: argparse.Namespace) -> None:
    """Makes one-time joining links, as data or as cards to print."""
    settings = load_settings()
    institution = make_desk(settings.institution).institution
    if args.branch is not None:
        known_branch(institution, args.branch)
    _check_language(args)
    # Asked first: links that nobody can be given are not made.
    bot, why_none = await bot_name(settings)
    if bot is None and args.pdf is not None:
        raise Failure(f"{why_none}, and a card needs the name of the bot: mend that first, no card was made")
    if bot is None:
        tell(f"{why_none}: tokens are printed without links")
    now = datetime.now(UTC)
    async with opened(settings) as store:
        made = await hand_links.draw_links(store=store, branch=args.branch, code=args.client)
        if not made:
            raise Failure("there is no such active client: import the register first, or check the id")
        keep = partial(hand_links.keep_links, made, store=store, actor=account(), now=now)
        if bot is None or args.pdf is None:
            await keep()
        else:
            await _print(made, args, store=store, institution=institution, bot=bot, keep=keep, now=now)
    if args.json or args.pdf is None:
        show_rows([_row(each, bot) for each in made], as_json=args.json)


async def revoke_cards(args: argparse.Namespace) -> None:
    """Ends the cards of a client that could still be used."""
    async with opened(load_settings()) as store:
        try:
            revoked = await hand_links.revoke_cards(
                args.id, store=store, actor=account(), now=datetime.now(UTC)
            )
        except LookupError:
            raise Failure(f"there is no client {args.id!r} in the register") from None
    if not revoked:
        raise Failure(f"client {args.id} has no card that could still be used")
    tell(f"client {args.id}: the card is revoked")


async def _print(
    made: Sequence[NewLink],
    args: argparse.Namespace,
    *,
    store: Store,
    institution: Institution,
    bot: str,
    keep: Callable[[], Awaitable[None]],
    now: datetime,
) -> None:
    """Puts the cards into the file, and makes them good only when they are all drawn."""
    from spm_bot.usecases.print_cards import MOST_CARDS, print_cards

    if len(made) > MOST_CARDS:
        raise Failure(f"{len(made):,} cards are too many for one file: print them by --branch")
    with draft(args.pdf) as paper:
        sheet = await print_cards(
            made, store=store, institution=institution, bot=bot, language=args.language, now=now
        )
        paper.fill(sheet.pdf)
        await keep()
        paper.publish()
    count = "1 card" if len(made) == 1 else f"{len(made):,} cards"
    tell(
        f"{count}, good until {sheet.good_until}: hand out in person;"
        f" keep the file {args.pdf} no longer than needed"
    )


def _check_language(args: argparse.Namespace) -> None:
    if args.language is None:
        return
    if args.pdf is None:
        raise Failure("--language is the language of printed cards: add --pdf FILE")
    if args.language not in languages():
        known = ", ".join(languages())
        raise Failure(f"cards cannot be written in {args.language!r}: take one of {known}")


def _row(link: NewLink, bot: str | None) -> dict[str, object]:
    address = None if bot is None else deep_link(bot, link.token)
    return {"client": link.client, "link": address, "token": link.token, "code": link.code}
