"""Commands about survey rounds: which there are, launching one, holding it or letting it go."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from spm_bot.app import make_desk, opened
from spm_bot.cli.output import Failure, account, show, show_rows, tell
from spm_bot.fieldwork.audience import Audience
from spm_bot.fieldwork.outcomes import Tally
from spm_bot.settings import Settings, load_settings
from spm_bot.storage import dispositions, rounds
from spm_bot.storage.rounds import Round
from spm_bot.times import next_slot, on_wall
from spm_bot.usecases import govern
from spm_bot.usecases.govern import NotGoverned
from spm_bot.usecases.launch import NotLaunched, launch
from spm_bot.usecases.request_sample import Request, request_sample
from spm_bot.usecases.visit import Desk

_AUDIENCE = {"branch": "branches", "product": "products", "gender": "genders"}


async def list_rounds(args: argparse.Namespace) -> None:
    """The standing rounds of the institution file, and every round that was opened."""
    settings = load_settings()
    desk = make_desk(settings.institution)
    async with opened(settings) as store:
        found = {each.code: each for each in await store.read(rounds.all_rounds)}
        counted = await store.read(dispositions.tallies)
    now = datetime.now(UTC)
    codes = dict.fromkeys([*(standing.code for standing in desk.institution.rounds), *found])
    show_rows(
        [_listed(code, found.get(code), counted.get(code, Tally()), desk=desk, now=now) for code in codes],
        as_json=args.json,
    )


def _listed(code: str, round_: Round | None, tally: Tally, *, desk: Desk, now: datetime) -> dict[str, object]:
    standing = next((each for each in desk.institution.rounds if each.code == code), None)
    zone = desk.institution.time_zone
    slot = None if standing is None else next_slot(standing.slots, zone=zone, after=now)
    return {
        "code": code,
        "survey": standing.survey if standing is not None else round_ and round_.survey,
        "origin": "standing" if round_ is None else round_.origin,
        "kind": standing.kind if standing is not None else "sample",
        "state": "not begun" if round_ is None else round_.state,
        "opened": None if round_ is None else on_wall(round_.opened_at, zone=zone).date().isoformat(),
        "next": None if slot is None else f"{on_wall(slot, zone=zone):%Y-%m-%d %H:%M}",
        "invited": tally.invited,
        "answered": tally.completed + tally.partial,
    }


async def launch_round(args: argparse.Namespace) -> None:
    """Invites now whoever is due in a standing round, or asks for a sample of its own."""
    settings = load_settings()
    desk = make_desk(settings.institution)
    if args.survey is not None:
        await _request(args, settings=settings, desk=desk)
        return
    sample_only = [
        name for name in ("audience", "size", "quota", "strata") if getattr(args, name) is not None
    ]
    if sample_only:
        raise Failure(f"--{sample_only[0]} is for a sample of its own: say of which --survey")
    known = {standing.code: standing for standing in desk.institution.rounds}
    if args.code not in known:
        listed = ", ".join(known) or "no rounds"
        raise Failure(f"there is no round {args.code!r}: the institution file has {listed}")
    standing = known[args.code]
    async with opened(settings) as store:
        try:
            invited = await launch(standing, store=store, desk=desk, actor=account(), now=datetime.now(UTC))
        except NotLaunched as error:
            raise Failure(str(error)) from None
    if args.json:
        show({"round": args.code, "invited": invited})
    elif standing.kind == "sample":
        tell(f"a sample of {standing.sample} is opened: the running bot draws and invites it")
    else:
        tell(f"{invited} clients are invited; each gets the message at the first hour that is allowed")


async def _request(args: argparse.Namespace, *, settings: Settings, desk: Desk) -> None:
    if args.size is None:
        raise Failure("say how many are to be invited: --size 60")
    request = Request(
        code=args.code,
        survey=args.survey,
        audience=_audience(args.audience or ""),
        size=args.size,
        spread_days=args.spread_days or desk.institution.asking.spread_days,
        reason=args.reason or "",
        quota=args.quota,
        **({} if args.strata is None else {"strata": _strata(args.strata)}),
    )
    async with opened(settings) as store:
        try:
            asked = await request_sample(
                request, store=store, desk=desk, actor=account(), now=datetime.now(UTC)
            )
        except NotLaunched as error:
            raise Failure(str(error)) from None
    if args.json:
        show({"round": asked.code, "state": asked.state, "size": asked.size})
    elif asked.state == "waiting":
        tell(f"round {asked.code} waits for the yes of an SPM manager")
    else:
        tell(
            f"round {asked.code} is open: the running bot begins in {desk.institution.asking.undo_minutes}"
            f" minutes; until then `spm-bot rounds stop {asked.code}` undoes it"
        )


def _audience(text: str) -> Audience:
    """`branch=BUN+BUS,product=group_loan` as an audience; nothing stands for everybody. Raises Failure."""
    example = "write it as branch=BUN+BUS,product=group_loan,gender=female"
    found: dict[str, frozenset[str]] = {}
    for part in filter(None, text.split(",")):
        name, _, codes = part.partition("=")
        field = _AUDIENCE.get(name.strip())
        if field is None or not codes or field in found:
            raise Failure(f"{part!r} is no part of an audience: {example}")
        found[field] = frozenset(code.strip() for code in codes.split("+"))
    return Audience(**found)


def _strata(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if len(set(names)) < len(names) or not set(names) <= set(_AUDIENCE):
        raise Failure(f"{text!r} are no strata: write some of {', '.join(_AUDIENCE)}, with commas")
    return names


async def pause(args: argparse.Namespace) -> None:
    await _move(govern.pause, args)


async def resume(args: argparse.Namespace) -> None:
    await _move(govern.resume, args)


async def stop(args: argparse.Namespace) -> None:
    await _move(govern.stop, args)


async def approve(args: argparse.Namespace) -> None:
    await _move(govern.approve, args)


async def refuse(args: argparse.Namespace) -> None:
    await _move(govern.refuse, args)


async def _move(move: Callable[..., Round], args: argparse.Namespace) -> None:
    settings = load_settings()
    desk = make_desk(settings.institution)
    work = partial(
        move, code=args.code, desk=desk, actor=account(), now=datetime.now(UTC), reason=args.reason
    )
    async with opened(settings) as store:
        try:
            moved = await store.write(work)
        except NotGoverned as error:
            raise Failure(str(error)) from None
    if args.json:
        show({"round": moved.code, "state": moved.state})
    else:
        tell(f"round {moved.code} is {moved.state}")
