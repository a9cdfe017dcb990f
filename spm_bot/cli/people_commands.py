"""Commands about people: the register, links for staff, roles."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime

from spm_bot.app import make_desk, opened
from spm_bot.cli.inputs import text_of
from spm_bot.cli.output import Failure, account, show, show_rows, tell
from spm_bot.institution import Institution
from spm_bot.registers.phones import CLIENTS_A_NUMBER
from spm_bot.registers.sheets import Books, read_clients, without_placeholders
from spm_bot.settings import Settings, load_settings
from spm_bot.storage import roles
from spm_bot.usecases import hand_links
from spm_bot.usecases import import_register as importing
from spm_bot.usecases.enrol_staff import ROLE_NAMES
from spm_bot.usecases.hand_links import BRANCH_ROLES


async def import_register(args: argparse.Namespace) -> None:
    """Reads a CSV file of clients and their loans into the database."""
    settings = load_settings()
    institution = make_desk(settings.institution).institution
    as_of = _day(args.as_of) if args.as_of else datetime.now(UTC).date()
    read = read_clients(text_of(args.file), place=args.file, books=_books(institution))
    rows, nobodys = without_placeholders(read)
    added = changed = forgotten = 0
    if not args.dry_run:
        async with opened(settings) as store:
            added, changed, forgotten = await importing.import_clients(
                rows,
                store=store,
                currency=institution.currency,
                as_of=as_of.isoformat(),
                actor=account(),
                now=datetime.now(UTC),
            )
    if args.json:
        show({"read": len(rows), "added": added, "changed": changed, "forgotten": forgotten})
    else:
        tell(f"{len(rows)} clients read, {added} added, {changed} changed")
    if forgotten:
        tell(f"{forgotten} left out: asked to be forgotten")
    if nobodys:
        tell(f"{nobodys} phone numbers were left out: each stands with more than {CLIENTS_A_NUMBER} clients")


async def invite_staff(args: argparse.Namespace) -> None:
    """Makes a one-time link that gives a role."""
    settings = load_settings()
    if args.role not in ROLE_NAMES:
        raise Failure(f"there is no role {args.role!r}: take one of {', '.join(ROLE_NAMES)}")
    if args.branch:
        if args.role not in BRANCH_ROLES:
            raise Failure(f"the role {args.role} is for all branches: leave out --branch")
        known_branch(make_desk(settings.institution).institution, args.branch)
    bot, why_none = await bot_name(settings)
    if bot is None:
        tell(f"{why_none}: tokens are printed without links")
    async with opened(settings) as store:
        token = await hand_links.invite_staff(
            store=store, role=args.role, branch=args.branch, actor=account(), now=datetime.now(UTC)
        )
    link = None if bot is None else hand_links.deep_link(bot, token)
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


async def bot_name(settings: Settings) -> tuple[str | None, str]:
    """The bot's name for links, asked of Telegram; or None, and why there is none."""
    if settings.telegram_token is None:
        return None, "no SPM_TELEGRAM_TOKEN is set"
    from spm_bot.chat.telegram.application import TelegramApp

    async with TelegramApp(
        settings.telegram_token.get_secret_value(),
        now=lambda: datetime.now(UTC),
        base_url=settings.telegram_base_url,
    ) as telegram:
        return telegram.username, "" if telegram.username else "Telegram cannot be reached"


def known_branch(institution: Institution, code: str) -> None:
    """Raises Failure for a branch that the institution file does not have."""
    known = [branch.code for branch in institution.branches]
    if code not in known:
        raise Failure(f"there is no branch {code!r}: the institution file has {', '.join(known)}")


def _books(institution: Institution) -> Books:
    return Books(
        frozenset(branch.code for branch in institution.branches),
        {product.code: product.method for product in institution.products},
        institution.country,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Failure(f"{text!r} is not a day: write it as 2026-11-20") from None
