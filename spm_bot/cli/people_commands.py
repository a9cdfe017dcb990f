"""Commands about people: the register, joining links, roles."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime

from spm_bot.app import make_desk, opened
from spm_bot.cli.inputs import text_of
from spm_bot.cli.output import Failure, account, show, show_rows, tell
from spm_bot.institution import Institution
from spm_bot.registers.sheets import Books, read_clients
from spm_bot.settings import Settings, load_settings
from spm_bot.storage import roles
from spm_bot.usecases import hand_links
from spm_bot.usecases import import_register as importing
from spm_bot.usecases.hand_links import BRANCH_ROLES
from spm_bot.usecases.join import ROLE_NAMES


async def import_register(args: argparse.Namespace) -> None:
    """Reads a CSV file of clients and their loans into the database."""
    settings = load_settings()
    institution = make_desk(settings.institution).institution
    as_of = _day(args.as_of) if args.as_of else datetime.now(UTC).date()
    rows = read_clients(text_of(args.file), place=args.file, books=_books(institution))
    added = changed = 0
    if not args.dry_run:
        async with opened(settings) as store:
            added, changed = await importing.import_clients(
                rows,
                store=store,
                currency=institution.currency,
                as_of=as_of.isoformat(),
                actor=account(),
                now=datetime.now(UTC),
            )
    if args.json:
        show({"read": len(rows), "added": added, "changed": changed})
    else:
        tell(f"{len(rows)} clients read, {added} added, {changed} changed")


async def invite_clients(args: argparse.Namespace) -> None:
    """Makes one-time joining links."""
    settings = load_settings()
    if args.branch is not None:
        _known_branch(make_desk(settings.institution).institution, args.branch)
    # Asked first: links that nobody can be given are not made.
    bot = await _bot_name(settings)
    async with opened(settings) as store:
        made = await hand_links.invite_clients(
            store=store, branch=args.branch, code=args.client, actor=account(), now=datetime.now(UTC)
        )
    if not made:
        raise Failure("there is no such active client: import the register first, or check the id")
    rows: list[dict[str, object]] = [
        {"client": each.client, "link": _link(bot, each.token), "token": each.token, "code": each.code}
        for each in made
    ]
    show_rows(rows, as_json=args.json)


async def invite_staff(args: argparse.Namespace) -> None:
    """Makes a one-time link that gives a role."""
    settings = load_settings()
    if args.role not in ROLE_NAMES:
        raise Failure(f"there is no role {args.role!r}: take one of {', '.join(ROLE_NAMES)}")
    if args.branch:
        if args.role not in BRANCH_ROLES:
            raise Failure(f"the role {args.role} is for all branches: leave out --branch")
        _known_branch(make_desk(settings.institution).institution, args.branch)
    bot = await _bot_name(settings)
    async with opened(settings) as store:
        token = await hand_links.invite_staff(
            store=store, role=args.role, branch=args.branch, actor=account(), now=datetime.now(UTC)
        )
    link = _link(bot, token)
    if args.json:
        show({"link": link, "token": token})
    else:
        tell("Good for 24 hours and for one chat. Hand it over in person:")
        show_rows([{"link": link or f"/start {token}"}], as_json=False)


async def list_staff(args: argparse.Namespace) -> None:
    async with opened(load_settings()) as store:
        held = await store.read(roles.roles_in_force)
    rows: list[dict[str, object]] = [
        {"id": r.id, "staff": r.staff, "role": r.role, "branch": r.branch or "all"} for r in held
    ]
    show_rows(rows, as_json=args.json)


async def revoke_staff(args: argparse.Namespace) -> None:
    async with opened(load_settings()) as store:
        revoked = await hand_links.revoke_role(args.id, store=store, actor=account(), now=datetime.now(UTC))
    if not revoked:
        raise Failure(f"there is no role {args.id} in force: see `spm-bot staff list`")
    tell(f"role {args.id} is revoked")


async def _bot_name(settings: Settings) -> str | None:
    """The bot's name for links, asked of Telegram; None without a token or without an answer."""
    if settings.telegram_token is None:
        tell("no SPM_TELEGRAM_TOKEN is set: tokens are printed without links")
        return None
    from spm_bot.chat.telegram.application import TelegramApp

    async with TelegramApp(
        settings.telegram_token.get_secret_value(),
        now=lambda: datetime.now(UTC),
        base_url=settings.telegram_base_url,
    ) as telegram:
        if telegram.username is None:
            tell("Telegram cannot be reached: tokens are printed without links")
        return telegram.username


def _link(bot: str | None, token: str) -> str | None:
    return None if bot is None else f"https://t.me/{bot}?start={token}"


def _known_branch(institution: Institution, code: str) -> None:
    known = [branch.code for branch in institution.branches]
    if code not in known:
        raise Failure(f"there is no branch {code!r}: the institution file has {', '.join(known)}")


def _books(institution: Institution) -> Books:
    return Books(
        frozenset(branch.code for branch in institution.branches),
        {product.code: product.method for product in institution.products},
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Failure(f"{text!r} is not a day: write it as 2026-11-20") from None
