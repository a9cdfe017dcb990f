"""Commands about staff: links that give roles, who holds which, confirming and revoking."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from functools import partial

from spm_bot.app import make_desk, opened
from spm_bot.cli.output import Failure, account, show, show_rows, tell
from spm_bot.cli.people_commands import bot_name, known_branch
from spm_bot.institution import Institution
from spm_bot.protection.duties import NEEDS_SECOND, OF_A_BRANCH, ONLY_OF_A_BRANCH, Role, conflict
from spm_bot.settings import load_settings
from spm_bot.storage import employees, links, roles
from spm_bot.storage.employees import Employee
from spm_bot.storage.store import Connection
from spm_bot.usecases import hand_links, settle_role
from spm_bot.usecases.settle_role import NotSettled
from spm_bot.usecases.spell_link import deep_link


async def invite_staff(args: argparse.Namespace) -> None:
    """Makes a one-time link that gives a role."""
    settings = load_settings()
    institution = make_desk(settings.institution).institution
    if args.role not in list(Role):
        raise Failure(f"there is no role {args.role!r}: take one of {', '.join(Role)}")
    if args.branch:
        if args.role not in OF_A_BRANCH:
            raise Failure(f"the role {args.role} is for all branches: leave out --branch")
        known_branch(institution, args.branch)
    elif args.role in ONLY_OF_A_BRANCH:
        raise Failure(f"the role {args.role} is for one branch: give --branch")
    bot, why_none = await bot_name(settings)
    if bot is None:
        tell(f"{why_none}: tokens are printed without links")
    async with opened(settings) as store:
        whom = partial(_whom, code=args.staff, role=args.role, branch=args.branch, institution=institution)
        staff = None if args.staff is None else await store.read(whom)
        listed = await store.read(employees.listed)
        token = await hand_links.invite_staff(
            store=store,
            role=args.role,
            branch=args.branch,
            staff=staff,
            actor=account(),
            now=datetime.now(UTC),
        )
    link = None if bot is None else deep_link(bot, token)
    if args.json:
        show({"link": link, "token": token})
        return
    tell("Good for 24 hours and for one chat. Hand it over in person:")
    show_rows([{"link": link or f"/start {token}"}], as_json=False)
    if not listed:
        tell("No list of staff is imported: whoever has this link gets the role, whatever their number.")
    if args.role in NEEDS_SECOND:
        tell("A second person has to confirm it: an administrator in the chat, or `spm-bot staff confirm`.")


async def list_staff(args: argparse.Namespace) -> None:
    async with opened(load_settings()) as store:
        rows = await store.read(_listed)
    show_rows(rows, as_json=args.json)


async def confirm_staff(args: argparse.Namespace) -> None:
    """A second person, named, stands for a role that waits."""
    name = args.by.strip()
    confirm = partial(
        settle_role.confirm_role,
        role_id=args.id,
        actor=f"{account()} for {name}"[:64],
        person=None,
        now=datetime.now(UTC),
    )
    async with opened(load_settings()) as store:
        if name.casefold() in await store.read(partial(_concerned, role_id=args.id)):
            raise Failure("--by names the second person: not who invited, and not who was invited")
        try:
            await store.write(confirm)
        except NotSettled as error:
            raise Failure(str(error)) from None
    tell(f"role {args.id} is in force")


async def revoke_staff(args: argparse.Namespace) -> None:
    revoke = partial(
        settle_role.revoke_role,
        role_id=args.id,
        actor=account(),
        now=datetime.now(UTC),
    )
    async with opened(load_settings()) as store:
        revoked = await store.write(revoke)
    if not revoked:
        raise Failure(f"there is no role {args.id} in force: see `spm-bot staff list`")
    tell(f"role {args.id} is revoked")


async def list_links(args: argparse.Namespace) -> None:
    async with opened(load_settings()) as store:
        rows = await store.read(partial(_open_links, now=datetime.now(UTC)))
    show_rows(rows, as_json=args.json)


async def revoke_link(args: argparse.Namespace) -> None:
    async with opened(load_settings()) as store:
        revoke = partial(hand_links.revoke_staff_link, store=store, actor=account(), now=datetime.now(UTC))
        if not await revoke(args.id):
            raise Failure(f"there is no unused staff link {args.id}: see `spm-bot staff links`")
    tell(f"link {args.id} is revoked")


def _concerned(connection: Connection, *, role_id: int) -> set[str]:
    """Who cannot stand for a role: nobody, whoever invited, and whoever was invited."""
    held = roles.role(connection, role_id)
    if held is None:
        return {""}
    code = employees.employee(connection, held.staff).code or ""
    names = (held.invited_by.removeprefix("cli:"), employees.name_of(connection, held.staff), code)
    return {"", *(name.casefold() for name in names)}


def _whom(connection: Connection, *, code: str, role: str, branch: str, institution: Institution) -> int:
    """The member of staff with that code of the list, if they may hold the role."""
    found: Employee | None = employees.employee_by_code(connection, code)
    if found is None or found.left:
        raise Failure(f"nobody works here under the code {code!r}: see the list of staff you imported")
    held = [(each.role, each.branch) for each in roles.roles_held(connection, found.id)]
    other = conflict(held, (role, branch), small_institution=institution.small_institution)
    if other is not None:
        raise Failure(f"{code} is {other}: nobody can be {role} as well")
    return found.id


def _listed(connection: Connection) -> list[dict[str, object]]:
    return [
        {
            "id": each.id,
            "staff": each.staff,
            "code": employees.employee(connection, each.staff).code,
            "role": each.role,
            "branch": each.branch or "all",
            "since": each.granted_at.date().isoformat(),
            "state": "waits for a second person" if each.confirmed_at is None else "in force",
        }
        for each in roles.roles_held(connection)
    ]


def _open_links(connection: Connection, *, now: datetime) -> list[dict[str, object]]:
    return [
        {
            "id": link.id,
            "role": link.role,
            "branch": link.branch or "all",
            "code": None if link.staff is None else employees.employee(connection, link.staff).code,
            "by": link.made_by,
            "until": link.expires_at.isoformat(timespec="minutes"),
        }
        for link in links.open_staff_links(connection, now=now)
    ]
